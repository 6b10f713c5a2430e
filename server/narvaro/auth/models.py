"""Signed-in browsers and sign-ins under way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class Session(Base):
    """A signed-in browser, bound to one clinic; the token itself is only in its cookie (C2)."""

    __tablename__ = "sessions"
    __table_args__ = (CheckConstraint("kind IN ('staff', 'patient', 'guest')", name="kind"),)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    id: Mapped[UUID] = mapped_column(unique=True, server_default=text("uuidv7()"))
    """What its person knows it by, who is not to read a hash."""
    kind: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(index=True)
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    user_agent: Mapped[str] = mapped_column(default="", server_default="")
    """As the browser named itself when signing in, so that its person knows it again."""


class RequestCount(Base):
    """How often somebody has asked within a window. `key` says neither who nor from where to anybody else."""

    __tablename__ = "request_counts"

    key: Mapped[bytes] = mapped_column(primary_key=True)
    begins_at: Mapped[datetime] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]


class SignInAttempt(Base):
    """One sign-in that has left for the provider; it belongs to the attempt, so several may be under way in one browser.

    `state_hash` names it in the callback, `browser_hash` is that of a cookie of this attempt alone (login CSRF).
    """

    __tablename__ = "sign_in_attempts"
    __table_args__ = (CheckConstraint("kind IN ('staff', 'patient')", name="kind"),)

    state_hash: Mapped[bytes] = mapped_column(primary_key=True)
    browser_hash: Mapped[bytes]
    kind: Mapped[str]
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id", ondelete="CASCADE"))
    nonce: Mapped[str]
    code_verifier: Mapped[str]
    next_path: Mapped[str]
    expires_at: Mapped[datetime] = mapped_column(index=True)
