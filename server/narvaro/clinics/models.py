"""The clinic, boundary of all data, and the people who work for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


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
