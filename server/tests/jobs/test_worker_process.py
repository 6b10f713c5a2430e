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
    await asyncio.sleep(0.5 if len(sys.argv) < 3 else float(sys.argv[2]))
    print("finished", flush=True)

asyncio.run(run_worker(Doors(Database(sys.argv[1]), MemoryMedia(), Sms([], Stationery("http://127.0.0.1:8600", "s" * 32)))))
"""


@task("test.slow")
async def stand_in(doors: Doors, ring_id: UUID) -> None:
    """Never run here: only its name is needed to enqueue."""


async def test_terminated_worker_finishes_what_it_has_begun(database: Database) -> None:
    async with database.transaction() as db:
        await enqueue(db, stand_in, ring_id=uuid4())
    process = await start_worker(database)
    assert process.stdout
    async with asyncio.timeout(60):
        assert await process.stdout.readline() == b"started\n"
        process.send_signal(signal.SIGTERM)
        assert await process.stdout.readline() == b"finished\n"
        assert await process.wait() == 0
    async with database.transaction() as db:
        assert await db.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 0


async def test_job_of_a_killed_worker_is_done_by_another(database: Database) -> None:
    """No job is lost (G1). The dead one's last heartbeat is made older, so that nobody need wait for it to be missed."""
    async with database.transaction() as db:
        await enqueue(db, stand_in, ring_id=uuid4())
    killed = await start_worker(database, "60")
    assert killed.stdout
    async with asyncio.timeout(60):
        assert await killed.stdout.readline() == b"started\n"
        killed.kill()
        await killed.wait()
        async with database.transaction() as db:
            await db.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'"))
        other = await start_worker(database, "0")
        assert other.stdout
        said = [await other.stdout.readline() for _ in range(3)]
        assert b"job_rescued" in said[0]
        assert said[1:] == [b"started\n", b"finished\n"]
        other.send_signal(signal.SIGTERM)
        assert await other.wait() == 0


async def start_worker(database: Database, *arguments: str) -> asyncio.subprocess.Process:
    command = [sys.executable, "-c", WORKER, database.url, *arguments]
    return await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
