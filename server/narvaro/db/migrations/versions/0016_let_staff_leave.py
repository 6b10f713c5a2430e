"""Let staff leave."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.add_column("staff_members", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
