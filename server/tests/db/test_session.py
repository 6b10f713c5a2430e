"""The connections that run prepared statements and nothing else (ADR 17)."""

import asyncio

import psycopg
import pytest
from sqlalchemy import bindparam, func, select, text
from sqlalchemy.exc import DBAPIError

from narvaro.db.prepared import Prepared
from narvaro.db.session import Database

TWICE = Prepared(select((bindparam("number") * 2).label("twice")))
BROKEN = Prepared(select(func.to_number(bindparam("words"), "nonsense-9")))


async def test_a_prepared_statement_is_planned_once(database: Database) -> None:
    async with database.quick() as db:
        for number in range(8):
            assert (await TWICE.first(db, number=number)).twice == number * 2
        query = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE '%twice%'"
        assert await (await db.driver.execute(query.encode())).fetchone() == (8, 0)


async def test_a_prepared_statement_never_waits_behind_a_transaction(database_url: str) -> None:
    database = Database(database_url, pool_size=1)
    async with database.transaction() as db:
        await db.execute(text("SELECT 1"))
        async with database.quick() as quick:
            assert (await TWICE.first(quick, number=4)).twice == 8
    await database.close()


async def test_a_refused_statement_leaves_its_connection_as_it_was(database: Database) -> None:
    async with database.quick() as db:
        first = db.driver.info.backend_pid
    with pytest.raises(DBAPIError):
        async with database.quick() as db:
            await BROKEN.first(db, words="no number")
    async with database.quick() as db:
        assert db.driver.info.backend_pid == first
        assert (await TWICE.first(db, number=1)).twice == 2


async def test_a_connection_that_the_server_has_closed_is_not_lent(database: Database) -> None:
    async with database.quick() as db:
        first = db.driver.info.backend_pid
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as killer:
        await killer.execute("SELECT pg_terminate_backend(%s, 2000)", [first])
    async with database.quick() as db:
        assert db.driver.info.backend_pid != first


async def test_who_asked_first_for_a_connection_is_served_first(database_url: str) -> None:
    """Also before whoever asks again at the moment when it is given back."""
    database = Database(database_url, pool_size=2)
    served: list[str] = []

    async def ask(name: str, times: int) -> None:
        for _ in range(times):
            async with database.quick() as db:
                served.append(name)
                await TWICE.first(db, number=1)

    greedy = [asyncio.create_task(ask(name, 3)) for name in ("first", "second")]
    await asyncio.gather(*greedy, ask("last", 1))
    assert served[:3] == ["first", "second", "last"]
    await database.close()


async def test_a_connection_of_a_cancelled_request_is_lent_again_or_closed(database_url: str) -> None:
    database = Database(database_url, pool_size=2)
    slow = Prepared(select(func.pg_sleep(60)))
    has_begun = asyncio.Event()

    async def ask() -> None:
        async with database.quick() as db:
            has_begun.set()
            await slow.first(db)

    asking = asyncio.create_task(ask())
    await has_begun.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    async with database.quick() as db:
        assert (await TWICE.first(db, number=3)).twice == 6
    await database.close()
