"""One world per worker. A question over HTTP is undone afterwards; sockets get a copy that they may write in."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import uuid4

import httpx2
import pytest
from conftest import create_database
from litestar import Litestar
from matrix.world import Side, Undone, World, build_world, doors_to
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from test_app import BASE_URL, settings_of_test

from narvaro.app import create_app
from narvaro.auth.actors import ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.db.embedded import EmbeddedPostgres
from narvaro.db.session import Database

KINDS = (ActorKind.STAFF, ActorKind.PATIENT, ActorKind.GUEST)
BY_ASKING = ("sessions", "request_counts")
"""The tables that asking alone may change: when somebody was seen, and how often an address has asked."""


@dataclass
class Log:
    """What the access log and the tables hold just now."""

    connection: AsyncConnection

    async def contents(self) -> dict[str, str]:
        """A digest of every table."""
        tables = await self.connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = sorted(name for name in tables if name not in BY_ASKING and not name.startswith("procrastinate"))
        digest = "SELECT '{0}', md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {0} t"
        found = await self.connection.execute(text(" UNION ALL ".join(digest.format(name) for name in names)))
        return {name: str(digest) for name, digest in found}

    async def end(self) -> int:
        return int(await self.connection.scalar(text("SELECT coalesce(max(id), 0) FROM audit_entries")) or 0)

    async def rows(self, side: Side, role: str, after: int) -> list[tuple[str, str | None]]:
        """(action, patient) that this person, the clinic's clock or a new guest has left."""
        query = (
            "SELECT action, patient_id::text FROM audit_entries"
            " WHERE id > :after AND (actor_id = :who OR actor_kind IN ('system', 'guest')) ORDER BY id"
        )
        who = side.actors[role].id if role in side.actors else None
        found = await self.connection.execute(text(query), {"after": after, "who": who})
        return [(action, patient) for action, patient in found]


@dataclass
class Desk:
    """The server before an undone transaction."""

    app: Litestar
    connection: AsyncConnection

    @property
    def log(self) -> Log:
        return Log(self.connection)

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        async with self.connection.begin_nested() as savepoint:
            yield
            await savepoint.rollback()

    def browser(self, token: str | None) -> httpx2.AsyncClient:
        """Whoever holds the token, offering it as every kind's."""
        cookies = {session_cookie_name(BASE_URL, kind): token for kind in KINDS} if token else {}
        transport = httpx2.ASGITransport(app=self.app)  # type: ignore[arg-type]
        headers = {"origin": BASE_URL, "content-type": "application/json"}
        return httpx2.AsyncClient(transport=transport, base_url=BASE_URL, headers=headers, cookies=cookies)


@pytest.fixture(scope="session")
def world(postgres: EmbeddedPostgres) -> World:
    name = f"world_{uuid4().hex}"
    create_database(postgres, name)
    return build_world(postgres.url(name))


@pytest.fixture(scope="session")
def world_for_sockets(postgres: EmbeddedPostgres) -> World:
    name = f"world_{uuid4().hex}"
    create_database(postgres, name)
    return build_world(postgres.url(name))


@pytest.fixture(scope="session")
def undone(world: World) -> tuple[Undone, Litestar]:
    database = Undone(world.url, pool_size=1)
    return database, create_app(settings_of_test(), doors=doors_to(database))


@pytest.fixture
async def desk(world: World, undone: tuple[Undone, Litestar]) -> AsyncIterator[Desk]:
    database, app = undone
    real = Database(world.url, pool_size=1)
    async with real.engine.connect() as connection:
        database.connection = connection
        async with connection.begin() as outer:
            yield Desk(app, connection)
            await outer.rollback()
    await real.close()
