"""Add text messages."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "demo_texts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("demo_texts_pkey")),
    )
    op.create_table(
        "text_messages",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("gateway", sa.Text(), nullable=True),
        sa.Column("gateway_id", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("give_up_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("text_messages_clinic_id_fkey")),
        sa.ForeignKeyConstraint(["sent_by"], ["staff_members.id"], name=op.f("text_messages_sent_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("text_messages_pkey")),
    )
    op.create_index(op.f("text_messages_call_id_ix"), "text_messages", ["call_id"], unique=False)
    op.create_index("text_messages_limits", "text_messages", ["clinic_id", "created_at"], unique=False)
    op.create_index("text_messages_object", "text_messages", ["object_id", "created_at"], unique=False)
    op.add_column("clinics", sa.Column("guest_admission", sa.Text(), server_default="knock", nullable=False))
    op.add_column("clinics", sa.Column("sms_sender", sa.Text(), server_default="Narvaro", nullable=False))
    op.add_column("clinics", sa.Column("sms_countries", sa.ARRAY(sa.Text()), server_default="{SE,NO,DK,FI}", nullable=False))
    op.add_column("clinics", sa.Column("sms_per_call", sa.Integer(), server_default="10", nullable=False))
    op.add_column("clinics", sa.Column("sms_per_staff", sa.Integer(), server_default="60", nullable=False))
    op.add_column("clinics", sa.Column("sms_per_clinic", sa.Integer(), server_default="500", nullable=False))
    op.drop_constraint(op.f("sessions_kind_check"), "sessions")
    op.create_check_constraint(op.f("sessions_kind_check"), "sessions", "kind IN ('staff', 'patient', 'guest')")
