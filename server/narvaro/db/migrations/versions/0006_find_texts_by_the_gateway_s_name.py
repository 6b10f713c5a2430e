"""Find texts by the gateway's name."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_index(
        "text_messages_receipt",
        "text_messages",
        ["gateway_id"],
        unique=False,
        postgresql_where=sa.text("gateway_id IS NOT NULL"),
    )
