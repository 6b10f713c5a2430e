"""Add invitations and knocks."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("invited_by", sa.Uuid(), nullable=False),
        sa.Column("invited_by_name", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("invitations_call_id_fkey")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("invitations_clinic_id_fkey")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("invitations_conversation_id_fkey")),
        sa.ForeignKeyConstraint(["invited_by"], ["staff_members.id"], name=op.f("invitations_invited_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("invitations_pkey")),
    )
    op.create_index(op.f("invitations_call_id_ix"), "invitations", ["call_id"], unique=False)
    op.create_index(op.f("invitations_number_ix"), "invitations", ["number"], unique=False)
    op.create_index(
        "invitations_one_per_number",
        "invitations",
        ["call_id", "number"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )
    op.create_table(
        "invitation_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("invitation_links_invitation_id_fkey")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("invitation_links_pkey")),
    )
    op.create_index(op.f("invitation_links_invitation_id_ix"), "invitation_links", ["invitation_id"], unique=False)
    op.create_table(
        "knocks",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("said_role", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("is_first_device", sa.Boolean(), nullable=False),
        sa.Column("knocked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("knocks_call_id_fkey")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff_members.id"], name=op.f("knocks_decided_by_fkey")),
        sa.ForeignKeyConstraint(["invitation_id"], ["invitations.id"], name=op.f("knocks_invitation_id_fkey")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_members.id"], name=op.f("knocks_staff_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("knocks_pkey")),
    )
    op.create_index(op.f("knocks_call_id_ix"), "knocks", ["call_id"], unique=False)
    op.create_index(op.f("knocks_invitation_id_ix"), "knocks", ["invitation_id"], unique=False)
    op.create_index(
        "knocks_one_per_colleague",
        "knocks",
        ["call_id", "staff_id"],
        unique=True,
        postgresql_where=sa.text("status = 'knocking' AND staff_id IS NOT NULL"),
    )
    op.create_index("knocks_waiting", "knocks", ["call_id"], unique=False, postgresql_where=sa.text("status = 'knocking'"))
    op.add_column("attendances", sa.Column("role", sa.Text(), nullable=True))
    op.add_column("attendances", sa.Column("invited_by_name", sa.Text(), nullable=True))
    op.add_column("attendances", sa.Column("knock_id", sa.Uuid(), nullable=True))
    op.add_column("patients", sa.Column("number", sa.Text(), nullable=True))
