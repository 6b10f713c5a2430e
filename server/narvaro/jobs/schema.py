"""The tables of procrastinate, for one Alembic revision; it has no migration runner of its own."""

from procrastinate.schema import SchemaManager
from sqlalchemy import Connection

SMALL_AND_BUSY = """
ALTER TABLE procrastinate_jobs SET (
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500,
    autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 500
);
"""


def jobs_schema() -> str:
    """Many statements in one text. Holds colons and percent signs: neither for `text()` nor with parameters."""
    return SchemaManager.get_schema() + SMALL_AND_BUSY


def create_jobs_schema(connection: Connection) -> None:
    """In a revision: `create_jobs_schema(op.get_bind())`."""
    cursor = connection.connection.cursor()
    cursor.execute(jobs_schema())
    cursor.close()
