"""Finding clinics and their staff."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.people import Home, Identity
from narvaro.clinics.models import Clinic, StaffMember
from narvaro.errors import NotFound

KNOWN: Final = select(StaffMember.id, StaffMember.clinic_id, StaffMember.name, StaffMember.role).where(
    StaffMember.left_at.is_(None)
)


class ClinicNotFound(NotFound):
    """There is no such clinic."""


async def list_clinics(db: AsyncSession) -> Sequence[Clinic]:
    """All, by slug."""
    return (await db.scalars(select(Clinic).order_by(Clinic.slug))).all()


async def get_clinic(db: AsyncSession, slug: str) -> Clinic:
    """Raises ClinicNotFound."""
    clinic = await db.scalar(select(Clinic).where(Clinic.slug == slug))
    if clinic is None:
        raise ClinicNotFound(f"There is no clinic with the address name {slug!r}.")
    return clinic


async def find_home(db: AsyncSession, slug_or_id: str | UUID) -> Home | None:
    """The clinic as `auth` needs it."""
    column = Clinic.id if isinstance(slug_or_id, UUID) else Clinic.slug
    clinic = await db.scalar(select(Clinic).where(column == slug_or_id))
    if clinic is None:
        return None
    return Home(
        id=clinic.id,
        slug=clinic.slug,
        name=clinic.name,
        time_zone=clinic.time_zone,
        staff_acr=clinic.staff_acr,
        patient_acr=clinic.patient_acr,
        may_patients_sign_up=clinic.may_patients_sign_up,
        may_share_whole_screen=clinic.may_share_whole_screen,
    )


async def admit_staff_member(db: AsyncSession, home: Home, identity: Identity, _now: datetime) -> UUID | None:
    """Only somebody provisioned before: no account is made for staff."""
    query = staff_member(home.id, identity.iss, identity.sub).where(StaffMember.left_at.is_(None))
    return await db.scalar(query.with_only_columns(StaffMember.id))


def staff_member(clinic_id: UUID, iss: str, sub: str) -> Select[StaffMember]:
    """Whoever has left, too."""
    return select(StaffMember).where(StaffMember.clinic_id == clinic_id, StaffMember.iss == iss, StaffMember.sub == sub)
