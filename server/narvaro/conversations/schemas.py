"""What conversations look like on the wire (HTTP and socket)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from narvaro.conversations.rules import MOST_WAITING
from narvaro.realtime.schemas import FromClient, FromServer

MESSAGE_MAX_CHARACTERS = 4000
"""Characters (code points) in one message."""

EntryKind = Literal[
    "message",
    "call_started",
    "call_ended",
    "ring_missed",
    "ring_declined",
    "ring_cancelled",
    "ring_phoned",
    "ready",
    "ready_withdrawn",
    "ready_expired",
    "guest_invited",
    "guest_knocked",
    "guest_entered",
    "guest_refused",
    "guest_removed",
    "guest_left",
]
GuestRole = Literal["relative", "interpreter", "sign_language_interpreter", "care_worker", "other"]
AuthorKind = Literal["staff", "patient", "guest", "system"]
Audience = Literal["patient", "call"]
"""`patient`: the patient and the clinic's staff alone. `call`: everybody in the call, guests too."""
EndReason = Literal["by_staff", "abandoned", "cancelled"]


class Wire(Struct, kw_only=True, forbid_unknown_fields=True):
    """Base of every shape that crosses the wire: unknown fields are refused (C6)."""


class RungFact(Wire, kw_only=True, forbid_unknown_fields=True):
    """How far one rung of a ring's ladder has come, beside the app's: by push, by text, by staff's telephone.

    push: asked → sent → shown (on a device) → pressed, or failed. sms: asked → sent → delivered → opened (the link), or failed.
    phone: called (staff have taken the number). `why`: of a failure, as the SMS door or a limit's code names it.
    """

    kind: Literal["push", "sms", "phone"]
    state: Literal["asked", "failed", "sent", "shown", "pressed", "delivered", "opened", "called"]
    at: datetime
    why: str | None = None


class CallFact(Wire, kw_only=True, forbid_unknown_fields=True):
    """What a call entry says; which fields are set follows from the entry's kind.

    `call_started`: started_at. `call_ended`: started_at, ended_at, reason, participants (names and *tolk* etc., in order of
    arrival). `ring_*`: rung_at, and how far the ring got: delivered (shown by an app), seen (really visible), rungs.
    `guest_*`: who (a name; for an invitation nobody yet), role, and the last digits of the invited number.
    """

    call_id: UUID
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: EndReason | None = None
    participants: list[str] = []
    rung_at: datetime | None = None
    delivered: bool = False
    seen: bool = False
    rungs: list[RungFact] = []
    who: str | None = None
    role: GuestRole | None = None
    number_tail: str | None = None


class Entry(Wire, kw_only=True, forbid_unknown_fields=True):
    """One thing in a conversation's log. `seq` is gap-free within the conversation, from 1 or from where its clinic keeps it.

    A guest gets those of the call's audience only, with a `seq` that is gap-free within the call.
    """

    seq: int
    id: UUID
    kind: EntryKind
    author_kind: AuthorKind
    author_id: UUID
    author_name: str
    at: datetime
    text: str | None = None
    call: CallFact | None = None
    audience: Audience = "patient"


class EntryPage(Wire, kw_only=True, forbid_unknown_fields=True):
    """Entries ordered by seq, gap-free. `has_older`: there are entries before the first one."""

    entries: list[Entry]
    has_older: bool


class Presence(Wire, kw_only=True, forbid_unknown_fields=True):
    """Where the other side is. `last_at`: latest time in the app, known for 24 hours at most; absent for protected identity."""

    state: Literal["in_app", "background", "away", "hidden"]
    last_at: datetime | None = None


class KnockSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """Somebody who asks to be let in: a guest by a link, or a colleague of the clinic's."""

    id: UUID
    kind: Literal["guest", "staff"]
    name: str
    role: GuestRole | None
    """As staff invited them; wins over what they say themselves."""
    said_role: GuestRole | None
    number_tail: str | None
    is_first_device: bool
    """The link had not been used by another browser before."""
    knocked_at: datetime


class OpenCall(Wire, kw_only=True, forbid_unknown_fields=True):
    """The conversation's call that has not ended."""

    id: UUID
    status: Literal["open", "active"]
    placed_by_id: UUID
    started_at: datetime | None
    in_call: list[str]
    """Names of those in it, in order of arrival."""
    knocks: list[KnockSnapshot] = []
    """Told to staff only."""


class WaitSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """The patient waits for a call. `usual_seconds`: how long it has taken lately, told to the patient when it is known."""

    ready_at: datetime
    until: datetime
    """When it ends by itself."""
    noticed_at: datetime | None
    """A page of the staff's has shown it."""
    usual_seconds: int | None


class ConversationSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """The small, whole state of one conversation beside its log. `version` grows with every change but presence."""

    id: UUID
    version: int
    patient_id: UUID
    patient_name: str
    clinic_name: str
    last_seq: int
    my_read_seq: int
    others_read_seq: int
    """The highest seq that anybody on the other side has read."""
    presence: Presence | None
    """The patient's, told to staff only."""
    call: OpenCall | None
    wait: WaitSnapshot | None


class ConversationOpened(Wire, kw_only=True, forbid_unknown_fields=True):
    """Answer to opening: the snapshot and the newest entries."""

    conversation: ConversationSnapshot
    page: EntryPage


class InboxItem(Wire, kw_only=True, forbid_unknown_fields=True):
    """One row in the list. Never message text (D1b)."""

    id: UUID
    title: str
    """Staff read the patient's name, a patient reads the clinic's."""
    last_at: datetime
    last_kind: EntryKind | None
    last_call: CallFact | None = None
    unread: int
    presence: Presence | None = None
    has_open_call: bool = False
    ready_at: datetime | None = None
    """The patient waits for a call since then."""
    is_noticed: bool = False
    """A page of the staff's has shown that."""


class InboxPage(Wire, kw_only=True, forbid_unknown_fields=True):
    """Ordered by latest entry, newest first. `next`: opaque cursor to the following page. `unread`: over all conversations."""

    waiting: list[InboxItem]
    """Told to staff, with the first page: those who wait, longest first, 100 at most; they are among the items as well."""
    items: list[InboxItem]
    next: str | None
    unread: int


class PatientItem(Wire, kw_only=True, forbid_unknown_fields=True):
    """A patient to write to. `conversation_id`: the lasting conversation, when there is one."""

    id: UUID
    name: str
    conversation_id: UUID | None


class PatientPage(Wire, kw_only=True, forbid_unknown_fields=True):
    """At most 20, by name; `more`: there are others."""

    items: list[PatientItem]
    more: bool


class NewConversation(Wire, kw_only=True, forbid_unknown_fields=True):
    patient_id: UUID


class ConversationRef(Wire, kw_only=True, forbid_unknown_fields=True):
    id: UUID


class NewMessage(Wire, kw_only=True, forbid_unknown_fields=True):
    """`id`: UUIDv4 made by the client; the idempotency key."""

    id: UUID
    text: Annotated[str, Meta(min_length=1, max_length=MESSAGE_MAX_CHARACTERS)]


class MessageToWaiting(Wire, kw_only=True, forbid_unknown_fields=True):
    """One message for each of these conversations; `id`: UUIDv4 made by the client, the idempotency key of all of them."""

    id: UUID
    text: Annotated[str, Meta(min_length=1, max_length=MESSAGE_MAX_CHARACTERS)]
    conversation_ids: Annotated[list[UUID], Meta(min_length=1, max_length=MOST_WAITING)]


class MessagesPosted(Wire, kw_only=True, forbid_unknown_fields=True):
    """How many got it: those of the asked who still waited."""

    count: int


class ReadMark(Wire, kw_only=True, forbid_unknown_fields=True):
    seq: Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Entries(FromServer, kw_only=True, tag="entries"):
    """What is newer than `since`, ordered by seq, gap-free. More may follow at once."""

    topic: str
    entries: list[Entry]


class Conversation(FromServer, kw_only=True, tag="conversation"):
    """The whole snapshot."""

    topic: str
    conversation: ConversationSnapshot


class Inbox(FromServer, kw_only=True, tag="inbox"):
    """The first page of the list."""

    topic: str
    page: InboxPage


class TypingSeen(FromServer, kw_only=True, tag="typing"):
    """Somebody on the other side writes; forget it after 5 s."""

    conversation_id: UUID
    name: str
    at: datetime


class Typing(FromClient, kw_only=True, forbid_unknown_fields=True, tag="typing"):
    """The person writes; sent every 3 s at most while the text changes."""

    conversation_id: UUID


class Noticed(FromClient, kw_only=True, forbid_unknown_fields=True, tag="noticed"):
    """A page of the staff's shows that these patients wait."""

    conversation_ids: Annotated[list[UUID], Meta(max_length=MOST_WAITING)]
