"""The ladder of a ring: which rung is climbed when, for whom, until when. No database, no clock, no settings."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from narvaro.calls.rules import RingStatus

RungKind = Literal["push", "sms", "phone"]


class RungState(StrEnum):
    ASKED = "asked"
    FAILED = "failed"
    SENT = "sent"
    SHOWN = "shown"
    PRESSED = "pressed"
    DELIVERED = "delivered"
    OPENED = "opened"
    CALLED = "called"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the clinic and the patient have decided. `has_devices`: some device of the patient's has asked for push."""

    rings_for: timedelta
    rings_with_text_for: timedelta
    text_after: timedelta
    has_devices: bool
    may_text: bool


@dataclass(frozen=True, slots=True)
class RingFacts:
    """One ring. `was_noticed`: a screen has shown it in the app, or the patient has acted on it elsewhere."""

    status: RingStatus
    rung_at: datetime
    expires_at: datetime
    was_noticed: bool
    climbed: frozenset[RungKind] = frozenset()


@dataclass(frozen=True, slots=True)
class RungRule:
    """`after`: so long after the ring began; None: not for this patient. `lasts`: so long the ring rings once it is climbed."""

    kind: RungKind
    after: Callable[[Terms], timedelta | None]
    is_spared: Callable[[RingFacts], bool]
    lasts: Callable[[Terms], timedelta]


LADDER: Final[Sequence[RungRule]] = (
    RungRule(
        "push",
        after=lambda terms: timedelta(0) if terms.has_devices else None,
        is_spared=lambda _ring: False,
        lasts=lambda terms: terms.rings_for,
    ),
    RungRule(
        "sms",
        after=lambda terms: terms.text_after if terms.may_text else None,
        is_spared=lambda ring: ring.was_noticed,
        lasts=lambda terms: terms.rings_with_text_for,
    ),
)
"""Below it lies the app, whose every open page has the ring at once; above it the telephone, by staff's hand alone."""

ORDER: Final[Mapping[RungKind, Sequence[RungState]]] = {
    "push": (RungState.ASKED, RungState.FAILED, RungState.SENT, RungState.SHOWN, RungState.PRESSED),
    "sms": (RungState.ASKED, RungState.SENT, RungState.FAILED, RungState.DELIVERED, RungState.OPENED),
    "phone": (RungState.CALLED,),
}
"""How far a rung has come, the furthest last. One device that a push has reached outweighs those that it has not."""


LOOK_AGAIN_AFTER: Final = timedelta(seconds=5)


def due(ring: RingFacts, terms: Terms, now: datetime) -> list[RungRule]:
    """What is to be climbed now: nothing twice, nothing after the end."""
    if ring.status is not RingStatus.RINGING or now >= ring.expires_at:
        return []
    return [rule for rule, at in _ahead(ring, terms) if at <= now and not rule.is_spared(ring)]


def next_climb_at(ring: RingFacts, terms: Terms, now: datetime, *, is_shown_everywhere: bool = False) -> datetime | None:
    """When to look again; None: not for this ring. `is_shown_everywhere`: no device to push to, until one looks away."""
    if ring.status is not RingStatus.RINGING:
        return None
    looks = [at for _, at in _ahead(ring, terms)] + ([now + LOOK_AGAIN_AFTER] if is_shown_everywhere else [])
    return min((at for at in looks if now < at < ring.expires_at), default=None)


def _ahead(ring: RingFacts, terms: Terms) -> list[tuple[RungRule, datetime]]:
    """The rungs that there are for this patient and that are not climbed, and when they would be."""
    waits = [(rule, rule.after(terms)) for rule in LADDER if rule.kind not in ring.climbed]
    return [(rule, ring.rung_at + wait) for rule, wait in waits if wait is not None]


def furthest(kind: RungKind, states: Collection[RungState]) -> RungState:
    return max(states, key=ORDER[kind].index)


STOPPED: Final = "stopped"
"""Why a rung failed that was over before anything had gone; the SMS door's word for it too."""

RING_WORDS: Final = ": Vården ringer dig nu på video: {link}"
"""After the brand."""
NO_BRAND: Final = "Närvaro"
