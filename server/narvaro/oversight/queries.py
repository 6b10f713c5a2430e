"""Reading the access log of one clinic, with names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Text, cast, func, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from narvaro.audit.models import AuditEntry
from narvaro.auth.actors import Actor
from narvaro.clinics.models import Clinic, StaffMember
from narvaro.db.cursors import make_cursor, read_cursor
from narvaro.errors import NotFound
from narvaro.invitations.models import Knock
from narvaro.oversight.models import SpotCheck
from narvaro.oversight.rules import SAMPLE, from_start, month_after, month_before, until_end
from narvaro.oversight.schemas import Access, AccessPage, Colleague, SpotCheckOpened, SpotChecks, SpotCheckSummary
from narvaro.patients.models import Patient

PAGE = 50
LARGEST_ID = 2**63 - 1
SEEN: Any = aliased(Patient)
"""Whose data it was; `Patient` is who asked."""
WHO = func.coalesce(StaffMember.name, Patient.name, Knock.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is looked for; days in the clinic's time, both included."""

    staff: UUID | None = None
    patient: UUID | None = None
    action: str | None = None
    since: date | None = None
    until: date | None = None


def named_entries() -> Select[AuditEntry, str | None, str | None]:
    """Rows of every clinic, with who it was and whose data, in no order."""
    return (
        select(AuditEntry, WHO, SEEN.name)
        .outerjoin(StaffMember, StaffMember.id == AuditEntry.actor_id)
        .outerjoin(Patient, Patient.id == AuditEntry.actor_id)
        .outerjoin(Knock, Knock.id == AuditEntry.actor_id)
        .outerjoin(SEEN, SEEN.id == AuditEntry.patient_id)
    )


async def zone_of(db: AsyncSession, clinic_id: UUID) -> ZoneInfo:
    return ZoneInfo((await db.scalars(select(Clinic.time_zone).where(Clinic.id == clinic_id))).one())


async def find_accesses(db: AsyncSession, administrator: Actor, wanted: Filter, before: str | None) -> AccessPage:
    """Newest first. Raises Malformed for a cursor that is not ours, or a period that is none."""
    zone = await zone_of(db, administrator.clinic_id)
    query = named_entries().where(AuditEntry.clinic_id == administrator.clinic_id)
    if wanted.staff:
        query = query.where(AuditEntry.actor_kind == "staff", AuditEntry.actor_id == wanted.staff)
    if wanted.patient:
        query = query.where(AuditEntry.patient_id == wanted.patient)
    if wanted.action:
        query = query.where(AuditEntry.action == wanted.action)
    if wanted.since:
        query = query.where(AuditEntry.at >= from_start(wanted.since, zone))
    if wanted.until:
        query = query.where(AuditEntry.at < until_end(wanted.until, zone))
    if before is not None:
        query = query.where(tuple_(AuditEntry.at, AuditEntry.id) < tuple_(*read_cursor(before, _entry_id)))
    query = query.order_by(AuditEntry.at.desc(), AuditEntry.id.desc()).limit(PAGE + 1)
    rows = (await db.execute(query)).all()
    shown = rows[:PAGE]
    more = make_cursor(shown[-1][0].at, shown[-1][0].id) if len(rows) > PAGE else None
    return AccessPage(items=[to_wire(*row) for row in shown], next=more)


def _entry_id(value: str) -> int:
    if not value.isdecimal() or int(value) > LARGEST_ID:
        raise ValueError
    return int(value)


def to_wire(entry: AuditEntry, who: str | None, patient: str | None) -> Access:
    kind: Any = entry.actor_kind
    return Access(id=entry.id, at=entry.at, kind=kind, who=who, action=entry.action, patient=patient)


async def list_colleagues(db: AsyncSession, administrator: Actor) -> list[Colleague]:
    query = select(StaffMember.id, StaffMember.name).where(StaffMember.clinic_id == administrator.clinic_id)
    return [Colleague(id=id_, name=name) for id_, name in await db.execute(query.order_by(StaffMember.name, StaffMember.id))]


async def draw(db: AsyncSession, clinic_id: UUID, month: date, seed: str) -> tuple[int, list[int]]:
    """(how many accesses to patients' data staff made in the month, which of them the seed chooses).

    The order is that of SHA-256 over the seed, a colon and the row's number: anybody can draw it again.
    """
    zone = await zone_of(db, clinic_id)
    made = (
        AuditEntry.clinic_id == clinic_id,
        AuditEntry.at >= from_start(month, zone),
        AuditEntry.at < from_start(month_after(month), zone),
        AuditEntry.actor_kind == "staff",
        AuditEntry.patient_id.is_not(None),
    )
    count = await db.scalar(select(func.count()).where(*made))
    lot = func.sha256(func.convert_to(literal(f"{seed}:") + cast(AuditEntry.id, Text), "UTF8"))
    ids = await db.scalars(select(AuditEntry.id).where(*made).order_by(lot, AuditEntry.id).limit(SAMPLE))
    return count or 0, list(ids)


def spot_checks_of(administrator: Actor) -> Select[SpotCheck]:
    return select(SpotCheck).where(SpotCheck.clinic_id == administrator.clinic_id)


async def list_spot_checks(db: AsyncSession, administrator: Actor, now: datetime) -> SpotChecks:
    checks = (await db.scalars(spot_checks_of(administrator).order_by(SpotCheck.month.desc()))).all()
    last = month_before(now.astimezone(await zone_of(db, administrator.clinic_id)).date())
    due = None if any(check.month == last for check in checks) else f"{last:%Y-%m}"
    return SpotChecks(items=[summary_of(check) for check in checks], due=due)


async def get_spot_check(db: AsyncSession, administrator: Actor, id_: UUID, *, lock: bool = False) -> SpotCheck:
    """Raises NotFound."""
    query = spot_checks_of(administrator).where(SpotCheck.id == id_)
    check = await db.scalar(query.with_for_update() if lock else query)
    if check is None:
        raise NotFound
    return check


async def load_opened(db: AsyncSession, check: SpotCheck) -> SpotCheckOpened:
    """Rows that the log has forgotten since are left out."""
    return SpotCheckOpened(summary=summary_of(check), items=await _entries(db, check.entry_ids))


async def _entries(db: AsyncSession, ids: Sequence[int]) -> list[Access]:
    query = named_entries().where(AuditEntry.id.in_(ids)).order_by(AuditEntry.at, AuditEntry.id)
    return [to_wire(*row) for row in await db.execute(query)]


def summary_of(check: SpotCheck) -> SpotCheckSummary:
    return SpotCheckSummary(
        id=check.id,
        month=f"{check.month:%Y-%m}",
        seed=check.seed,
        size=len(check.entry_ids),
        population=check.population,
        drawn_at=check.drawn_at,
        drawn_by=check.drawn_by_name,
        reviewed_at=check.reviewed_at,
        reviewed_by=check.reviewed_by_name,
        note=check.note,
    )
