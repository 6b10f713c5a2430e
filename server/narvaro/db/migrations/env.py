"""What Alembic runs: `narvaro.db.migrate` passes the connection; the models are what autogeneration compares with."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from alembic import context

from narvaro.db.base import Base

FEATURES = (
    "audit",
    "auth",
    "calls",
    "clinics",
    "conversations",
    "invitations",
    "oversight",
    "patients",
    "realtime",
    "sms",
    "webpush",
)

for feature in FEATURES:
    if find_spec(f"narvaro.{feature}") and find_spec(f"narvaro.{feature}.models"):
        import_module(f"narvaro.{feature}.models")


def is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """procrastinate's tables come with its own SQL."""
    return not (kind == "table" and name is not None and name.startswith("procrastinate_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
