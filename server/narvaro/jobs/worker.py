"""The worker process: runs jobs and keeps the watch until it is told to stop."""

import asyncio
from typing import Final

from procrastinate import PsycopgConnector
from sqlalchemy import text

from narvaro.db.session import Database
from narvaro.jobs.doors import Doors
from narvaro.jobs.tasks import jobs_app
from narvaro.jobs.watch import keep_watch

JOBS_AT_ONCE: Final = 8
POLL_AFTER: Final = 0.25
"""Seconds. A NOTIFY that arrives during a fetch is lost until the next poll."""
DRAIN_FOR: Final = 20.0
"""Seconds that running jobs get after SIGTERM; what is cut off is run again later."""


async def run_worker(doors: Doors, *, install_signal_handlers: bool = True) -> None:
    """Until SIGTERM or SIGINT; then running jobs are finished first. Register every task and watch before."""
    connector = PsycopgConnector(conninfo=doors.database.url, min_size=2, max_size=6)
    with jobs_app.replace_connector(connector):
        async with jobs_app.open_async():
            await _work(doors, install_signal_handlers)


async def _work(doors: Doors, install_signal_handlers: bool) -> None:
    await _analyze(doors.database)
    watching = asyncio.create_task(keep_watch(doors))
    try:
        await jobs_app.run_worker_async(
            concurrency=JOBS_AT_ONCE,
            delete_jobs="successful",
            fetch_job_polling_interval=POLL_AFTER,
            shutdown_graceful_timeout=DRAIN_FOR,
            additional_context={"doors": doors},
            install_signal_handlers=install_signal_handlers,
        )
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _analyze(database: Database) -> None:
    """A jobs table that was never analysed drains many times slower."""
    async with database.transaction() as db:
        await db.execute(text("ANALYZE procrastinate_jobs"))
