"""The devices that have asked for push."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class PushSubscription(Base):
    """One per signed-in browser, gone with its session. `shows`: where others use it too, only that somebody calls."""

    __tablename__ = "push_subscriptions"
    __table_args__ = (CheckConstraint("shows IN ('all', 'calls_only')", name="shows"),)

    session_hash: Mapped[bytes] = mapped_column(ForeignKey("sessions.token_hash", ondelete="CASCADE"), primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, server_default=text("uuidv7()"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    endpoint: Mapped[str] = mapped_column(index=True)
    p256dh: Mapped[str]
    auth: Mapped[str]
    shows: Mapped[str]
    created_at: Mapped[datetime]
