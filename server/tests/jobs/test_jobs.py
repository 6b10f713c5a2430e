"""A job exists exactly when the change that asked for it does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from builders import build_sms
from procrastinate import PsycopgConnector
from procrastinate.jobs import Job
from sqlalchemy import text

from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.jobs import Doors, cancel_jobs, enqueue, task
from narvaro.jobs.tasks import RUNNING, SoonThenSeldom, jobs_app
from narvaro.jobs.worker import rescue_forgotten_jobs, run_worker
from narvaro.media.memory import MemoryMedia

done: asyncio.Queue[tuple[Doors, UUID, int]] = asyncio.Queue()
failures: list[UUID] = []


@task("test.note")
async def note(doors: Doors, ring_id: UUID, count: int = 1) -> None:
    done.put_nowait((doors, ring_id, count))


@task("test.fail_once")
async def fail_once(doors: Doors, ring_id: UUID) -> None:
    if ring_id not in failures:
        failures.append(ring_id)
        raise RuntimeError("the first time")
    done.put_nowait((doors, ring_id, 2))


@pytest.fixture(autouse=True)
def fresh_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(globals(), "done", asyncio.Queue())


@pytest.fixture
def doors(database: Database) -> Doors:
    return Doors(database, MemoryMedia(), build_sms())


@asynccontextmanager
async def worker(doors: Doors) -> AsyncIterator[None]:
    working = asyncio.create_task(run_worker(doors, install_signal_handlers=False))
    yield
    working.cancel()
    with suppress(asyncio.CancelledError):
        await working


async def waiting_jobs(database: Database) -> int:
    async with database.transaction() as db:
        return await db.scalar(text("SELECT count(*) FROM procrastinate_jobs")) or 0


async def test_job_of_a_committed_change_runs_with_doors_and_typed_arguments(doors: Doors) -> None:
    ring_id = uuid4()
    async with worker(doors):
        async with doors.database.transaction() as db:
            await enqueue(db, note, ring_id=ring_id, count=7)
        assert await asyncio.wait_for(done.get(), 5) == (doors, ring_id, 7)
        await _until_none_left(doors.database)


async def test_job_of_a_change_that_failed_never_was(doors: Doors) -> None:
    with suppress(ZeroDivisionError):
        async with doors.database.transaction() as db:
            await enqueue(db, note, ring_id=uuid4())
            raise ZeroDivisionError
    assert await waiting_jobs(doors.database) == 0


async def test_second_job_with_the_same_lock_is_not_added_and_the_change_goes_on(doors: Doors) -> None:
    async with doors.database.transaction() as db:
        for _ in range(2):
            await enqueue(db, note, ring_id=uuid4(), queueing_lock="ring:1")
        await enqueue(db, note, ring_id=uuid4())
    assert await waiting_jobs(doors.database) == 2


async def test_cancelled_job_is_forgotten(doors: Doors) -> None:
    async with doors.database.transaction() as db:
        await enqueue(db, note, ring_id=uuid4(), queueing_lock="ring:1", run_at=utc_now() + timedelta(hours=1))
        await cancel_jobs(db, "ring:1")
    assert await waiting_jobs(doors.database) == 0


async def test_job_waits_for_its_time(doors: Doors) -> None:
    async with doors.database.transaction() as db:
        await enqueue(db, note, ring_id=uuid4(), run_at=utc_now() + timedelta(hours=1))
        await enqueue(db, note, ring_id=(soon := uuid4()), run_at=utc_now() + timedelta(milliseconds=300))
    async with worker(doors):
        assert (await asyncio.wait_for(done.get(), 5))[1] == soon
    assert done.empty()


async def test_failed_job_is_tried_again(doors: Doors) -> None:
    async with worker(doors):
        async with doors.database.transaction() as db:
            await enqueue(db, fail_once, ring_id=(ring_id := uuid4()))
        assert (await asyncio.wait_for(done.get(), 10))[1] == ring_id


async def test_job_that_its_own_worker_has_forgotten_is_begun_again(doors: Doors) -> None:
    """The database was gone when it was fetched, or when it ended: nobody runs it, and it is *doing* (G1)."""
    async with doors.database.transaction() as db:
        await enqueue(db, note, ring_id=(ring_id := uuid4()))
        mine = await db.scalar(text("SELECT procrastinate_register_worker_v1()"))
        await db.execute(text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :mine"), {"mine": mine})
    with jobs_app.replace_connector(PsycopgConnector(conninfo=doors.database.url)):
        async with jobs_app.open_async():
            suspects = await rescue_forgotten_jobs(mine, set())
            assert len(suspects) == 1
            assert await status_of_job(doors.database) == "doing"
            assert await rescue_forgotten_jobs(mine, suspects) == set()
    async with worker(doors):
        assert (await asyncio.wait_for(done.get(), 5))[1] == ring_id


async def test_job_that_runs_is_not_taken_for_forgotten(doors: Doors) -> None:
    async with doors.database.transaction() as db:
        await enqueue(db, note, ring_id=uuid4())
        mine = await db.scalar(text("SELECT procrastinate_register_worker_v1()"))
        job_id = await db.scalar(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :mine RETURNING id"), {"mine": mine}
        )
    RUNNING.add(job_id)
    try:
        with jobs_app.replace_connector(PsycopgConnector(conninfo=doors.database.url)):
            async with jobs_app.open_async():
                assert await rescue_forgotten_jobs(mine, {job_id}) == set()
    finally:
        RUNNING.discard(job_id)
    assert await status_of_job(doors.database) == "doing"


async def status_of_job(database: Database) -> str:
    async with database.transaction() as db:
        return str(await db.scalar(text("SELECT status FROM procrastinate_jobs")))


@pytest.mark.parametrize(("attempts", "is_last"), [(0, False), (1, False), (50, False), (100, True)])
async def test_retries_end_some_day(attempts: int, is_last: bool) -> None:
    job = _job(attempts)
    decision = SoonThenSeldom().get_retry_decision(exception=RuntimeError(), job=job)
    assert (decision is None) is is_last


def _job(attempts: int) -> Job:
    return Job(id=1, queue="default", lock=None, queueing_lock=None, task_name="test.note", task_kwargs={}, attempts=attempts)


async def _until_none_left(database: Database) -> None:
    async with asyncio.timeout(5):
        while await waiting_jobs(database):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
