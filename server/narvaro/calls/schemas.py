"""What calls look like on the wire (HTTP and socket)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from narvaro.calls.rules import InvitationState, TextLanguage
from narvaro.conversations.schemas import EndReason, GuestRole, KnockSnapshot, RungFact, Wire
from narvaro.realtime.schemas import FromClient, FromServer

RingStatusName = Literal["ringing", "answered", "declined", "missed", "cancelled"]
CallStatusName = Literal["open", "active", "ended"]
ProblemKind = Literal[
    "not_hearing_others",
    "not_heard",
    "not_seeing_others",
    "not_seen",
    "picture_froze",
    "call_broke",
    "other",
]
DeviceId = Annotated[str, Meta(min_length=8, max_length=40, pattern=r"^[A-Za-z0-9_-]+$")]
"""Random, made by the browser and kept in its storage; one per tab for patients."""


class RingSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """One attempt to reach the patient; staff read every fact of it."""

    id: UUID
    status: RingStatusName
    rung_at: datetime
    expires_at: datetime
    delivered_at: datetime | None
    """A device of the patient's has it."""
    seen_at: datetime | None
    """It was really visible on a screen."""
    in_background: bool
    """Delivered, but only to pages nobody sees now."""
    silent: bool
    """No page that has it may make a sound."""
    minute_asked_at: datetime | None
    ended_at: datetime | None
    rungs: list[RungFact]
    """Beside the app, in the order in which they were climbed."""
    may_phone: bool
    """The patient's own number is known."""


class AttendanceSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """One actor's presence in the call. `identity` is the name of its LiveKit participant: show no other participants."""

    id: UUID
    kind: Literal["staff", "patient", "guest"]
    person_id: UUID
    name: str
    role: GuestRole | None
    invited_by_name: str | None
    """Who let this guest or colleague in."""
    knock_id: UUID | None
    """Staff remove by it; None: cannot be removed."""
    identity: str
    joined_at: datetime
    is_lost: bool
    """Our own socket has lost this person; the media server may not know yet."""
    is_pinned: bool
    """On everybody's stage, since staff want it so; one at most. A viewer's own pin wins."""


class LeftSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """Somebody who was in the call and is not now."""

    kind: Literal["staff", "patient", "guest"]
    person_id: UUID
    name: str
    left_at: datetime
    reason: Literal["left", "lost", "removed"]


class InvitationSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """One personal link to this call, as far as it has come; staff read it, the link itself nobody."""

    id: UUID
    number: str
    """As it is written in its country."""
    number_tail: str
    role: GuestRole | None
    language: TextLanguage
    state: InvitationState
    why: str | None
    """Why the text could not be delivered, as the SMS door names it."""
    name: str | None
    """What the person who used the link calls themself."""
    invited_by_name: str
    may_resend_at: datetime | None
    """None: not any more."""


class InvitedBefore(Wire, kw_only=True, forbid_unknown_fields=True):
    """Somebody whom the call that has just ended had invited, and who may be invited to this one with one press."""

    id: UUID
    """The earlier invitation's."""
    number_tail: str
    role: GuestRole | None
    language: TextLanguage
    name: str | None
    """What the person who was let in called themself."""


class CallSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """The whole small state of one call. `version` grows with every change."""

    id: UUID
    version: int
    conversation_id: UUID
    status: CallStatusName
    reason: EndReason | None
    patient_id: UUID
    patient_name: str
    clinic_name: str
    placed_by_id: UUID
    placed_by_name: str
    placed_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    ring: RingSnapshot | None
    """The latest one."""
    attendances: list[AttendanceSnapshot]
    """In order of arrival."""
    left: list[LeftSnapshot]
    """Latest departure first; nobody who has come back."""
    no_staff_since: datetime | None
    """Nobody of the staff is connected; the call is abandoned 3 minutes later."""
    knocks: list[KnockSnapshot]
    """Those who wait to be let in; told to staff only, as are the two lists that follow."""
    invitations: list[InvitationSnapshot]
    invited_before: list[InvitedBefore]
    may_others_share: bool
    is_guarded: bool
    """Somebody has been removed: each page gives its sound and picture to those in `attendances` alone (A3)."""
    is_media_down: bool
    """The media server does not answer; the call goes on in words."""
    my_feedback: Literal["yes", "no", "skipped"] | None
    must_ask_feedback: bool
    """The call was answered, this actor was in it, it has ended, and this actor has not answered."""


class IncomingRing(Wire, kw_only=True, forbid_unknown_fields=True):
    """What the patient's devices show: who calls, from where. Pushed on the topic `rings`."""

    id: UUID
    call_id: UUID
    conversation_id: UUID
    staff_name: str
    clinic_name: str
    status: RingStatusName
    rung_at: datetime
    expires_at: datetime
    may_ask_minute: bool


class PhoneNumber(Wire, kw_only=True, forbid_unknown_fields=True):
    """The patient's own. `shown`: as its country writes it for others."""

    number: str
    shown: str


class LinkToken(Wire, kw_only=True, forbid_unknown_fields=True):
    token: Annotated[str, Meta(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]
    """What stands after `#` in a text's link."""


class WayToRing(Wire, kw_only=True, forbid_unknown_fields=True):
    go_to: str
    """An address of this site: the conversation, or the sign-in that leads there."""


class PushReport(Wire, kw_only=True, forbid_unknown_fields=True):
    """What a device's service worker says of a ring's push."""

    what: Literal["shown", "pressed"]


class PlaceCall(Wire, kw_only=True, forbid_unknown_fields=True):
    conversation_id: UUID


class JoinCall(Wire, kw_only=True, forbid_unknown_fields=True):
    device_id: DeviceId


class AnswerRing(Wire, kw_only=True, forbid_unknown_fields=True):
    """`camera`: false for *Svara utan kamera*."""

    device_id: DeviceId
    camera: bool = True


class JoinToken(Wire, kw_only=True, forbid_unknown_fields=True):
    """A pass to the media room: one room, one identity, ≤ 60 s (A2). `ice_servers`: our own; empty on loopback."""

    url: str
    token: str
    identity: str
    ice_servers: list[str]


class Prepared(JoinToken, kw_only=True, forbid_unknown_fields=True):
    is_guarded: bool
    """The page gives nothing before the answer has told it to whom (A3)."""


class CallJoined(Wire, kw_only=True, forbid_unknown_fields=True):
    call: CallSnapshot
    media: JoinToken | None
    """None when the media server is down: the call is shown, the page asks again."""


class SharingRule(Wire, kw_only=True, forbid_unknown_fields=True):
    may_others_share: bool


class Pin(Wire, kw_only=True, forbid_unknown_fields=True):
    """Who is on everybody's stage; None: nobody."""

    attendance_id: UUID | None


class NewFeedback(Wire, kw_only=True, forbid_unknown_fields=True):
    """Stored with the click, once per person and call; `problem` may follow a stored *yes*."""

    answer: Literal["yes", "no", "skipped"]
    problem: ProblemKind | None = None


class Call(FromServer, kw_only=True, tag="call"):
    """The whole snapshot."""

    topic: str
    call: CallSnapshot


class Rings(FromServer, kw_only=True, tag="rings"):
    """The patient's ring that is ringing now or has just ended; `ring` is null when there is none."""

    topic: str
    ring: IncomingRing | None


class Delivered(FromClient, kw_only=True, forbid_unknown_fields=True, tag="delivered"):
    """This page has the ring; visible or not is known from `presence`."""

    ring_id: UUID


class Seen(FromClient, kw_only=True, forbid_unknown_fields=True, tag="seen"):
    """The ring has been painted on a visible page."""

    ring_id: UUID
