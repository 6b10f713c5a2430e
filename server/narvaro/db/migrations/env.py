"""What Alembic runs: `narvaro.db.migrate` passes the connection; the models are what autogeneration compares with."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from narvaro.db.base import Base
from narvaro.jobs.schema import create_jobs_schema

FEATURES = ("audit", "auth", "calls", "clinics", "conversations", "invitations", "patients", "realtime")

for feature in FEATURES:
    if find_spec(f"narvaro.{feature}") and find_spec(f"narvaro.{feature}.models"):
        import_module(f"narvaro.{feature}.models")


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """procrastinate's tables come with its own SQL."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


def create_from_models(connection: Connection) -> None:
    """Until the first revision is written."""
    Base.metadata.create_all(connection)
    if not connection.scalar(text("SELECT to_regclass('procrastinate_jobs')")):
        create_jobs_schema(connection)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
    if context.config.attributes.get("may_create_from_models") and not context.script.get_current_head():
        create_from_models(context.config.attributes["connection"])
