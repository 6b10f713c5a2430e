"""Provisioning clinics and staff, by the operator."""

import re
from datetime import datetime
from typing import Literal, TypedDict, Unpack
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actions import end_sessions_of
from narvaro.auth.names import person_name
from narvaro.clinics.models import Clinic, StaffMember
from narvaro.clinics.queries import get_clinic, staff_member
from narvaro.errors import Conflict, Malformed, NotFound

SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
SLUG_MAX_CHARACTERS = 60
RESERVED_SLUGS = frozenset({"signed-in"})


class ClinicFacts(TypedDict, total=False):
    """What an operator can set; what is left out stays as it is."""

    name: str
    brand: str
    time_zone: str
    staff_acr: str | None
    patient_acr: str | None
    may_patients_sign_up: bool
    may_share_whole_screen: bool
    guest_admission: Literal["knock", "direct"]
    sms_sender: str
    sms_countries: list[str]
    sms_per_call: int
    sms_per_staff: int
    sms_per_clinic: int
    ring_seconds: int
    ring_with_text_seconds: int
    text_after_seconds: int
    retention_days: int | None


class ClinicAlreadyThere(Conflict):
    """A clinic with this address name is there with other facts."""


class StaffMemberNotFound(NotFound):
    """Nobody whom the provider calls so works for the clinic."""


async def add_clinic(db: AsyncSession, slug: str, **facts: Unpack[ClinicFacts]) -> Clinic:
    """`name` is needed, `brand` is the name when left out. The same again changes nothing; Malformed, ClinicAlreadyThere."""
    check_slug(slug)
    check_facts(facts)
    if "name" not in facts:
        raise Malformed("A clinic needs a name.")
    values: ClinicFacts = {**facts, "brand": facts.get("brand", facts["name"])}
    statement = insert(Clinic).values(slug=slug, **values).on_conflict_do_nothing(index_elements=["slug"]).returning(Clinic)
    made = (await db.execute(statement)).scalar_one_or_none()
    if made is not None:
        return made
    clinic = await get_clinic(db, slug)
    if any(getattr(clinic, name) != value for name, value in values.items()):
        raise ClinicAlreadyThere(f"The clinic {slug!r} is there already, with other facts; `clinic set` changes them.")
    return clinic


async def set_clinic(db: AsyncSession, slug: str, **facts: Unpack[ClinicFacts]) -> Clinic:
    """Change what is given, nothing else. Raises ClinicNotFound, Malformed."""
    check_facts(facts)
    clinic = await get_clinic(db, slug)
    for name, value in facts.items():
        setattr(clinic, name, value)
    await db.flush()
    return clinic


async def add_staff_member(
    db: AsyncSession,
    clinic_id: UUID,
    *,
    iss: str,
    sub: str,
    name: str,
    role: Literal["staff", "administrator"] | None = None,
) -> StaffMember:
    """Let a person work for a clinic, at first as `staff`; the same `iss` and `sub` again set what is given. Malformed."""
    facts = {"name": person_name(name), "left_at": None} | ({"role": role} if role else {})
    statement = (
        insert(StaffMember)
        .values({"clinic_id": clinic_id, "iss": iss, "sub": sub, "role": "staff"} | facts)
        .on_conflict_do_update(index_elements=["clinic_id", "iss", "sub"], set_=facts)
        .returning(StaffMember)
    )
    return (await db.execute(statement, execution_options={"populate_existing": True})).scalar_one()


async def remove_staff_member(db: AsyncSession, clinic_id: UUID, *, iss: str, sub: str, now: datetime) -> StaffMember:
    """Works here no longer: signed out everywhere, never let in again. A repeat changes nothing. Raises StaffMemberNotFound."""
    person = await db.scalar(staff_member(clinic_id, iss, sub).with_for_update())
    if person is None:
        raise StaffMemberNotFound
    person.left_at = person.left_at or now
    await db.flush()
    await end_sessions_of(db, person.id)
    return person


def check_slug(slug: str) -> None:
    if not SLUG.fullmatch(slug) or len(slug) > SLUG_MAX_CHARACTERS or slug in RESERVED_SLUGS:
        raise Malformed(f"{slug!r} cannot be in an address: use a–z, 0–9 and single hyphens, at most {SLUG_MAX_CHARACTERS}.")


def check_facts(facts: ClinicFacts) -> None:
    for text in (facts.get("name"), facts.get("brand")):
        if text is not None:
            person_name(text)
    if "time_zone" in facts and facts["time_zone"] not in available_timezones():
        raise Malformed(f"{facts['time_zone']!r} is not a time zone; an example is Europe/Stockholm.")
