"""What a call and its rings may become, and who may do it. No database, no clock, no settings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from narvaro.errors import Conflict, TooMany

MINUTE = timedelta(seconds=60)
"""What *Ge mig en minut* adds, once."""
CANCEL_WITHOUT_STAFF_AFTER = timedelta(seconds=10)
ABANDON_AFTER = timedelta(minutes=3)
LOST_AFTER = timedelta(seconds=30)
"""A patient or guest whom both our socket and the media server have lost for so long has left."""


CONNECT_WITHIN = timedelta(seconds=5)
"""A page that has just joined opens its socket's call topic within this time."""


MESSAGES_LATELY = 30
MESSAGES_WITHIN = timedelta(minutes=1)
"""More than that in one call nobody types."""


class CallStatus(StrEnum):
    OPEN = "open"
    ACTIVE = "active"
    ENDED = "ended"


class RingStatus(StrEnum):
    RINGING = "ringing"
    ANSWERED = "answered"
    DECLINED = "declined"
    MISSED = "missed"
    CANCELLED = "cancelled"


TextLanguage = Literal["sv", "en"]
"""Of an invitation's text and, at first, of the page behind its link."""
InvitationState = Literal[
    "queued",
    "sent",
    "delivered",
    "undeliverable",
    "opened",
    "waiting",
    "in_call",
    "refused",
    "left",
    "removed",
    "declined",
    "revoked",
]

CALL_TRANSITIONS: Mapping[CallStatus, frozenset[CallStatus]] = {
    CallStatus.OPEN: frozenset({CallStatus.ACTIVE, CallStatus.ENDED}),
    CallStatus.ACTIVE: frozenset({CallStatus.ENDED}),
    CallStatus.ENDED: frozenset(),
}
RING_TRANSITIONS: Mapping[RingStatus, frozenset[RingStatus]] = {
    RingStatus.RINGING: frozenset({RingStatus.ANSWERED, RingStatus.DECLINED, RingStatus.MISSED, RingStatus.CANCELLED}),
    RingStatus.ANSWERED: frozenset(),
    RingStatus.DECLINED: frozenset(),
    RingStatus.MISSED: frozenset(),
    RingStatus.CANCELLED: frozenset(),
}
END_REASONS: Mapping[CallStatus, frozenset[str]] = {
    CallStatus.OPEN: frozenset({"cancelled"}),
    CallStatus.ACTIVE: frozenset({"by_staff", "abandoned"}),
}


class CallHasEnded(Conflict):
    """The call has ended."""


class CallNotAnswered(Conflict):
    """The call has not been answered yet."""


class CallAlreadyOpen(Conflict):
    """Another call is open in this conversation."""


class RingNoLongerRinging(Conflict):
    """The ring was answered, declined, missed or cancelled before."""


class StillRinging(Conflict):
    """The patient's app is ringing already."""


class CallWasAnswered(Conflict):
    """The patient has answered; end the call instead of cancelling it."""


class CallOfAnotherStaffMember(Conflict):
    """The call belongs to the staff member who placed it."""


class MinuteAlreadyAsked(Conflict):
    """The patient has asked for a minute before."""


class FeedbackAlreadyGiven(Conflict):
    """This person has answered the question before."""


class LastStaffMember(Conflict):
    """You are the only staff member in the call; end it instead."""


class StillInCall(Conflict):
    """You are in a call."""


class NotInCall(Conflict):
    """You are not in the call."""


class NotAnInterpreter(Conflict):
    """Only an interpreter is pinned for everybody."""


class TooManyMessages(TooMany):
    """Write a little slower."""


class CallNotOver(Conflict):
    """The question is asked when the call has ended."""


def next_call_status(now_is: CallStatus, wanted: CallStatus) -> CallStatus:
    """Raises CallHasEnded, or CallNotAnswered for a step the table does not hold."""
    if wanted in CALL_TRANSITIONS[now_is]:
        return wanted
    raise CallHasEnded if now_is is CallStatus.ENDED else CallNotAnswered


def next_ring_status(now_is: RingStatus, wanted: RingStatus) -> RingStatus:
    """Raises RingNoLongerRinging for a ring that is over."""
    if wanted in RING_TRANSITIONS[now_is]:
        return wanted
    raise RingNoLongerRinging


def end_reason_without_staff(status: CallStatus) -> Literal["cancelled", "abandoned"]:
    return "abandoned" if status is CallStatus.ACTIVE else "cancelled"


def ends_without_staff_at(status: CallStatus, no_staff_since: datetime) -> datetime:
    """When a call that no staff member is connected to ends itself."""
    return no_staff_since + (ABANDON_AFTER if status is CallStatus.ACTIVE else CANCEL_WITHOUT_STAFF_AFTER)


@dataclass(frozen=True, slots=True)
class Seat:
    """One actor's place in a call, as the rules see it."""

    kind: str
    person_id: UUID


def may_take_seat(kind: str, status: CallStatus, *, was_answered: bool) -> None:
    """Staff sit down while the call has not ended; a patient only after having answered. Raises what stands in the way."""
    if status is CallStatus.ENDED:
        raise CallHasEnded
    if kind == "patient" and not was_answered:
        raise CallNotAnswered


def may_write_in_call(status: CallStatus, *, is_present: bool, lately: int) -> None:
    """For everybody in it: whoever has a seat, while it lasts. `lately`: this person's within MESSAGES_WITHIN.

    Raises what stands in the way.
    """
    if status is CallStatus.ENDED:
        raise CallHasEnded
    if not is_present:
        raise NotInCall
    if lately >= MESSAGES_LATELY:
        raise TooManyMessages


def may_be_pinned(kind: str, role: str | None) -> None:
    """On everybody's stage: those whom the others must see or hear to understand. Raises NotAnInterpreter."""
    if kind != "guest" or role not in {"interpreter", "sign_language_interpreter"}:
        raise NotAnInterpreter


def must_ask_feedback(seat: Seat, attended: Sequence[Seat], *, status: CallStatus, was_answered: bool, answered: bool) -> bool:
    """Asked of everybody who was in an answered call, after its end, until they answer."""
    return status is CallStatus.ENDED and was_answered and seat in attended and not answered
