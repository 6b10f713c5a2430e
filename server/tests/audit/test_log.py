from builders import NOON, build_practice
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.audit.models import AuditEntry


async def test_access_is_logged_with_who_what_whose_where_and_when(db: AsyncSession) -> None:
    practice = await build_practice(db)
    await record_access(db, practice.staff, "call.opened", patient_id=practice.patient.id, object_id=None, now=NOON)
    row = (await db.scalars(select(AuditEntry).where(AuditEntry.action == "call.opened"))).one()
    assert (row.actor_kind, row.actor_id, row.clinic_id) == ("staff", practice.staff.id, practice.clinic_id)
    assert (row.patient_id, row.at) == (practice.patient.id, NOON)
