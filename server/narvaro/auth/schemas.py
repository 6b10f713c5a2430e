"""Who is signed in, on the wire."""

from datetime import datetime
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


class SignedInDevice(Struct, kw_only=True):
    """One of the asker's own sessions. `user_agent`: as the browser named itself at sign-in, at most 300 characters."""

    id: UUID
    user_agent: str
    signed_in_at: datetime
    seen_at: datetime
    is_this: bool
    """The one that asks."""
