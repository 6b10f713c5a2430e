"""The connections that run prepared statements and nothing else (ADR 17)."""

import asyncio
import select
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import psycopg
from psycopg.pq import TransactionStatus

WAIT_AT_MOST: Final = 30.0
"""Seconds for one's turn."""

Driver = psycopg.AsyncConnection[Any]


class QuickPool:
    """At most `size` connections, opened when they are needed and kept; who asked first is served first.

    Each statement commits, is prepared when it is first run, and planned then: to plan a ring takes longer than to ring.
    """

    def __init__(self, url: str, size: int) -> None:
        self._url = url
        self._turns = asyncio.Semaphore(size)
        self._idle: list[Driver] = []

    @asynccontextmanager
    async def lend(self) -> AsyncIterator[Driver]:
        """Raises TimeoutError when nobody gives one back for too long."""
        if self._turns.locked():
            async with asyncio.timeout(WAIT_AT_MOST):
                await self._turns.acquire()
        else:
            await self._turns.acquire()
        try:
            driver = await self._take() or await self._open()
            try:
                yield driver
            finally:
                await self._take_back(driver)
        finally:
            self._turns.release()

    async def close(self) -> None:
        while self._idle:
            await self._idle.pop().close()

    async def _open(self) -> Driver:
        driver = await psycopg.AsyncConnection.connect(self._url, autocommit=True, prepare_threshold=0)
        await driver.execute("SET plan_cache_mode TO force_generic_plan")
        return driver

    async def _take(self) -> Driver | None:
        """The one that was used last, unless the server has closed it."""
        while self._idle:
            driver = self._idle.pop()
            if not can_be_read(driver):
                return driver
            await driver.close()
        return None

    async def _take_back(self, driver: Driver) -> None:
        """Not at all when nobody knows its state."""
        if not driver.closed and driver.info.transaction_status is TransactionStatus.IDLE:
            self._idle.append(driver)
        else:
            await driver.close()


def can_be_read(driver: Driver) -> bool:
    """A connection that the server has closed can be read, an idle one cannot: known without asking the server."""
    line = select.poll()
    line.register(driver.fileno(), select.POLLIN)
    return bool(line.poll(0))
