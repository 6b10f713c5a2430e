"""Who may write what in a conversation."""

import re

from narvaro.auth.actors import ActorKind
from narvaro.errors import Conflict, Malformed

_INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class EmptyMessage(Malformed):
    """A message needs at least one visible character."""


class MessageIdTaken(Conflict):
    """Another message has this id."""


def clean_text(text: str) -> str:
    """Line ends as \\n, no control or bidi-override characters, no space around. Raises EmptyMessage."""
    cleaned = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if not cleaned:
        raise EmptyMessage
    return cleaned


def counts_for(author: ActorKind) -> tuple[int, int]:
    """(for staff, for the patient): whose unread messages one more of this author's are."""
    return int(author is not ActorKind.STAFF), int(author is not ActorKind.PATIENT)
