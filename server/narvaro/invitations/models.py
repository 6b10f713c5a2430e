"""Personal links to one call, and those who knock with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class Invitation(Base):
    """One number invited to one call. `id` is made by the client. Links die with the call, without a change here (B6)."""

    __tablename__ = "invitations"
    __table_args__ = (
        CheckConstraint("language IN ('sv', 'en')", name="language"),
        Index("invitations_one_per_number", "call_id", "number", unique=True, postgresql_where=text("revoked_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), index=True)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    invited_by: Mapped[UUID] = mapped_column(ForeignKey("staff_members.id"))
    invited_by_name: Mapped[str]
    number: Mapped[str] = mapped_column(index=True)
    role: Mapped[str | None]
    language: Mapped[str] = mapped_column(server_default="sv")
    created_at: Mapped[datetime]
    opened_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class InvitationLink(Base):
    """What one text carried: a hash only (B1). Without a row the link is dead."""

    __tablename__ = "invitation_links"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    invitation_id: Mapped[UUID] = mapped_column(ForeignKey("invitations.id"), index=True)
    created_at: Mapped[datetime]


class Knock(Base):
    """One browser with a link, or one colleague, that asks to be let in. A guest's `id` is the guest's actor id."""

    __tablename__ = "knocks"
    __table_args__ = (
        Index("knocks_waiting", "call_id", postgresql_where=text("status = 'knocking'")),
        Index(
            "knocks_one_per_colleague",
            "call_id",
            "staff_id",
            unique=True,
            postgresql_where=text("status = 'knocking' AND staff_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    call_id: Mapped[UUID] = mapped_column(ForeignKey("calls.id"), index=True)
    invitation_id: Mapped[UUID | None] = mapped_column(ForeignKey("invitations.id"), index=True)
    staff_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_members.id"))
    name: Mapped[str]
    said_role: Mapped[str | None]
    status: Mapped[str]
    is_first_device: Mapped[bool]
    knocked_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_members.id"))
