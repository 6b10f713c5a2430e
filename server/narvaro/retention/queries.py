"""What has been kept for long enough: which rows, of which tables, in the order in which they can go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.calls.models import Attendance, Call, CallFeedback, Ring, RingDevice, Rung
from narvaro.clinics.models import Clinic
from narvaro.conversations.models import Conversation, EndedWait, Entry
from narvaro.invitations.models import Invitation, InvitationLink, Knock
from narvaro.patients.models import Patient
from narvaro.retention.rules import ENTRIES_AT_ONCE
from narvaro.sms.models import TextMessage


@dataclass(frozen=True, slots=True)
class Old:
    """The beginning of one log, from `first` to `last`, and the calls that nothing later in it tells of."""

    conversation_id: UUID
    first: int
    last: int
    call_ids: Sequence[UUID]

    def __bool__(self) -> bool:
        return self.last >= self.first or bool(self.call_ids)


@dataclass(frozen=True, slots=True)
class Part:
    """One table. `secrets`: columns that the export leaves out; `is_exported`: of use to a reader."""

    model: Any
    is_old: Callable[[Old], ColumnElement[bool]]
    secrets: tuple[str, ...] = ()
    is_exported: bool = True

    @property
    def table(self) -> Table:
        table: Table = self.model.__table__
        return table


PARTS: Final = (
    Part(TextMessage, lambda old: TextMessage.call_id.in_(old.call_ids), secrets=("salt",)),
    Part(
        InvitationLink,
        lambda old: InvitationLink.invitation_id.in_(select(Invitation.id).where(Invitation.call_id.in_(old.call_ids))),
        is_exported=False,
    ),
    Part(Knock, lambda old: Knock.call_id.in_(old.call_ids)),
    Part(Invitation, lambda old: Invitation.call_id.in_(old.call_ids)),
    Part(CallFeedback, lambda old: CallFeedback.call_id.in_(old.call_ids)),
    Part(Attendance, lambda old: Attendance.call_id.in_(old.call_ids)),
    Part(
        RingDevice,
        lambda old: RingDevice.ring_id.in_(select(Ring.id).where(Ring.call_id.in_(old.call_ids))),
        is_exported=False,
    ),
    Part(Rung, lambda old: Rung.ring_id.in_(select(Ring.id).where(Ring.call_id.in_(old.call_ids)))),
    Part(Ring, lambda old: Ring.call_id.in_(old.call_ids), secrets=("link_hash",)),
    Part(
        EndedWait,
        lambda old: (
            (EndedWait.conversation_id == old.conversation_id)
            & (
                EndedWait.ended_at
                <= select(Entry.at).where(Entry.conversation_id == old.conversation_id, Entry.seq == old.last).scalar_subquery()
            )
        ),
    ),
    Part(
        Entry,
        lambda old: (Entry.conversation_id == old.conversation_id) & Entry.seq.between(old.first, old.last),
    ),
    Part(Call, lambda old: Call.id.in_(old.call_ids)),
)
"""Children before what they point at."""


async def clinics_that_forget(db: AsyncSession) -> Sequence[Clinic]:
    return (await db.scalars(select(Clinic).where(Clinic.retention_days.is_not(None)))).all()


async def conversations_with_old(db: AsyncSession, clinic_id: UUID, before: datetime, limit: int) -> list[UUID]:
    """Whose log begins before the day."""
    oldest = (
        select(Entry.at).where(Entry.conversation_id == Conversation.id).order_by(Entry.seq).limit(1).correlate(Conversation)
    ).scalar_subquery()
    query = select(Conversation.id).where(
        Conversation.clinic_id == clinic_id, Conversation.created_at < before, oldest < before
    )
    return list(await db.scalars(query.limit(limit)))


async def find_old(db: AsyncSession, conversation_id: UUID, before: datetime) -> Old:
    """Under the conversation's lock. Nothing that comes after something younger is old."""
    mine = Entry.conversation_id == conversation_id
    first, end = (await db.execute(select(func.min(Entry.seq), func.max(Entry.seq)).where(mine))).one()
    if first is None:
        return Old(conversation_id, 1, 0, [])
    kept = await db.scalar(select(func.min(Entry.seq)).where(mine, Entry.at >= before))
    last = min((kept or end + 1) - 1, first + ENTRIES_AT_ONCE - 1)
    told_of = (
        select(Entry.seq)
        .where(mine, Entry.seq > last)
        .where(or_(Entry.audience_call_id == Call.id, Entry.facts["call_id"].astext == cast(Call.id, Text)))
        .correlate(Call)
    )
    ended = select(Call.id).where(Call.conversation_id == conversation_id, Call.status == "ended", Call.ended_at < before)
    return Old(conversation_id, first, last, list(await db.scalars(ended.where(~told_of.exists()).order_by(Call.id))))


async def conversation_facts(db: AsyncSession, conversation_id: UUID) -> tuple[dict[str, Any], int | None]:
    """(whose it is, in words for a reader; the clinic's days)"""
    query = (
        select(Clinic.slug, Clinic.name, Clinic.retention_days, Patient.id, Patient.name)
        .join(Conversation, Conversation.clinic_id == Clinic.id)
        .join(Patient, Patient.id == Conversation.patient_id)
        .where(Conversation.id == conversation_id)
    )
    slug, clinic, days, patient_id, patient = (await db.execute(query)).one()
    facts = {"id": conversation_id, "clinic": slug, "clinic_name": clinic, "patient_id": patient_id, "patient_name": patient}
    return facts, days
