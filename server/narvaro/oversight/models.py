"""The monthly look at what staff have seen."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class SpotCheck(Base):
    """Some of one month's accesses in one clinic. `entry_ids` follow from `seed` and the log, and stay as they were drawn.

    `month`: its first day, in the clinic's time. `population`: out of how many they were drawn.
    """

    __tablename__ = "spot_checks"
    __table_args__ = (UniqueConstraint("clinic_id", "month"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    month: Mapped[date]
    seed: Mapped[str]
    population: Mapped[int]
    entry_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    drawn_at: Mapped[datetime]
    drawn_by_name: Mapped[str]
    reviewed_at: Mapped[datetime | None]
    reviewed_by_name: Mapped[str | None]
    note: Mapped[str | None]
