"""The watch: small comparisons once a second, by one worker in the fleet."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

import psycopg
import structlog

from narvaro.clock import utc_now
from narvaro.jobs.doors import Doors

log = structlog.get_logger()

Watch = Callable[[Doors, datetime], Awaitable[None]]
EVERY: Final = timedelta(seconds=1)
GIVE_UP_AFTER: Final = timedelta(seconds=15)
LOCK_KEY: Final = 0x6E61727661726F
"""The advisory lock of the one that watches: "narvaro" in ASCII."""

_watches: list[Watch] = []


def register_watch(watch: Watch) -> Watch:
    """Call `watch(doors, now)` each second, or as soon as its last round is done. What it raises is logged by class name."""
    if watch not in _watches:
        _watches.append(watch)
    return watch


async def keep_watch(doors: Doors) -> None:
    """Wait to become the one that watches, then watch; for ever."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(doors.database.url, autocommit=True) as connection:
                await _watch_while_alone(connection, doors)
        except psycopg.Error as error:
            log.warning("watch_lost_database", error=type(error).__name__)
        await asyncio.sleep(EVERY.total_seconds())


async def _watch_while_alone(connection: psycopg.AsyncConnection, doors: Doors) -> None:
    """Watch until the connection that holds the lock is lost."""
    while not await _has_lock(connection):  # noqa: ASYNC110 (the lock tells nobody when it is free)
        await asyncio.sleep(EVERY.total_seconds())
    rounds = [asyncio.create_task(_run_each_second(watch, doors)) for watch in _watches]
    try:
        while True:
            await connection.execute("SELECT 1")
            await asyncio.sleep(EVERY.total_seconds())
    finally:
        for running in rounds:
            running.cancel()
        await asyncio.gather(*rounds, return_exceptions=True)


async def _has_lock(connection: psycopg.AsyncConnection) -> bool:
    row = await (await connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK_KEY,))).fetchone()
    return row is not None and bool(row[0])


async def _run_each_second(watch: Watch, doors: Doors) -> None:
    loop = asyncio.get_running_loop()
    while True:
        next_round = loop.time() + EVERY.total_seconds()
        try:
            async with asyncio.timeout(GIVE_UP_AFTER.total_seconds()):
                await watch(doors, utc_now())
        except Exception as error:
            log.error("watch_failed", watch=watch.__qualname__, error=type(error).__name__)
        await asyncio.sleep(max(0.0, next_round - loop.time()))
