"""People known to a clinic."""

from datetime import datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base

NAME_WORDS: Final = "name_words(clinic_id, name)"
"""What a search by name matches, each word with its clinic before it: one clinic does not pay for the names in another."""
NAME_WORDS_SQL: Final = """\
CREATE FUNCTION name_words(clinic_id uuid, name text) RETURNS tsvector LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
SELECT array_to_tsvector(array(
    SELECT clinic_id || ':' || word FROM unnest(tsvector_to_array(to_tsvector('simple'::regconfig, name))) word
))
$$"""


class Patient(Base):
    """Known by the provider's `iss` and `sub` within one clinic (C1)."""

    __tablename__ = "patients"
    __table_args__ = (
        UniqueConstraint("clinic_id", "iss", "sub"),
        Index("patients_name_words_ix", text(NAME_WORDS), postgresql_using="gin"),
        Index("patients_clinic_id_name_ix", "clinic_id", "name"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    iss: Mapped[str]
    sub: Mapped[str]
    name: Mapped[str]
    has_protected_identity: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    number: Mapped[str | None]
    """The patient's own verified telephone, E.164."""
    has_text_agreement: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The patient agrees to be rung by text too."""
    may_reach_protected: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """With a protected identity nothing leaves the app, push and text neither, unless this is said."""
    push_shows_brand: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """A notification may say which region calls."""
    quiet_from: Mapped[time | None]
    quiet_to: Mapped[time | None]
    """Between them, by the clinic's clock, no message is pushed; a call always is. Both or neither."""
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
