"""Find a conversation's latest calls by their end."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.create_index("calls_latest_ix", "calls", ["conversation_id", "ended_at"])
    op.drop_index(op.f("calls_conversation_id_ix"), table_name="calls")
