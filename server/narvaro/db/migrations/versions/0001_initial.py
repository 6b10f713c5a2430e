"""Initial."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from narvaro.audit.models import APPEND_ONLY_SQL
from narvaro.jobs.schema import create_jobs_schema

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "clinics",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("brand", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), server_default="Europe/Stockholm", nullable=False),
        sa.Column("staff_acr", sa.Text(), nullable=True),
        sa.Column("patient_acr", sa.Text(), nullable=True),
        sa.Column("may_patients_sign_up", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("may_share_whole_screen", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("clinics_pkey")),
        sa.UniqueConstraint("slug", name=op.f("clinics_slug_key")),
    )
    op.create_table(
        "sockets",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("person_name", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("visible", sa.Boolean(), nullable=False),
        sa.Column("audible", sa.Boolean(), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("sockets_pkey")),
        prefixes=["UNLOGGED"],
    )
    op.create_index(op.f("sockets_beat_at_ix"), "sockets", ["beat_at"], unique=False)
    op.create_index(op.f("sockets_call_id_ix"), "sockets", ["call_id"], unique=False)
    op.create_index(op.f("sockets_person_id_ix"), "sockets", ["person_id"], unique=False)
    op.create_table(
        "audit_entries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("audit_entries_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("audit_entries_pkey")),
    )
    op.create_index(op.f("audit_entries_clinic_id_ix"), "audit_entries", ["clinic_id"], unique=False)
    op.create_index(
        "audit_entries_patient_id_ix",
        "audit_entries",
        ["patient_id", "id"],
        unique=False,
        postgresql_where="patient_id IS NOT NULL",
    )
    op.create_table(
        "patients",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("iss", sa.Text(), nullable=False),
        sa.Column("sub", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("has_protected_identity", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("patients_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("patients_pkey")),
        sa.UniqueConstraint("clinic_id", "iss", "sub", name=op.f("patients_clinic_id_iss_sub_key")),
    )
    op.create_index("patients_clinic_id_name_ix", "patients", ["clinic_id", "name"], unique=False)
    op.create_index(
        "patients_name_search_ix",
        "patients",
        [sa.literal_column("to_tsvector('simple'::regconfig, name)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'patient')", name=op.f("sessions_kind_check")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("sessions_clinic_id_fkey"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("sessions_pkey")),
    )
    op.create_index(op.f("sessions_expires_at_ix"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("sessions_person_id_ix"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "sign_in_attempts",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("nonce", sa.Text(), nullable=False),
        sa.Column("code_verifier", sa.Text(), nullable=False),
        sa.Column("next_path", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'patient')", name=op.f("sign_in_attempts_kind_check")),
        sa.ForeignKeyConstraint(
            ["clinic_id"], ["clinics.id"], name=op.f("sign_in_attempts_clinic_id_fkey"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("sign_in_attempts_pkey")),
    )
    op.create_index(op.f("sign_in_attempts_expires_at_ix"), "sign_in_attempts", ["expires_at"], unique=False)
    op.create_table(
        "staff_members",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("iss", sa.Text(), nullable=False),
        sa.Column("sub", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('staff', 'administrator')", name=op.f("staff_members_role_check")),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("staff_members_clinic_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("staff_members_pkey")),
        sa.UniqueConstraint("clinic_id", "iss", "sub", name=op.f("staff_members_clinic_id_iss_sub_key")),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("last_seq", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_kind", sa.Text(), nullable=True),
        sa.Column("last_facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("patient_messages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("staff_messages", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("conversations_clinic_id_fkey")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("conversations_patient_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("conversations_pkey")),
        sa.UniqueConstraint("clinic_id", "patient_id", name=op.f("conversations_clinic_id_patient_id_key")),
    )
    op.create_index(
        "conversations_inbox_ix",
        "conversations",
        ["clinic_id", sa.literal_column("last_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index(op.f("conversations_patient_id_ix"), "conversations", ["patient_id"], unique=False)
    op.create_table(
        "last_seen",
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("last_seen_patient_id_fkey")),
        sa.PrimaryKeyConstraint("patient_id", name=op.f("last_seen_pkey")),
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("clinic_id", sa.Uuid(), nullable=False),
        sa.Column("patient_id", sa.Uuid(), nullable=False),
        sa.Column("placed_by", sa.Uuid(), nullable=False),
        sa.Column("placed_by_name", sa.Text(), nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("may_others_share", sa.Boolean(), nullable=False),
        sa.Column("is_media_down", sa.Boolean(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("no_staff_since", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["clinic_id"], ["clinics.id"], name=op.f("calls_clinic_id_fkey")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("calls_conversation_id_fkey")),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("calls_patient_id_fkey")),
        sa.ForeignKeyConstraint(["placed_by"], ["staff_members.id"], name=op.f("calls_placed_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("calls_pkey")),
        sa.UniqueConstraint("room", name=op.f("calls_room_key")),
    )
    op.create_index(op.f("calls_conversation_id_ix"), "calls", ["conversation_id"], unique=False)
    op.create_index(
        "calls_one_not_ended", "calls", ["conversation_id"], unique=True, postgresql_where=sa.text("status <> 'ended'")
    )
    op.create_table(
        "entries",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("facts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("entries_conversation_id_fkey")),
        sa.PrimaryKeyConstraint("conversation_id", "seq", name=op.f("entries_pkey")),
        sa.UniqueConstraint("id", name=op.f("entries_id_key")),
    )
    op.create_table(
        "read_marks",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("reader_kind", sa.Text(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("read_marks_conversation_id_fkey")),
        sa.PrimaryKeyConstraint("conversation_id", "reader_kind", "reader_id", name=op.f("read_marks_pkey")),
    )
    op.create_table(
        "attendances",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("left_reason", sa.Text(), nullable=True),
        sa.Column("lost_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("attendances_call_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("attendances_pkey")),
    )
    op.create_index(
        "attendances_present",
        "attendances",
        ["call_id", "kind", "person_id"],
        unique=True,
        postgresql_where=sa.text("left_at IS NULL"),
    )
    op.create_table(
        "call_feedback",
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("call_feedback_call_id_fkey")),
        sa.PrimaryKeyConstraint("call_id", "kind", "person_id", name=op.f("call_feedback_pkey")),
    )
    op.create_table(
        "rings",
        sa.Column("id", sa.Uuid(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("rung_by", sa.Uuid(), nullable=False),
        sa.Column("rung_by_name", sa.Text(), nullable=False),
        sa.Column("rung_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("minute_asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_device", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=op.f("rings_call_id_fkey")),
        sa.ForeignKeyConstraint(["rung_by"], ["staff_members.id"], name=op.f("rings_rung_by_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("rings_pkey")),
    )
    op.create_index(op.f("rings_call_id_ix"), "rings", ["call_id"], unique=False)
    op.create_index("rings_ringing", "rings", ["call_id"], unique=True, postgresql_where=sa.text("status = 'ringing'"))
    op.create_table(
        "ring_devices",
        sa.Column("ring_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Text(), nullable=False),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ring_id"], ["rings.id"], name=op.f("ring_devices_ring_id_fkey")),
        sa.PrimaryKeyConstraint("ring_id", "device_id", name=op.f("ring_devices_pkey")),
    )
    for statement in APPEND_ONLY_SQL:
        op.execute(statement)
    create_jobs_schema(op.get_bind())
