"""Add the ladder of a ring."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "rungs",
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["ring_id"], ["rings.id"], name=op.f("rungs_ring_id_fkey")),
        sa.PrimaryKeyConstraint("ring_id", "kind", "state", name=op.f("rungs_pkey")),
    )
    op.add_column("clinics", sa.Column("ring_seconds", sa.Integer(), server_default="45", nullable=False))
    op.add_column("clinics", sa.Column("ring_with_text_seconds", sa.Integer(), server_default="120", nullable=False))
    op.add_column("clinics", sa.Column("text_after_seconds", sa.Integer(), server_default="10", nullable=False))
    for column in ("has_text_agreement", "may_reach_protected"):
        op.add_column("patients", sa.Column(column, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("rings", sa.Column("link_hash", sa.LargeBinary(), nullable=True))
    op.create_unique_constraint(op.f("rings_link_hash_key"), "rings", ["link_hash"])
