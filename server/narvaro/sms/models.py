"""Texts that were asked for, and what became of them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from narvaro.db.base import Base


class TextMessage(Base):
    """One text. Its words are composed when it is sent and stored nowhere; `purpose` and `object_id` say of what.

    `salt`: random bytes for a link in it. `sent_by`: the staff member who caused it.
    """

    __tablename__ = "text_messages"
    __table_args__ = (
        Index("text_messages_limits", "clinic_id", "created_at"),
        Index("text_messages_object", "object_id", "created_at"),
        Index("text_messages_receipt", "gateway_id", postgresql_where=text("gateway_id IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    clinic_id: Mapped[UUID] = mapped_column(ForeignKey("clinics.id"))
    purpose: Mapped[str]
    object_id: Mapped[UUID]
    call_id: Mapped[UUID | None] = mapped_column(index=True)
    sent_by: Mapped[UUID | None] = mapped_column(ForeignKey("staff_members.id"))
    number: Mapped[str]
    salt: Mapped[bytes]
    status: Mapped[str]
    why: Mapped[str | None]
    gateway: Mapped[str | None]
    gateway_id: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    give_up_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class DemoText(Base):
    """What the demo's gateway has received: the virtual phones show it."""

    __tablename__ = "demo_texts"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    sender: Mapped[str]
    words: Mapped[str]
    at: Mapped[datetime]
