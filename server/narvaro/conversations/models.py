"""The lasting thread between a patient and a clinic, and its log."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class Conversation(Base):
    """One per patient and clinic. `last_seq`, `last_at` and `last_kind` repeat the newest entry, so that lists read one row.

    `patient_messages` and `staff_messages` count entries by side, a guest's for both; unread is the difference to what a reader
    had counted.
    """

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("clinic_id", "patient_id"),
        Index("conversations_inbox_ix", "clinic_id", text("last_at DESC"), text("id DESC")),
        Index("conversations_waiting_ix", "clinic_id", "ready_at", postgresql_where=text("ready_at IS NOT NULL")),
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
    ready_at: Mapped[datetime | None]
    """The patient has said *Jag är redo* and waits since then; empty again when the wait has ended."""
    ready_noticed_at: Mapped[datetime | None]
    """When a page of the staff's first showed it."""


class EndedWait(Base):
    """From *Jag är redo* to `reason`: called, withdrawn or expired."""

    __tablename__ = "ended_waits"
    __table_args__ = (
        Index("ended_waits_called_ix", "clinic_id", text("ended_at DESC"), postgresql_where=text("reason = 'called'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), index=True)
    ready_at: Mapped[datetime]
    noticed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime]
    reason: Mapped[str]


class Entry(Base):
    """One thing in the log; never changed. `seq` is gap-free, given under the conversation's row lock.

    `audience_call_id`: the call whose people all see it, guests too; empty: the patient and staff alone. `call_seq` counts
    those of one call, gap-free, so that a guest learns nothing of what lies between.
    """

    __tablename__ = "entries"
    __table_args__ = (
        UniqueConstraint("audience_call_id", "call_seq"),
        CheckConstraint("(audience_call_id IS NULL) = (call_seq IS NULL)", name="audience"),
    )

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
    audience_call_id: Mapped[UUID | None] = mapped_column(ForeignKey("calls.id"))
    call_seq: Mapped[int | None]


class ReadMark(Base):
    """How far one person has read. `counted`: the other side's messages up to there."""

    __tablename__ = "read_marks"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    reader_kind: Mapped[str] = mapped_column(primary_key=True)
    reader_id: Mapped[UUID] = mapped_column(primary_key=True)
    seq: Mapped[int]
    counted: Mapped[int]
    at: Mapped[datetime]


class MessagePush(Base):
    """A message was pushed to the patient, or is about to be, and they have not opened the conversation since."""

    __tablename__ = "message_pushes"

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"), primary_key=True)
    asked_at: Mapped[datetime]


class LastSeen(Base):
    """When a patient was last in the app; told for 24 hours, then deleted."""

    __tablename__ = "last_seen"

    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"), primary_key=True)
    at: Mapped[datetime]
