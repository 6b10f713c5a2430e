"""What invitations, knocks and guests look like on the wire (HTTP and socket)."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from narvaro.calls.rules import TextLanguage
from narvaro.calls.schemas import CallJoined, DeviceId
from narvaro.conversations.schemas import GuestRole, Wire
from narvaro.realtime.schemas import FromServer

NumberText = Annotated[str, Meta(min_length=1, max_length=40)]
LinkToken = Annotated[str, Meta(min_length=1, max_length=64)]
GuestName = Annotated[str, Meta(min_length=1, max_length=80)]


class NewInvitation(Wire, kw_only=True, forbid_unknown_fields=True):
    """`id`: UUIDv4 made by the client; the idempotency key. `number`: as it was typed."""

    id: UUID
    number: NumberText
    role: GuestRole | None = None
    language: TextLanguage = "sv"


class NewInvitations(Wire, kw_only=True, forbid_unknown_fields=True):
    """All or none."""

    invitations: Annotated[list[NewInvitation], Meta(min_length=1, max_length=10)]


class NumberToCheck(Wire, kw_only=True, forbid_unknown_fields=True):
    number: NumberText


class CheckedNumber(Wire, kw_only=True, forbid_unknown_fields=True):
    """How the number reads, and what stands in its way: the code of the error that inviting it would give."""

    number: str | None
    """E.164; None when it is no number."""
    shown: str
    region: str | None
    """ISO 3166: SE."""
    problem: str | None


class KnockRef(Wire, kw_only=True, forbid_unknown_fields=True):
    id: UUID


class LinkOpened(Wire, kw_only=True, forbid_unknown_fields=True):
    """Posted by the page, never in an address (B2)."""

    token: LinkToken


class GuestLink(Wire, kw_only=True, forbid_unknown_fields=True):
    """What an invited person sees before the knock."""

    brand: str
    role: GuestRole | None
    language: TextLanguage
    """The text's; the page begins in it."""
    is_direct: bool
    """This browser enters at once, after name and press (B4b)."""


class NewKnock(Wire, kw_only=True, forbid_unknown_fields=True):
    """`device_id`: of the page that sits down at once if the knock alone lets it in (B4b)."""

    token: LinkToken
    name: GuestName
    role: GuestRole | None = None
    device_id: DeviceId | None = None


class GuestSnapshot(Wire, kw_only=True, forbid_unknown_fields=True):
    """Where this guest stands."""

    id: UUID
    name: str
    role: GuestRole | None
    status: Literal["knocking", "admitted", "refused", "removed", "ended"]
    call_id: UUID
    brand: str
    language: TextLanguage
    must_ask_feedback: bool


class Knocked(GuestSnapshot, kw_only=True, forbid_unknown_fields=True):
    seat: CallJoined | None
    """What joining would have answered, for whoever is in: saves a far away page a way there and back."""


class GuestState(FromServer, kw_only=True, tag="guest"):
    """The whole snapshot, to the guest alone."""

    topic: str
    guest: GuestSnapshot
