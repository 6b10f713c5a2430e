"""Writing the access log."""

from datetime import datetime
from uuid import UUID

from narvaro.audit.statements import ADD
from narvaro.auth.actors import Actor
from narvaro.auth.queries import by
from narvaro.db.prepared import Db


async def record_access(
    db: Db, actor: Actor, action: str, *, patient_id: UUID | None, object_id: UUID | None = None, now: datetime
) -> None:
    """Log what `actor` does, in the caller's transaction: no access without its row, no row without the access.

    `action` is a verb and a thing, *open conversation*; never text that a person wrote.
    """
    await ADD.all(db, action=action, at=now, patient_id=patient_id, object_id=object_id, **by(actor))
