"""What a killed worker was doing is done after all."""

import asyncio
import os
import signal
import sys
from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from builders import NOON, build_sms
from sqlalchemy import text

from narvaro.db.session import Database
from narvaro.jobs import Doors, enqueue, task
from narvaro.jobs.rescue import rescue_jobs
from narvaro.jobs.worker import run_worker
from narvaro.media.memory import MemoryMedia

WORKER = """
import asyncio, sys
from uuid import UUID
from narvaro.db.session import Database
from narvaro.jobs import Doors, task
from narvaro.jobs.worker import run_worker
from narvaro.media.memory import MemoryMedia
from narvaro.sms.purposes import Stationery
from narvaro.sms.sending import Sms

@task("test.finish")
async def hang(doors: Doors, ring_id: UUID) -> None:
    print("started", flush=True)
    await asyncio.Event().wait()

asyncio.run(run_worker(Doors(Database(sys.argv[1]), MemoryMedia(), Sms([], Stationery("http://127.0.0.1:8600", "s" * 32)))))
"""
REGISTER = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :ago)) RETURNING id"
BEGIN = """
UPDATE procrastinate_jobs SET status = 'doing', attempts = :attempts, worker_id = :worker WHERE status = 'todo' RETURNING id
"""
finished: asyncio.Queue[UUID] = asyncio.Queue()


@task("test.finish")
async def finish(doors: Doors, ring_id: UUID) -> None:
    finished.put_nowait(ring_id)


@pytest.fixture(autouse=True)
def fresh_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "finished", asyncio.Queue())


@pytest.fixture
def doors(database: Database) -> Doors:
    return Doors(database, MemoryMedia(), build_sms())


@pytest.fixture
async def left_behind(doors: Doors) -> UUID:
    """A job in whose middle a worker was killed."""
    async with doors.database.transaction() as db:
        await enqueue(db, finish, ring_id=(ring_id := uuid4()))
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WORKER, doors.database.url, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        assert await asyncio.wait_for(process.stdout.readline(), 60) == b"started\n"
    finally:
        os.kill(process.pid, signal.SIGKILL)
        await process.wait()
    return ring_id


async def test_a_killed_workers_job_is_done_by_another_within_seconds(doors: Doors, left_behind: UUID) -> None:
    working = asyncio.create_task(run_worker(doors, install_signal_handlers=False))
    assert await asyncio.wait_for(finished.get(), 20) == left_behind
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def lay_down(doors: Doors, *, seconds_ago: float | None, lock: str | None = None, attempts: int = 0) -> int:
    """A job that a worker began; `seconds_ago`: its last sign of life, None where the worker's row is gone."""
    async with doors.database.transaction() as db:
        worker = await db.scalar(text(REGISTER), {"ago": seconds_ago or 0})
        await enqueue(db, finish, ring_id=uuid4(), queueing_lock=lock)
        number = await db.scalar(text(BEGIN), {"worker": worker, "attempts": attempts})
        if seconds_ago is None:
            await db.execute(text("DELETE FROM procrastinate_workers WHERE id = :worker"), {"worker": worker})
    return int(number or 0)


async def jobs(doors: Doors) -> list[tuple[int, str, int]]:
    """(id, status, seconds until it may run)"""
    query = "SELECT id, status::text, round(extract(epoch FROM scheduled_at - now()))::int FROM procrastinate_jobs ORDER BY id"
    async with doors.database.transaction() as db:
        return [(row[0], row[1], max(row[2] or 0, 0)) for row in await db.execute(text(query))]


@pytest.mark.parametrize(("seconds_ago", "status"), [(0, "doing"), (2, "doing"), (6, "todo"), (None, "todo")])
async def test_only_a_silent_workers_job_is_given_back(doors: Doors, seconds_ago: float | None, status: str) -> None:
    number = await lay_down(doors, seconds_ago=seconds_ago)
    await rescue_jobs(doors, NOON)
    assert await jobs(doors) == [(number, status, 0)]


@pytest.mark.parametrize(("attempts", "pause"), [(0, 0), (3, 7), (5000, 300)])
async def test_a_job_that_kills_its_workers_waits_longer_each_time(doors: Doors, attempts: int, pause: int) -> None:
    number = await lay_down(doors, seconds_ago=6, attempts=attempts)
    await rescue_jobs(doors, NOON)
    assert await jobs(doors) == [(number, "todo", pause)]


async def test_of_jobs_with_one_queueing_lock_one_is_left_to_do(doors: Doors) -> None:
    await lay_down(doors, seconds_ago=6, lock="ring:1")
    waits = await lay_down(doors, seconds_ago=6, lock="ring:1")
    other = await lay_down(doors, seconds_ago=6, lock="ring:2")
    async with doors.database.transaction() as db:
        await enqueue(db, finish, ring_id=uuid4(), queueing_lock="ring:2")
    await rescue_jobs(doors, NOON)
    assert await jobs(doors) == [(waits, "todo", 0), (other + 1, "todo", 0)]
