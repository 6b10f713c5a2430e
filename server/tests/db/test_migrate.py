"""Migrations: they make exactly what the models say, once."""

import asyncio

import psycopg
from alembic import command
from sqlalchemy import NullPool, create_engine

from narvaro.db.migrate import configuration, migrate, newest_revision, sqlalchemy_url


def test_the_newest_revision_is_reached_and_kept(database_url: str) -> None:
    assert newest_revision()
    assert migrate(database_url) == newest_revision()
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(newest_revision(),)]


def test_models_and_revisions_agree(database_url: str) -> None:
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        command.check(configuration(connection))


async def test_two_machines_may_migrate_at_once(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    reached = await asyncio.gather(*(asyncio.to_thread(migrate, database_url) for _ in range(2)))
    assert set(reached) == {newest_revision()}


def test_the_jobs_tables_are_there(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT to_regclass('procrastinate_jobs')").fetchone() != (None,)
