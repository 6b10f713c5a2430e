"""One PostgreSQL per run, shared by the workers; every test that asks for it gets a migrated database of its own.

`database` is a whole fresh database (13 ms): anything may commit, notify and listen in it.
`db` is one transaction that is rolled back: cheaper still, where nobody notifies.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.db.embedded import EmbeddedPostgres, end_orphan
from narvaro.db.migrate import migrate
from narvaro.db.session import Database

TEMPLATE = "template_narvaro"
RUNS = Path(tempfile.gettempdir()) / f"narvaro-tests-{os.getuid()}"


def pytest_configure(config: pytest.Config) -> None:
    """The run's first process owns the server's directory; nothing starts before a test asks."""
    if not hasattr(config, "workerinput"):
        sweep_dead_runs()
        os.environ["TEST_RUN_DIRECTORY"] = str(RUNS / str(os.getpid()))


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        end_run(RUNS / str(os.getpid()))


def sweep_dead_runs() -> None:
    """A killed run leaves its server behind."""
    for directory in RUNS.glob("*"):
        if directory.name.isdecimal() and not is_alive(int(directory.name)):
            end_run(directory)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def end_run(directory: Path) -> None:
    end_orphan(directory / "postgres")
    shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def postgres() -> EmbeddedPostgres:
    """The run's server, started by whichever worker comes first, with the template database in it."""
    run = Path(os.environ["TEST_RUN_DIRECTORY"])
    run.mkdir(parents=True, exist_ok=True)
    server = EmbeddedPostgres(run / "postgres", durable=False)
    with locked(run / "lock"):
        if not (run / "ready").exists():
            server.start()
            server.leave_running()
            create_database(server, TEMPLATE, "template1")
            migrate(server.url(TEMPLATE))
            (run / "ready").touch()
    return server


def create_database(server: EmbeddedPostgres, name: str, template: str = TEMPLATE) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")


def drop_database(server: EmbeddedPostgres, name: str) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection, suppress(psycopg.errors.InvalidCatalogName):
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def database_url(postgres: EmbeddedPostgres) -> Iterator[str]:
    """A fresh, migrated database; gone afterwards, whoever is still connected."""
    name = f"test_{uuid4().hex}"
    create_database(postgres, name)
    yield postgres.url(name)
    drop_database(postgres, name)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, pool_size=5)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def shared_database_url(postgres: EmbeddedPostgres) -> str:
    """One per worker, never committed to."""
    name = f"shared_{uuid4().hex}"
    create_database(postgres, name)
    return postgres.url(name)


@pytest.fixture
async def db(shared_database_url: str) -> AsyncIterator[AsyncSession]:
    """A transaction that is rolled back; a commit in the code under test is only a savepoint."""
    database = Database(shared_database_url, pool_size=1)
    async with database.engine.connect() as connection:
        outer = await connection.begin()
        async with AsyncSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        await outer.rollback()
    await database.close()
