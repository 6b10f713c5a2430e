"""Name signed-in devices."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("sessions", sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False))
    op.add_column("sessions", sa.Column("user_agent", sa.Text(), server_default="", nullable=False))
    op.create_unique_constraint(op.f("sessions_id_key"), "sessions", ["id"])
