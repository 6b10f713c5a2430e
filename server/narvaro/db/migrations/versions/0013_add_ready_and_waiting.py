"""Add ready and waiting."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("conversations", sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("ready_noticed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "conversations_waiting_ix",
        "conversations",
        ["clinic_id", "ready_at"],
        postgresql_where=sa.text("ready_at IS NOT NULL"),
    )
    op.create_table(
        "ended_waits",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("ended_waits_clinic_id_fkey")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("ended_waits_conversation_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("ended_waits_pkey")),
    )
    op.create_index(
        "ended_waits_called_ix",
        "ended_waits",
        ["clinic_id", sa.literal_column("ended_at DESC")],
        postgresql_where=sa.text("reason = 'called'"),
    )
    op.create_index(op.f("ended_waits_conversation_id_ix"), "ended_waits", ["conversation_id"])
