"""Add text in the call and pinning for everybody."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("attendances", sa.Column("sees_from", sa.Integer(), nullable=True))
    op.add_column("attendances", sa.Column("is_pinned", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("entries", sa.Column("audience_call_id", sa.Uuid(), nullable=True))
    op.add_column("entries", sa.Column("call_seq", sa.Integer(), nullable=True))
    op.create_unique_constraint(op.f("entries_audience_call_id_call_seq_key"), "entries", ["audience_call_id", "call_seq"])
    op.create_foreign_key(op.f("entries_audience_call_id_fkey"), "entries", "calls", ["audience_call_id"], ["id"])
    op.create_check_constraint(op.f("entries_audience_check"), "entries", "(audience_call_id IS NULL) = (call_seq IS NULL)")
