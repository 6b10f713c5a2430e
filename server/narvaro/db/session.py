"""Connections and transactions."""

import asyncio
import select
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection
from sqlalchemy.util import greenlet_spawn

from narvaro.db.prepared import DATABASE, Quick, as_sqlalchemy

T = TypeVar("T")


class Database:
    """One pool on one PostgreSQL; `url` is a libpq address (`postgresql://…`).

    It opens `pool_size` connections at most, when it needs them, and keeps them: to open one takes longer than most verbs.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = url
        self.engine: AsyncEngine = create_async_engine(
            url.replace("postgresql://", "postgresql+psycopg://", 1),
            pool_size=pool_size,
            max_overflow=0,
            pool_use_lifo=True,
            hide_parameters=True,
        )
        event.listen(self.engine.sync_engine, "checkout", _refuse_closed)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._readers = async_sessionmaker(reading, expire_on_commit=False, info={DATABASE: self})

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Commit at the end of the block, roll back when it raises."""
        async with self._sessions.begin() as db:
            yield db

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """For queries: each sees what is committed, as in a transaction, without the two round trips that one costs."""
        async with self._readers() as db:
            yield db
            if db.in_transaction():
                await db.commit()

    @asynccontextmanager
    async def quick(self) -> AsyncIterator[Quick]:
        """For prepared statements only; each of them is a transaction of its own."""
        async with self._lent() as driver:
            await driver.set_autocommit(True)
            yield Quick(driver)
            await driver.set_autocommit(False)

    async def alone(self, verb: Callable[[Quick], Awaitable[T]]) -> T:
        """Run a verb whose whole change is one prepared statement, which then is its own transaction.

        It looks again when it met another request at an index: that one has committed.
        """
        try:
            async with self.quick() as db:
                return await verb(db)
        except IntegrityError:
            async with self.quick() as db:
                return await verb(db)

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[Any]:
        """One of the pool's connections, past SQLAlchemy."""
        try:
            lent = await greenlet_spawn(self.engine.sync_engine.pool.connect)
            try:
                yield lent.driver_connection
            except BaseException:
                await asyncio.shield(asyncio.create_task(_take_back(lent)))
                raise
            await greenlet_spawn(lent.close)
        except psycopg.Error as error:
            raise as_sqlalchemy(error) from error

    async def close(self) -> None:
        await self.engine.dispose()


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection that the server has closed can be read, an idle one cannot: known without asking the server."""
    line = select.poll()
    line.register(connection.driver_connection.fileno(), select.POLLIN)
    if line.poll(0):
        raise InvalidatePoolError


async def _take_back(lent: PoolProxiedConnection) -> None:
    """After an error: as it was before, or not at all when nobody knows its state."""
    driver: Any = lent.driver_connection
    with suppress(psycopg.Error):
        await driver.rollback()
        await driver.set_autocommit(False)
    usable = not driver.closed and driver.info.transaction_status is TransactionStatus.IDLE and not driver.autocommit
    await greenlet_spawn(lent.close if usable else lent.invalidate)
