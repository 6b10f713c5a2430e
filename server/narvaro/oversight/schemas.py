"""The access log and its spot-checks on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from narvaro.conversations.schemas import Wire

NOTE_MAX_CHARACTERS = 2000


class Access(Wire, kw_only=True, forbid_unknown_fields=True):
    """One row of the access log. `who`: absent for what happens by itself; `patient`: absent where no patient is concerned."""

    id: int
    at: datetime
    kind: Literal["staff", "patient", "guest", "system"]
    who: str | None
    action: str
    patient: str | None


class AccessPage(Wire, kw_only=True, forbid_unknown_fields=True):
    """Newest first. `next`: opaque cursor to the following page."""

    items: list[Access]
    next: str | None


class Colleague(Wire, kw_only=True, forbid_unknown_fields=True):
    id: UUID
    name: str


class Colleagues(Wire, kw_only=True, forbid_unknown_fields=True):
    """All who work for the clinic, by name."""

    items: list[Colleague]


class SpotCheckSummary(Wire, kw_only=True, forbid_unknown_fields=True):
    """`month`: `2026-10`. `size` accesses were drawn out of `population`, by `seed`."""

    id: UUID
    month: str
    seed: str
    size: int
    population: int
    drawn_at: datetime
    drawn_by: str
    reviewed_at: datetime | None
    reviewed_by: str | None
    note: str | None


class SpotChecks(Wire, kw_only=True, forbid_unknown_fields=True):
    """Newest month first. `due`: the latest month that is over, when it has not been drawn."""

    items: list[SpotCheckSummary]
    due: str | None


class SpotCheckOpened(Wire, kw_only=True, forbid_unknown_fields=True):
    summary: SpotCheckSummary
    items: list[Access]


class NewReview(Wire, kw_only=True, forbid_unknown_fields=True):
    """What was seen, in words; stored beside the spot-check, never in the log."""

    note: Annotated[str, Meta(max_length=NOTE_MAX_CHARACTERS)]
