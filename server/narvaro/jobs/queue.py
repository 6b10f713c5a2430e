"""How long what is due has waited: told to Prometheus by the worker that watches."""

from datetime import datetime

from sqlalchemy import text

from narvaro.jobs.doors import Doors
from narvaro.metrics import JOBS_OLDEST, JOBS_WAITING

_DUE = text("""\
SELECT count(*), coalesce(max(extract(epoch FROM now() - coalesce(job.scheduled_at, deferred.at))), 0)
FROM procrastinate_jobs job
LEFT JOIN LATERAL (
    SELECT min(at) AS at FROM procrastinate_events WHERE job_id = job.id AND type = 'deferred'
) deferred ON true
WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())""")


async def watch_queue(doors: Doors, _now: datetime) -> None:
    async with doors.database.transaction() as db:
        count, oldest = (await db.execute(_DUE)).one()
    JOBS_WAITING.set(count)
    JOBS_OLDEST.set(float(oldest))
