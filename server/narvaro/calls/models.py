"""A video session, its rings and their rungs, who was in it, and what they said of it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from narvaro.db.base import Base


class Call(Base):
    """From first ring to end. `id` is made by the client; `room` is random and for this call only (A1)."""

    __tablename__ = "calls"
    __table_args__ = (
        Index("calls_one_not_ended", "conversation_id", unique=True, postgresql_where=text("status <> 'ended'")),
        Index("calls_latest_ix", "conversation_id", "ended_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    patient_id: Mapped[UUID] = mapped_column(ForeignKey("patients.id"))
    placed_by: Mapped[UUID] = mapped_column(ForeignKey("staff_members.id"))
    placed_by_name: Mapped[str]
    room: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str]
    reason: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    may_others_share: Mapped[bool] = mapped_column(default=False)
    is_media_down: Mapped[bool] = mapped_column(default=False)
    placed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    no_staff_since: Mapped[datetime | None]

    rings: Mapped[list["Ring"]] = relationship(order_by="Ring.rung_at", lazy="raise")
    attendances: Mapped[list["Attendance"]] = relationship(order_by="Attendance.joined_at", lazy="raise")


class Ring(Base):
    """One attempt to reach the patient, with what came back."""

    __tablename__ = "rings"
    __table_args__ = (Index("rings_ringing", "call_id", unique=True, postgresql_where=text("status = 'ringing'")),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), index=True)
    status: Mapped[str]
    rung_by: Mapped[UUID] = mapped_column(ForeignKey("staff_members.id"))
    rung_by_name: Mapped[str]
    rung_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    minute_asked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    answered_device: Mapped[str | None]
    link_hash: Mapped[bytes | None] = mapped_column(unique=True)
    """Of the link in its text, which leads straight to it."""


class Rung(Base):
    """One thing that has become true of one rung of a ring's ladder; never changed. `why`: of a failure."""

    __tablename__ = "rungs"

    ring_id: Mapped[UUID] = mapped_column(ForeignKey("rings.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    why: Mapped[str | None]


class RingDevice(Base):
    """A device of the patient's that has prepared its media connection while the ring rang."""

    __tablename__ = "ring_devices"

    ring_id: Mapped[UUID] = mapped_column(ForeignKey("rings.id"), primary_key=True)
    device_id: Mapped[str] = mapped_column(primary_key=True)
    identity: Mapped[str]


class Attendance(Base):
    """One actor's presence in one call, from answer or admission to leaving. `identity`: name in the media room."""

    __tablename__ = "attendances"
    __table_args__ = (
        Index("attendances_present", "call_id", "kind", "person_id", unique=True, postgresql_where=text("left_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"))
    kind: Mapped[str]
    person_id: Mapped[UUID]
    name: Mapped[str]
    role: Mapped[str | None]
    invited_by_name: Mapped[str | None]
    knock_id: Mapped[UUID | None]
    """Of somebody who was let in; nobody lets in those who placed or answered the call."""
    sees_from: Mapped[int | None]
    """Of a guest: the last `call_seq` when they first came in; they see what is written for the call after it."""
    is_pinned: Mapped[bool] = mapped_column(server_default="false", default=False)
    """Staff have put this interpreter on everybody's stage."""
    identity: Mapped[str]
    device_id: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    left_reason: Mapped[str | None]
    lost_at: Mapped[datetime | None]
    """Our own socket has lost this person; null again when it is back."""


class CallFeedback(Base):
    """The answer after a call, once per person. No row: not answered."""

    __tablename__ = "call_feedback"

    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    answer: Mapped[str]
    problem: Mapped[str | None]
    at: Mapped[datetime]
