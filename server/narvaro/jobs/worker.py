"""The worker process: runs jobs and keeps the watch until it is told to stop."""

import asyncio
from collections.abc import Set
from typing import Any, Final, cast

import structlog
from procrastinate import PsycopgConnector
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job
from procrastinate.worker import Worker
from sqlalchemy import text

from narvaro.db.session import Database
from narvaro.jobs.doors import Doors
from narvaro.jobs.rescue import BEAT, DEAD_AFTER
from narvaro.jobs.tasks import RUNNING, jobs_app
from narvaro.jobs.watch import keep_watch

JOBS_AT_ONCE: Final = 8
POLL_AFTER: Final = 0.25
"""Seconds. A NOTIFY that arrives during a fetch is lost until the next poll."""
DRAIN_FOR: Final = 20.0
"""Seconds that running jobs get after SIGTERM; what is cut off is run again later."""
RESCUE_EVERY: Final = 2.0

log = structlog.get_logger()


async def run_worker(doors: Doors, *, install_signal_handlers: bool = True) -> None:
    """Until SIGTERM or SIGINT; then running jobs are finished first. Register every task and watch before."""
    connector = PsycopgConnector(conninfo=doors.database.url, min_size=2, max_size=6)
    with jobs_app.replace_connector(connector):
        async with jobs_app.open_async():
            await _work(doors, install_signal_handlers)


async def _work(doors: Doors, install_signal_handlers: bool) -> None:
    await _analyze(doors.database)
    worker = Worker(
        jobs_app,
        concurrency=JOBS_AT_ONCE,
        delete_jobs="successful",
        fetch_job_polling_interval=POLL_AFTER,
        shutdown_graceful_timeout=DRAIN_FOR,
        update_heartbeat_interval=BEAT,
        stalled_worker_timeout=2 * DEAD_AFTER,
        additional_context={"doors": doors},
        install_signal_handlers=install_signal_handlers,
    )
    beside = [asyncio.create_task(keep_watch(doors)), asyncio.create_task(_rescue_for_ever(worker))]
    try:
        await cast(Any, worker).run()
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)


async def _rescue_for_ever(worker: Worker) -> None:
    suspects: set[int] = set()
    while True:
        await asyncio.sleep(RESCUE_EVERY)
        try:
            if worker.worker_id is not None:
                suspects = await rescue_forgotten_jobs(worker.worker_id, suspects)
        except (ConnectorException, OSError) as error:
            log.warning("jobs_not_rescued", error=type(error).__name__)


async def rescue_forgotten_jobs(worker_id: int, suspects: Set[int]) -> set[int]:
    """Begin again what is this worker's and nobody runs here: a lost database took the order to it, or its end, along.

    `suspects`: what looked so the last time, and is surely not just beginning or ending; → what looks so now.
    """
    query = "SELECT * FROM procrastinate_jobs WHERE status = 'doing' AND worker_id = %(worker_id)s"
    rows = await jobs_app.connector.execute_query_all_async(query, worker_id=worker_id)
    forgotten = [Job.from_row(row) for row in rows if row["id"] not in RUNNING]
    for job in forgotten:
        if job.id in suspects:
            await _begin_again(job)
    return {job.id for job in forgotten if job.id is not None and job.id not in suspects}


async def _begin_again(job: Job) -> None:
    """Tasks are idempotent. Another worker may have been quicker."""
    log.warning("job_rescued", task=job.task_name)
    try:
        await jobs_app.job_manager.retry_job(job)
    except ConnectorException as error:
        log.warning("job_not_rescued", task=job.task_name, error=type(error).__name__)


async def _analyze(database: Database) -> None:
    """A jobs table that was never analysed drains many times slower."""
    async with database.transaction() as db:
        await db.execute(text("ANALYZE procrastinate_jobs"))
