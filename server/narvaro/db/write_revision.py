"""For developers: `python -m narvaro.db.write_revision "Add invitations"` writes what the revisions lack."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import NullPool, create_engine

from narvaro.db.embedded import EmbeddedPostgres
from narvaro.db.migrate import configuration, sqlalchemy_url


def write_revision(message: str) -> None:
    """On an empty database of its own, so that nothing but the revisions decides what is there."""
    with tempfile.TemporaryDirectory(prefix="narvaro-") as directory:
        server = EmbeddedPostgres(Path(directory) / "postgres", durable=False)
        server.start()
        try:
            engine = create_engine(sqlalchemy_url(server.url()), poolclass=NullPool)
            with engine.begin() as connection:
                config = configuration(connection)
                command.upgrade(config, "head")
                command.revision(config, message, autogenerate=True, rev_id=next_number(ScriptDirectory.from_config(config)))
        finally:
            server.stop()


def next_number(scripts: ScriptDirectory) -> str:
    return f"{int(scripts.get_current_head() or 0) + 1:04}"


if __name__ == "__main__":
    write_revision(sys.argv[1])
