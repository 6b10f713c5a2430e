"""The text that rings a patient: its words, what became of it, and the way behind its link."""

from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.auth.tokens import hash_token
from narvaro.calls.ladder.queries import note_rung
from narvaro.calls.ladder.rules import NO_BRAND, RING_WORDS, RungState
from narvaro.calls.models import Call, Ring
from narvaro.calls.queries import lock_ring
from narvaro.calls.rules import RingStatus
from narvaro.calls.seats import wake_call
from narvaro.clinics.models import Clinic
from narvaro.errors import NotFound
from narvaro.realtime.topics import wake
from narvaro.sms.actions import queue_text
from narvaro.sms.links import link, link_token
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import Composed, Stationery
from narvaro.sms.rules import Limits
from narvaro.sms.words import branded

PURPOSE = "ring"
STATES = {
    "sent": RungState.SENT,
    "delivered": RungState.DELIVERED,
    "failed": RungState.FAILED,
}


async def ask_for_text(db: AsyncSession, call: Call, ring: Ring, number: str, *, now: datetime) -> None:
    """To the patient's own number, on behalf of whoever rings. Raises the limit that is reached (B8)."""
    clinic = await db.get_one(Clinic, call.clinic_id)
    await queue_text(
        db,
        Actor(ActorKind.STAFF, ring.rung_by, call.clinic_id, ring.rung_by_name),
        Limits(clinic.sms_per_call, clinic.sms_per_staff, clinic.sms_per_clinic),
        purpose=PURPOSE,
        object_id=ring.id,
        call_id=call.id,
        number=number,
        is_known_number=True,
        now=now,
    )


async def compose_ring(db: AsyncSession, text: TextMessage, stationery: Stationery) -> Composed | None:
    """Makes the link work, then writes it; the same at every attempt. None when the ring is over."""
    query = (
        select(Clinic.brand, Clinic.sms_sender)
        .join(Call, Call.clinic_id == Clinic.id)
        .join(Ring, Ring.call_id == Call.id)
        .where(Ring.id == text.object_id, Ring.status == RingStatus.RINGING)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return None
    token = link_token(stationery.link_secret, text.id, text.salt)
    await db.execute(update(Ring).where(Ring.id == text.object_id).values(link_hash=hash_token(token)))
    words = branded(row.brand, RING_WORDS.format(link=link(f"{stationery.base_url}/r", token)), NO_BRAND)
    return Composed(sender=row.sms_sender, words=words)


async def note_text(db: AsyncSession, ring_id: UUID) -> None:
    """A text went on: staff read it. Takes no lock but the call's own row, after the text's."""
    query = select(TextMessage).where(TextMessage.object_id == ring_id, TextMessage.purpose == PURPOSE)
    text = (await db.scalars(query)).one()
    if text.status not in STATES:
        return
    at = text.done_at or text.sent_at or text.created_at
    await note_rung(db, ring_id, "sms", STATES[text.status], at=at, why=text.why)
    call_of = select(Ring.call_id).where(Ring.id == ring_id).scalar_subquery()
    call_id = await db.scalar(update(Call).where(Call.id == call_of).values(version=Call.version + 1).returning(Call.id))
    await wake(db, f"call:{call_id}")


async def open_link(db: AsyncSession, token: str, *, now: datetime) -> tuple[UUID, str]:
    """Staff read that the link was opened, while it rings. → whose it is, and the page it leads to. Raises NotFound."""
    query = (
        select(Ring.id, Call.clinic_id, Clinic.slug)
        .join(Call, Call.id == Ring.call_id)
        .join(Clinic, Clinic.id == Call.clinic_id)
        .where(Ring.link_hash == hash_token(token))
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    system = system_of(row.clinic_id)
    _, call, ring = await lock_ring(db, system, row.id)
    await record_access(db, system, "ring.open_link", patient_id=call.patient_id, object_id=ring.id, now=now)
    if ring.status == RingStatus.RINGING and await note_rung(db, ring.id, "sms", RungState.OPENED, at=now):
        await wake_call(db, call)
    return call.patient_id, f"/patient/{row.slug}/conversations/{call.conversation_id}?{urlencode({'ring': ring.id})}"
