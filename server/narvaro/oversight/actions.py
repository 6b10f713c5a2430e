"""What administrators do with the access log; each of it is logged as well (D2)."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor
from narvaro.conversations.rules import clean_text
from narvaro.oversight.models import SpotCheck
from narvaro.oversight.queries import Filter, draw, find_accesses, get_spot_check, load_opened, spot_checks_of, zone_of
from narvaro.oversight.rules import SpotCheckReviewed, month_to_draw
from narvaro.oversight.schemas import AccessPage, SpotCheckOpened


async def read_log(
    db: AsyncSession, administrator: Actor, wanted: Filter, *, before: str | None = None, now: datetime
) -> AccessPage:
    """Raises Malformed."""
    page = await find_accesses(db, administrator, wanted, before)
    await record_access(db, administrator, "audit.read", patient_id=wanted.patient, object_id=wanted.staff, now=now)
    return page


async def draw_spot_check(db: AsyncSession, administrator: Actor, wanted: str | None, *, now: datetime) -> SpotCheckOpened:
    """Once per month: drawn again it is the same. `wanted`: `2026-10`, or the latest that is over. Raises MonthNotOver."""
    clinic_id = administrator.clinic_id
    month = month_to_draw(wanted, now.astimezone(await zone_of(db, clinic_id)).date())
    seed = secrets.token_hex(16)
    population, ids = await draw(db, clinic_id, month, seed)
    drawn = {"seed": seed, "population": population, "entry_ids": ids, "drawn_at": now, "drawn_by_name": administrator.name}
    made = await db.scalar(
        insert(SpotCheck).values(clinic_id=clinic_id, month=month, **drawn).on_conflict_do_nothing().returning(SpotCheck.id)
    )
    check = (await db.scalars(spot_checks_of(administrator).where(SpotCheck.month == month))).one()
    if made is None:
        return await _read(db, administrator, check, now)
    await record_access(db, administrator, "audit.spot_check.draw", patient_id=None, object_id=check.id, now=now)
    return await load_opened(db, check)


async def read_spot_check(db: AsyncSession, administrator: Actor, id_: UUID, *, now: datetime) -> SpotCheckOpened:
    """Raises NotFound."""
    check = await get_spot_check(db, administrator, id_)
    return await _read(db, administrator, check, now)


async def review_spot_check(db: AsyncSession, administrator: Actor, id_: UUID, note: str, *, now: datetime) -> SpotCheckOpened:
    """Once; the note stays as it was written. Raises NotFound, EmptyMessage, SpotCheckReviewed."""
    check = await get_spot_check(db, administrator, id_, lock=True)
    if check.reviewed_at is not None:
        raise SpotCheckReviewed
    check.note = clean_text(note)
    check.reviewed_at = now
    check.reviewed_by_name = administrator.name
    await db.flush()
    await record_access(db, administrator, "audit.spot_check.review", patient_id=None, object_id=check.id, now=now)
    return await load_opened(db, check)


async def _read(db: AsyncSession, administrator: Actor, check: SpotCheck, now: datetime) -> SpotCheckOpened:
    await record_access(db, administrator, "audit.spot_check.read", patient_id=None, object_id=check.id, now=now)
    return await load_opened(db, check)
