"""Reading a ring's ladder."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.calls.ladder.rules import RingFacts, RungKind, RungState, Terms, furthest
from narvaro.calls.models import Ring, Rung
from narvaro.calls.rules import RingStatus
from narvaro.clinics.models import Clinic
from narvaro.conversations.models import Conversation
from narvaro.conversations.schemas import RungFact
from narvaro.db.prepared import Db, Prepared
from narvaro.errors import NotFound
from narvaro.patients.models import Patient
from narvaro.patients.rules import may_reach_outside_app
from narvaro.webpush.queries import has_device

_TERMS = Prepared(
    select(
        Clinic.name,
        Clinic.ring_seconds,
        Clinic.ring_with_text_seconds,
        Clinic.text_after_seconds,
        Patient.has_protected_identity,
        Patient.may_reach_protected,
        Patient.has_text_agreement,
        Patient.number,
        has_device(Patient.id, only_calls=True).label("has_devices"),
    )
    .join(Patient, Patient.clinic_id == Clinic.id)
    .join(Conversation, Conversation.patient_id == Patient.id)
    .where(Conversation.id == bindparam("conversation_id"))
)


async def terms_of(db: Db, conversation_id: UUID) -> Terms:
    """Raises NotFound."""
    return (await named_terms_of(db, conversation_id))[1]


async def named_terms_of(db: Db, conversation_id: UUID) -> tuple[str, Terms]:
    """With the clinic's name. Raises NotFound."""
    row = await _TERMS.first(db, conversation_id=conversation_id)
    if row is None:
        raise NotFound
    may_reach = may_reach_outside_app(is_protected=row.has_protected_identity, is_allowed=row.may_reach_protected)
    return row.name, Terms(
        rings_for=timedelta(seconds=row.ring_seconds),
        rings_with_text_for=timedelta(seconds=row.ring_with_text_seconds),
        text_after=timedelta(seconds=row.text_after_seconds),
        has_devices=may_reach and row.has_devices,
        may_text=may_reach and row.has_text_agreement and row.number is not None,
    )


async def rung_rows(db: AsyncSession, ring_id: UUID) -> Sequence[Rung]:
    """Everything that is known of its rungs, in the order of time."""
    return (await db.scalars(select(Rung).where(Rung.ring_id == ring_id).order_by(Rung.at, Rung.kind))).all()


def ring_facts(ring: Ring, rows: Sequence[Rung]) -> RingFacts:
    was_pressed = any(row.state in {RungState.PRESSED, RungState.OPENED} for row in rows)
    return RingFacts(
        status=RingStatus(ring.status),
        rung_at=ring.rung_at,
        expires_at=ring.expires_at,
        was_noticed=was_pressed or ring.seen_at is not None or ring.minute_asked_at is not None,
        climbed=frozenset(row.kind for row in rows),  # type: ignore[misc]
    )


async def load_rungs(db: AsyncSession, ring_id: UUID) -> list[RungFact]:
    """Each rung once, as far as it has come, in the order in which they were climbed."""
    by_kind: dict[RungKind, dict[RungState, Rung]] = {}
    for row in await rung_rows(db, ring_id):
        by_kind.setdefault(row.kind, {})[RungState(row.state)] = row  # type: ignore[arg-type]
    return [_fact(kind, rows[furthest(kind, rows)]) for kind, rows in by_kind.items()]


def _fact(kind: RungKind, row: Rung) -> RungFact:
    return RungFact(kind=kind, state=row.state, at=row.at, why=row.why)  # type: ignore[arg-type]


async def note_rung(
    db: AsyncSession, ring_id: UUID, kind: RungKind, state: RungState, *, at: datetime, why: str | None = None
) -> bool:
    """Once for each state. → whether it is news. The caller wakes the call."""
    row = {"ring_id": ring_id, "kind": kind, "state": state.value, "at": at, "why": why}
    noted = insert(Rung).values(row).on_conflict_do_nothing().returning(Rung.state)
    return await db.scalar(noted) is not None
