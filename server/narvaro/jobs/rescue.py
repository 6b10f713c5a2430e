"""What a killed worker left half done is given back to be done again."""

from datetime import datetime
from typing import Final

import structlog
from sqlalchemy import text

from narvaro.jobs.doors import Doors
from narvaro.jobs.watch import register_watch

log = structlog.get_logger()

BEAT: Final = 1.0
"""Seconds between two signs of life of a worker."""
DEAD_AFTER: Final = 5.0
"""Seconds without one. A worker that only slept this long finds its jobs done twice, which they must bear."""

STALE = """
    SELECT job.id, job.attempts, job.queueing_lock
    FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
    AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :dead_after))
    FOR UPDATE OF job SKIP LOCKED
"""
DROP_TWINS = f"""
    WITH stale AS MATERIALIZED ({STALE}),
    numbered AS (SELECT id, row_number() OVER (PARTITION BY queueing_lock ORDER BY id DESC) AS number
                 FROM stale WHERE queueing_lock IS NOT NULL)
    DELETE FROM procrastinate_jobs job USING numbered
    WHERE job.id = numbered.id AND (number > 1 OR EXISTS (
        SELECT FROM procrastinate_jobs twin WHERE twin.queueing_lock = job.queueing_lock AND twin.status = 'todo'))
"""  # noqa: S608
"""Only one may wait with a queueing lock; the one that waits does the work."""
GIVE_BACK = f"""
    WITH stale AS MATERIALIZED ({STALE})
    SELECT procrastinate_retry_job_v2(id, now() + make_interval(secs => least(power(2, least(attempts, 9)) - 1, 300)),
                                      NULL, NULL, NULL)
    FROM stale
"""  # noqa: S608
"""At once; later each time for one that kills its worker again and again."""


@register_watch
async def rescue_jobs(doors: Doors, _now: datetime) -> None:
    """By the database's clock, which is the one that workers' signs of life are dated by."""
    async with doors.database.transaction() as db:
        await db.execute(text(DROP_TWINS), {"dead_after": DEAD_AFTER})
        rescued = len((await db.execute(text(GIVE_BACK), {"dead_after": DEAD_AFTER})).all())
    if rescued:
        log.warning("job_rescued", count=rescued)
