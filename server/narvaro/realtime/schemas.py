"""The socket's messages: tagged structs, one JSON object per text frame, at most 64 KB.

A client subscribes to topics and says what it has (`since`); the server sends what is newer, now and after every wake-up.
Topics: `inbox` · `conversation:<id>` · `entries:<id>` · `call:<id>` · `rings` (patients only).
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from narvaro.calls.schemas import CallSnapshot, IncomingRing
from narvaro.conversations.schemas import ConversationSnapshot, Entry, InboxPage

TopicName = Annotated[str, Meta(max_length=80)]


class FromClient(Struct, kw_only=True, tag_field="type", forbid_unknown_fields=True):
    """Base of what a browser sends."""


class Subscribe(FromClient, tag="subscribe"):
    """Follow a topic. `since`: last `seq` for entries, last `version` for conversation and call, 0 for nothing yet."""

    topic: TopicName
    since: Annotated[int, Meta(ge=0)] = 0


class Unsubscribe(FromClient, tag="unsubscribe"):
    """Stop following a topic."""

    topic: TopicName


class Presence(FromClient, tag="presence"):
    """Sent first and at each change: is the page visible, and may it make sounds (unlocked by a touch)?"""

    visible: bool
    audible: bool


class Delivered(FromClient, tag="delivered"):
    """This page has the ring; visible or not is known from `presence`."""

    ring_id: UUID


class Seen(FromClient, tag="seen"):
    """The ring has been painted on a visible page."""

    ring_id: UUID


class Typing(FromClient, tag="typing"):
    """The person writes; sent every 3 s at most while the text changes."""

    conversation_id: UUID


class Pong(FromClient, tag="pong"):
    """Answer to `ping`, at once."""


ClientMessage = Subscribe | Unsubscribe | Presence | Delivered | Seen | Typing | Pong


class FromServer(Struct, kw_only=True, tag_field="type"):
    """Base of what the server sends."""


class Entries(FromServer, tag="entries"):
    """What is newer than `since`, ordered by seq, gap-free. More may follow at once."""

    topic: str
    entries: list[Entry]


class Conversation(FromServer, tag="conversation"):
    """The whole snapshot."""

    topic: str
    conversation: ConversationSnapshot


class Call(FromServer, tag="call"):
    """The whole snapshot."""

    topic: str
    call: CallSnapshot


class Inbox(FromServer, tag="inbox"):
    """The first page of the list."""

    topic: str
    page: InboxPage


class Rings(FromServer, tag="rings"):
    """The patient's ring that is ringing now or has just ended; `ring` is null when there is none."""

    topic: str
    ring: IncomingRing | None


class TypingSeen(FromServer, tag="typing"):
    """Somebody on the other side writes; forget it after 5 s."""

    conversation_id: UUID
    name: str
    at: datetime


class Gone(FromServer, tag="gone"):
    """The topic is not there, or not for this person."""

    topic: str


class Ping(FromServer, tag="ping"):
    """Answer with `pong`. When none has come for `every` seconds and a half, the line is lost."""

    every: Annotated[int, Meta(ge=1)]


ServerMessage = Entries | Conversation | Call | Inbox | Rings | TypingSeen | Gone | Ping

CloseCode = Literal[4001, 4008, 4009]
"""4001 signed out · 4008 too many or too large messages · 4009 not understood."""
