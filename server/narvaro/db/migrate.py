"""Bring a database to the newest revision; safe to run from several machines at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

MIGRATIONS = Path(__file__).parent / "migrations"
ONE_AT_A_TIME = 7_201_984
"""Any number that nothing else locks."""


def migrate(url: str) -> str:
    """Upgrade within one transaction and return the revision reached. `url` is a libpq address; waits for another run."""
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ONE_AT_A_TIME})
            config = configuration(connection)
            command.upgrade(config, "head")
    finally:
        engine.dispose()
    return newest_revision()


def newest_revision() -> str:
    """Empty before there is any."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def configuration(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def sqlalchemy_url(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
