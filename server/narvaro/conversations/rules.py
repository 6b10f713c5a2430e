"""Who may write what in a conversation, and how long somebody waits in it."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Literal, TypeGuard

from narvaro.auth.actors import ActorKind
from narvaro.errors import Conflict, Malformed

READY_FOR = timedelta(minutes=30)
"""After that *Jag är redo* is no longer believed."""
MOST_WAITING = 100
"""That many are told at once, and written to with one press."""
USUAL_FROM = 5
USUAL_OF = 20
"""How long it has taken lately: the median of the clinic's latest waits that ended in a call, so many at least and at most."""
USUAL_WITHIN = timedelta(days=14)

WaitEnd = Literal["called", "withdrawn", "expired"]

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class EmptyMessage(Malformed):
    """A message needs at least one visible character."""


class MessageIdTaken(Conflict):
    """Another message has this id."""


class CallGoesOn(Conflict):
    """The patient is in a call; nobody waits for one there."""


def clean_text(text: str) -> str:
    """Line ends as \\n, no control or bidi-override characters, no space around. Raises EmptyMessage."""
    cleaned = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not cleaned:
        raise EmptyMessage
    return cleaned


def counts_for(author: ActorKind) -> tuple[int, int]:
    """(for staff, for the patient): whose unread messages one more of this author's are."""
    return int(author is not ActorKind.STAFF), int(author is not ActorKind.PATIENT)


def is_waiting(ready_at: datetime | None, now: datetime) -> TypeGuard[datetime]:
    """Said to be ready, and not so long ago that it is no longer believed, whether or not the clock's job has come to it."""
    return ready_at is not None and now < ready_at + READY_FOR


def how_wait_ends(wanted: WaitEnd, ready_at: datetime, now: datetime) -> WaitEnd:
    """What comes after its time was up has not ended it."""
    return wanted if is_waiting(ready_at, now) else "expired"


def may_become_ready(call_status: str | None) -> None:
    """`call_status`: of the conversation's call that has not ended. One that nobody has answered may be waited in."""
    if call_status == "active":
        raise CallGoesOn


def usual_wait(waits: Sequence[timedelta]) -> timedelta | None:
    """The median; None when there are too few to say anything true."""
    return timedelta(seconds=median(wait.total_seconds() for wait in waits)) if len(waits) >= USUAL_FROM else None
