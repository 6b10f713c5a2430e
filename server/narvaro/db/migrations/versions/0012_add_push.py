"""Add push."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("session_hash", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("p256dh", sa.Text(), nullable=False),
        sa.Column("auth", sa.Text(), nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("shows IN ('all', 'calls_only')", name=op.f("push_subscriptions_shows_check")),
        sa.ForeignKeyConstraint(
            ["session_hash"], ["sessions.token_hash"], name=op.f("push_subscriptions_session_hash_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("session_hash", name=op.f("push_subscriptions_pkey")),
        sa.UniqueConstraint("id", name=op.f("push_subscriptions_id_key")),
    )
    op.create_index(op.f("push_subscriptions_endpoint_ix"), "push_subscriptions", ["endpoint"], unique=False)
    op.create_index(op.f("push_subscriptions_person_id_ix"), "push_subscriptions", ["person_id"], unique=False)
    op.create_table(
        "message_pushes",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("message_pushes_conversation_id_fkey")),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("message_pushes_pkey")),
    )
    op.add_column("patients", sa.Column("push_shows_brand", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("patients", sa.Column("quiet_from", sa.Time(), nullable=True))
    op.add_column("patients", sa.Column("quiet_to", sa.Time(), nullable=True))
    op.add_column("sockets", sa.Column("session_hash", sa.LargeBinary(), nullable=True))
    op.create_index(op.f("sockets_session_hash_ix"), "sockets", ["session_hash"], unique=False)
