"""The socket's own messages; each feature adds its topics' (`wire.py` has them all).

Tagged structs, one JSON object per text frame, at most 64 KB.

A client subscribes to topics and says what it has (`since`); the server sends what is newer, now and after every wake-up.
Topics: `inbox` · `conversation:<id>` · `entries:<id>` · `call:<id>` · `rings` (patients only).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

TopicName = Annotated[str, Meta(max_length=80)]


class FromClient(Struct, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of what a browser sends."""


class Subscribe(FromClient, kw_only=True, forbid_unknown_fields=True, tag="subscribe"):
    """Follow a topic. `since`: last `seq` for entries, last `version` for conversation and call, 0 for nothing yet."""

    topic: TopicName
    since: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0


class Unsubscribe(FromClient, kw_only=True, forbid_unknown_fields=True, tag="unsubscribe"):
    """Stop following a topic."""

    topic: TopicName


class Presence(FromClient, kw_only=True, forbid_unknown_fields=True, tag="presence"):
    """Sent first and at each change: is the page visible, and may it make sounds (unlocked by a touch)?"""

    visible: bool
    audible: bool


class Pong(FromClient, kw_only=True, forbid_unknown_fields=True, tag="pong"):
    """Answer to `ping`, at once."""


class FromServer(Struct, kw_only=True, tag_field="type"):
    """Base of what the server sends."""


class Gone(FromServer, kw_only=True, tag="gone"):
    """The topic is not there, or not for this person."""

    topic: str


class Ping(FromServer, kw_only=True, tag="ping"):
    """Answer with `pong`. When none has come for `every` seconds and a half, the line is lost."""

    every: Annotated[int, Meta(ge=1)]


CloseCode = Literal[4001, 4008, 4009]
"""4001 signed out · 4008 too many or too large messages · 4009 not understood."""
