"""Writing the access log."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.models import AuditEntry
from narvaro.auth.actors import Actor


async def record_access(
    db: AsyncSession, actor: Actor, action: str, *, patient_id: UUID | None, object_id: UUID | None = None, now: datetime
) -> None:
    """Log what `actor` does, in the caller's transaction: no access without its row, no row without the access.

    `action` is a verb and a thing, *open conversation*; never text that a person wrote.
    """
    await db.execute(
        insert(AuditEntry).values(
            at=now,
            clinic_id=actor.clinic_id,
            actor_kind=actor.kind.value,
            actor_id=actor.id,
            action=action,
            patient_id=patient_id,
            object_id=object_id,
        )
    )
