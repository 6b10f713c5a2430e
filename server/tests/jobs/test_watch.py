"""One in the fleet watches, and one watch never stops another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import pytest
from builders import build_sms
from sqlalchemy import text
from structlog.testing import capture_logs

from narvaro.db.session import Database
from narvaro.jobs import Doors, register_watch, watch
from narvaro.jobs.watch import LOCK_KEY, keep_watch
from narvaro.media.memory import MemoryMedia


@pytest.fixture(autouse=True)
def no_other_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "_watches", [])


@pytest.fixture
def doors(database: Database) -> Doors:
    return Doors(database, MemoryMedia(), build_sms())


@asynccontextmanager
async def watching(doors: Doors) -> AsyncIterator[None]:
    task = asyncio.create_task(keep_watch(doors))
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_watch_that_breaks_is_named_and_the_others_go_on(doors: Doors) -> None:
    rounds: asyncio.Queue[datetime] = asyncio.Queue()

    @register_watch
    async def break_down(_doors: Doors, _now: datetime) -> None:
        raise RuntimeError("070-123 45 67")

    @register_watch
    async def go_on(_doors: Doors, now: datetime) -> None:
        rounds.put_nowait(now)

    with capture_logs() as logs:
        async with watching(doors):
            first, second = [await asyncio.wait_for(rounds.get(), 5) for _ in range(2)]
    assert 0.9 < (second - first).total_seconds() < 2
    assert {"watch_failed"} == {line["event"] for line in logs}
    assert logs[0]["error"] == "RuntimeError"
    assert "070" not in str(logs)


async def test_second_worker_takes_over_when_the_first_loses_its_connection(doors: Doors) -> None:
    rounds: asyncio.Queue[datetime] = asyncio.Queue()

    @register_watch
    async def count(_doors: Doors, now: datetime) -> None:
        rounds.put_nowait(now)

    async with watching(doors), watching(doors):
        await asyncio.wait_for(rounds.get(), 5)
        await asyncio.wait_for(rounds.get(), 5)
        assert rounds.empty(), "only one watches"
        await _kill_the_watching(doors.database)
        await asyncio.wait_for(rounds.get(), 5)


async def _kill_the_watching(database: Database) -> None:
    query = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
        " WHERE locktype = 'advisory' AND datname = current_database()"
        " AND (classid::bigint << 32) + objid::bigint = :key AND granted"
    )
    async with database.transaction() as db:
        assert await db.scalar(query, {"key": LOCK_KEY}) == 1
