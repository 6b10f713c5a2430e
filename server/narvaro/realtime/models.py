"""Where people are now: one row per open socket.

UNLOGGED and without foreign keys: rows come and go with every line and none outlives its process.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class Socket(Base):
    """One open page. `beat_at`: its process was alive then; `call_id`: the call that this page is in."""

    __tablename__ = "sockets"
    __table_args__ = (
        Index(None, "person_id"),
        Index(None, "call_id"),
        Index(None, "session_hash"),
        Index(None, "beat_at"),
        {"prefixes": ["UNLOGGED"]},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    actor_kind: Mapped[str]
    person_id: Mapped[UUID]
    clinic_id: Mapped[UUID]
    person_name: Mapped[str]
    call_id: Mapped[UUID | None]
    session_hash: Mapped[bytes | None]
    """Of the browser's session: which device this page is on."""
    visible: Mapped[bool]
    audible: Mapped[bool]
    beat_at: Mapped[datetime]
    opened_at: Mapped[datetime]
