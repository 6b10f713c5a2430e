"""Who is signed in, on the wire."""

from typing import Literal
from uuid import UUID

from msgspec import Struct


class SignedIn(Struct, kw_only=True):
    """Answer to `GET /api/{kind}/me`."""

    kind: Literal["staff", "patient"]
    id: UUID
    name: str
    role: Literal["staff", "administrator"] | None
    clinic_slug: str
    clinic_name: str
    time_zone: str
    """IANA name; times are shown in it."""
    may_share_whole_screen: bool
