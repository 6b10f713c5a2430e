"""Statements of the few hot paths: built with SQLAlchemy once, run on psycopg itself at a tenth of the CPU (ADR 17).

They are written with the same models and the same `visible_to` as every other query; only the running is another.
"""

from functools import cached_property
from typing import Any, Final, cast

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql.psycopg import PGCompiler_psycopg, PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import ClauseElement, Executable

DATABASE: Final = "narvaro.database"
"""In a session that only reads: where each prepared statement borrows a connection for itself."""


class Quick:
    """A connection of the pool with nothing around it, committing each statement; `Prepared` ones run on it, nothing else."""

    def __init__(self, driver: psycopg.AsyncConnection[Any]) -> None:
        self.driver = driver
        self.info: dict[str, Any] = {}


Db = AsyncSession | Quick
"""What a verb of prepared statements alone runs in."""


class _Compiler(PGCompiler_psycopg):
    def visit_bindparam(self, bindparam: Any, *how: Any, **more: Any) -> Any:
        """A value that stands in the statement is written into it: then its one plan can use an index on a part of a table."""
        more |= {} if bindparam.required else {"literal_binds": True}
        return super().visit_bindparam(bindparam, *how, **more)  # type: ignore[no-untyped-call]


class _Dialect(PGDialect_psycopg):
    statement_compiler = _Compiler


DIALECT: Final = _Dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class Prepared:
    """Compiled at its first use; values are given by name."""

    def __init__(self, statement: Executable) -> None:
        self._statement = statement

    async def all(self, db: Db, **values: Any) -> list[Any]:
        """The rows, as named tuples."""
        if isinstance(db, Quick):
            return await self._run(db.driver, values)
        if DATABASE in db.info and not db.in_transaction():
            async with db.info[DATABASE].quick() as quick:
                return await self._run(quick.driver, values)
        await db.flush()
        return await self._run(await driver_of(db), values)

    async def first(self, db: Db, **values: Any) -> Any:
        """The first row, or None."""
        rows = await self.all(db, **values)
        return rows[0] if rows else None

    async def _run(self, driver: psycopg.AsyncConnection[Any], values: dict[str, Any]) -> list[Any]:
        cursor = psycopg.AsyncCursor(driver, row_factory=namedtuple_row)
        try:
            await cursor.execute(self._sql, values)
            return await cursor.fetchall() if cursor.description else []
        except psycopg.Error as error:
            raise as_sqlalchemy(error, self._sql.decode()) from error

    @cached_property
    def _sql(self) -> bytes:
        return str(cast(ClauseElement, self._statement).compile(dialect=DIALECT)).encode()


async def driver_of(db: Db) -> psycopg.AsyncConnection[Any]:
    """The connection that the transaction runs on."""
    if isinstance(db, Quick):
        return db.driver
    raw: Any = await (await db.connection()).get_raw_connection()
    driver: psycopg.AsyncConnection[Any] = raw.driver_connection
    return driver


def as_sqlalchemy(error: psycopg.Error, sql: str = "") -> Exception:
    """So that whoever catches what the database says needs to know one kind of error; values are not in it (D3)."""
    return cast(Exception, DBAPIError.instance(sql, {}, error, psycopg.Error, hide_parameters=True, dialect=DIALECT))
