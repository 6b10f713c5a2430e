"""The log of who saw and did what (D1, D2): rows are added, never changed."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import DDL, BigInteger, ForeignKey, Identity, Index, event
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class AuditEntry(Base):
    """One access: who, in which clinic, what, whose data, when. The person's id stays even if the person is removed."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("audit_entries_patient_id_ix", "patient_id", "id", postgresql_where="patient_id IS NOT NULL"),
        Index("audit_entries_clinic_id_ix", "clinic_id", "at", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID]
    action: Mapped[str]
    patient_id: Mapped[UUID | None]
    object_id: Mapped[UUID | None]


APPEND_ONLY_SQL: Final = (
    """\
CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_entries is append-only';
END $$""",
    """\
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
)
"""Belongs in the migration that creates the table; autogeneration does not see triggers."""

KEPT_AT_LEAST_SQL: Final = (
    "DROP TRIGGER audit_entries_append_only ON audit_entries",
    """\
CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR TRUNCATE ON audit_entries
FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()""",
    """\
CREATE FUNCTION refuse_audit_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.at > now() - interval '5 years' THEN
    RAISE EXCEPTION 'audit_entries are kept for at least 5 years';
  END IF;
  RETURN OLD;
END $$""",
    """\
CREATE TRIGGER audit_entries_kept BEFORE DELETE ON audit_entries
FOR EACH ROW EXECUTE FUNCTION refuse_audit_deletion()""",
)
"""Old rows may go, younger ones never. Belongs in the migration that adds the seals, as does the next."""

SEALS_APPEND_ONLY_SQL: Final = (
    """\
CREATE FUNCTION refuse_seal_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit_seals is append-only';
END $$""",
    """\
CREATE TRIGGER audit_seals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
FOR EACH STATEMENT EXECUTE FUNCTION refuse_seal_change()""",
)


class AuditSeal(Base):
    """Binds the rows after `from_id` up to `to_id` to all that came before; `hash` covers them and the seal before (D2)."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime]
    from_id: Mapped[int] = mapped_column(BigInteger)
    to_id: Mapped[int] = mapped_column(BigInteger)
    count: Mapped[int]
    hash: Mapped[bytes]


for _statement in (*APPEND_ONLY_SQL, *KEPT_AT_LEAST_SQL):
    event.listen(AuditEntry.__table__, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
for _statement in SEALS_APPEND_ONLY_SQL:
    event.listen(AuditSeal.__table__, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
