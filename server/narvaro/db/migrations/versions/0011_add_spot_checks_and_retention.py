"""Add spot-checks and retention."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "spot_checks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("entry_ids", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by_name", sa.Text(), nullable=False),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by_name", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("spot_checks_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("spot_checks_pkey")),
        sa.UniqueConstraint("clinic_id", "month", name=op.f("spot_checks_clinic_id_month_key")),
    )
    op.drop_index(op.f("audit_entries_clinic_id_ix"), table_name="audit_entries")
    op.create_index("audit_entries_clinic_id_ix", "audit_entries", ["clinic_id", "at", "id"])
    op.add_column("clinics", sa.Column("retention_days", sa.Integer(), nullable=True))
