"""The clinic, boundary of all data, and the people who work for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Text, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base

SMS_COUNTRIES = ("SE", "NO", "DK", "FI")


class Clinic(Base):
    """`brand` is the region's name, for SMS; `*_acr` the level of assurance a sign-in must reach."""

    __tablename__ = "clinics"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    brand: Mapped[str]
    time_zone: Mapped[str] = mapped_column(default="Europe/Stockholm", server_default="Europe/Stockholm")
    staff_acr: Mapped[str | None]
    patient_acr: Mapped[str | None]
    may_patients_sign_up: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    may_share_whole_screen: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    guest_admission: Mapped[str] = mapped_column(default="knock", server_default="knock")
    """`direct`: a link's first browser enters without a knock (B4b)."""
    sms_sender: Mapped[str] = mapped_column(default="Narvaro", server_default="Narvaro")
    sms_countries: Mapped[list[str]] = mapped_column(
        ARRAY(Text), default=lambda: list(SMS_COUNTRIES), server_default="{SE,NO,DK,FI}"
    )
    sms_per_call: Mapped[int] = mapped_column(default=10, server_default="10")
    sms_per_staff: Mapped[int] = mapped_column(default=60, server_default="60")
    sms_per_clinic: Mapped[int] = mapped_column(default=500, server_default="500")
    """Texts within a day (B8)."""
    ring_seconds: Mapped[int] = mapped_column(default=45, server_default="45")
    ring_with_text_seconds: Mapped[int] = mapped_column(default=120, server_default="120")
    text_after_seconds: Mapped[int] = mapped_column(default=10, server_default="10")
    """How long a ring lasts, how long when it has climbed to a text, and when it does that."""
    retention_days: Mapped[int | None]
    """After so many days messages and calls are exported and deleted (D4); for ever without."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class StaffMember(Base):
    """A person working for a clinic, known by the provider's `iss` and `sub` (C1)."""

    __tablename__ = "staff_members"
    __table_args__ = (
        UniqueConstraint("clinic_id", "iss", "sub"),
        CheckConstraint("role IN ('staff', 'administrator')", name="role"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    iss: Mapped[str]
    sub: Mapped[str]
    name: Mapped[str]
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    left_at: Mapped[datetime | None]
    """Works here no longer: neither signed in nor let in, but named in what they did."""
