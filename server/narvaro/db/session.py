"""Connections and transactions."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import psycopg
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError, InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from narvaro.db.prepared import DATABASE, Quick, as_sqlalchemy
from narvaro.db.quick import QuickPool, can_be_read

T = TypeVar("T")


class Database:
    """Two pools on one PostgreSQL; `url` is a libpq address (`postgresql://…`).

    They open `pool_size` connections at most, or two, when they need them, and keep them: to open one takes longer than most
    verbs. Half of them run prepared statements alone, which never wait behind a transaction.
    """

    def __init__(self, url: str, *, pool_size: int = 20) -> None:
        self.url = url
        quick_size = max(1, pool_size // 2)
        self.engine = _engine(url, max(1, pool_size - quick_size))
        self._quick = QuickPool(url, quick_size)
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
        try:
            async with self._quick.lend() as driver:
                yield Quick(driver)
        except psycopg.Error as error:
            raise as_sqlalchemy(error) from error

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

    async def close(self) -> None:
        await self.engine.dispose()
        await self._quick.close()


def _engine(url: str, pool_size: int) -> AsyncEngine:
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+psycopg://", 1),
        pool_size=pool_size,
        max_overflow=0,
        pool_use_lifo=True,
        hide_parameters=True,
    )
    event.listen(engine.sync_engine, "checkout", _refuse_closed)
    return engine


def _refuse_closed(connection: Any, _record: Any, _proxy: Any) -> None:
    if can_be_read(connection.driver_connection):
        raise InvalidatePoolError
