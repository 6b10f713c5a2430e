"""SIGTERM lets a running job finish and then ends the process."""

import asyncio
import signal
import sys
from uuid import UUID, uuid4

from sqlalchemy import text

from narvaro.db.session import Database
from narvaro.jobs import Doors, enqueue, task

WORKER = """
import asyncio, sys
from narvaro.db.session import Database
from narvaro.jobs import Doors, task
from narvaro.jobs.worker import run_worker
from narvaro.sms.purposes import Stationery
from narvaro.sms.sending import Sms
from narvaro.media.memory import MemoryMedia
from uuid import UUID

@task("test.slow")
async def slow(doors: Doors, ring_id: UUID) -> None:
    print("started", flush=True)
    await asyncio.sleep(0.5)
    print("finished", flush=True)

asyncio.run(run_worker(Doors(Database(sys.argv[1]), MemoryMedia(), Sms([], Stationery("http://127.0.0.1:8600", "s" * 32)))))
"""


async def test_terminated_worker_finishes_what_it_has_begun(database: Database) -> None:
    stand_in = task("test.slow")(_never_run_here)
    async with database.transaction() as db:
        await enqueue(db, stand_in, ring_id=uuid4())
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", WORKER, database.url, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    async with asyncio.timeout(15):
        assert await process.stdout.readline() == b"started\n"
        process.send_signal(signal.SIGTERM)
        assert await process.stdout.readline() == b"finished\n"
        assert await process.wait() == 0
    async with database.transaction() as db:
        assert await db.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


async def _never_run_here(doors: Doors, ring_id: UUID) -> None:
    """Only its name is needed to enqueue."""
