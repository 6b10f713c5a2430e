"""Count requests."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "request_counts",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("begins_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "begins_at", name=op.f("request_counts_pkey")),
    )
    op.create_index(op.f("request_counts_begins_at_ix"), "request_counts", ["begins_at"], unique=False)
