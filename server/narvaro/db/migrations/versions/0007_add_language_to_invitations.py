"""Add language to invitations."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("invitations", sa.Column("language", sa.Text(), server_default="sv", nullable=False))
    op.create_check_constraint(op.f("invitations_language_check"), "invitations", "language IN ('sv', 'en')")
