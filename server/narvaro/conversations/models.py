"""The lasting thread between a patient and a clinic, and its log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class Conversation(Base):
    """One per patient and clinic. `last_seq`, `last_at` and `last_kind` repeat the newest entry, so that lists read one row.

    `patient_messages` and `staff_messages` count entries by side; unread is the difference to what a reader had counted.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("clinic_id", "patient_id"),
        Index("conversations_inbox_ix", "clinic_id", text("last_at DESC"), text("id DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), index=True)
    version: Mapped[int] = mapped_column(server_default="1", default=1)
    last_seq: Mapped[int] = mapped_column(server_default="0", default=0)
    last_at: Mapped[datetime]
    last_kind: Mapped[str | None]
    last_facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    patient_messages: Mapped[int] = mapped_column(server_default="0", default=0)
    staff_messages: Mapped[int] = mapped_column(server_default="0", default=0)
    created_at: Mapped[datetime]


class Entry(Base):
    """One thing in the log; never changed. `seq` is gap-free, given under the conversation's row lock."""

    __tablename__ = "entries"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, server_default=text("uuidv7()"))
    kind: Mapped[str]
    author_kind: Mapped[str]
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    text: Mapped[str | None]
    facts: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    at: Mapped[datetime]


class ReadMark(Base):
    """How far one person has read. `counted`: the other side's messages up to there."""

    __tablename__ = "read_marks"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    reader_kind: Mapped[str] = mapped_column(primary_key=True)
    reader_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    counted: Mapped[int]
    at: Mapped[datetime]


class LastSeen(Base):
    """When a patient was last in the app; told for 24 hours, then deleted."""

    __tablename__ = "last_seen"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    at: Mapped[datetime]
