"""Seal the access log, and let rows go that are older than the law asks for."""

import sqlalchemy as sa
from alembic import op

from narvaro.audit.models import KEPT_AT_LEAST_SQL, SEALS_APPEND_ONLY_SQL

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("audit_seals_pkey")),
    )
    for statement in (*KEPT_AT_LEAST_SQL, *SEALS_APPEND_ONLY_SQL):
        op.execute(statement)
