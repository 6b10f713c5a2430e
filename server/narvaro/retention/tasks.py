"""Each hour what has grown too old; one job per conversation."""

from uuid import UUID

import structlog

from narvaro.clock import utc_now
from narvaro.errors import NotFound
from narvaro.jobs import Doors, enqueue, hourly, task
from narvaro.retention import actions
from narvaro.retention.queries import clinics_that_forget, conversations_with_old
from narvaro.retention.rules import kept_since

CONVERSATIONS_AN_HOUR = 2000
"""Per clinic; the first time takes its hours."""

log = structlog.get_logger()


@hourly
@task("retention.begin")
async def begin(doors: Doors, *, timestamp: int) -> None:
    async with doors.database.transaction() as db:
        for clinic in await clinics_that_forget(db):
            if doors.export_directory is None:
                log.error("retention_without_export_directory", clinic_id=str(clinic.id))
                continue
            before = kept_since(clinic.retention_days or 0, utc_now())
            for id_ in await conversations_with_old(db, clinic.id, before, CONVERSATIONS_AN_HOUR):
                await enqueue(db, retire, queueing_lock=f"retention:{id_}", clinic_id=clinic.id, conversation_id=id_)


@task("retention.retire")
async def retire(doors: Doors, *, clinic_id: UUID, conversation_id: UUID) -> None:
    """Part by part, each in a transaction of its own. A directory that cannot be written is tried again later."""
    directory = doors.export_directory
    count, total = 1, 0
    while directory is not None and count:
        try:
            async with doors.database.transaction() as db:
                count = await actions.retire(db, clinic_id, conversation_id, directory, now=utc_now())
        except NotFound:
            return
        total += count
    log.info("retention_deleted", rows=total)
