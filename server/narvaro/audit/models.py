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
    __table_args__ = (Index("audit_entries_patient_id_ix", "patient_id", "id", postgresql_where="patient_id IS NOT NULL"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime]
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"), index=True)
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

for _statement in APPEND_ONLY_SQL:
    event.listen(AuditEntry.__table__, "after_create", DDL(_statement))  # type: ignore[no-untyped-call]
