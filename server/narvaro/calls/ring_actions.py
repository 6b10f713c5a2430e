"""What happens to a ring: it is added, prepared for, answered, declined, prolonged, missed, cancelled."""

import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.auth.queries import by
from narvaro.calls import statements
from narvaro.calls.ladder.pushes import push_ring_over
from narvaro.calls.ladder.queries import load_rungs
from narvaro.calls.models import Attendance, Call, Ring, RingDevice
from narvaro.calls.queries import lock_ring
from narvaro.calls.rules import (
    MINUTE,
    CallStatus,
    MinuteAlreadyAsked,
    RingNoLongerRinging,
    RingStatus,
    next_call_status,
    next_ring_status,
)
from narvaro.calls.schemas import IncomingRing, Rings
from narvaro.calls.seats import sit_down, wake_call
from narvaro.calls.tasks import eject
from narvaro.clock import utc_now
from narvaro.conversations.actions import add_entry
from narvaro.conversations.models import Conversation
from narvaro.conversations.schemas import CallFact, EntryKind
from narvaro.conversations.wait_actions import end_wait
from narvaro.jobs import Doors, enqueue, task
from narvaro.metrics import RING_DELIVERED, RINGS_ENDED
from narvaro.realtime.topics import THE_PATIENT, News, wake

ENTRY_OF: dict[RingStatus, EntryKind] = {
    RingStatus.DECLINED: "ring_declined",
    RingStatus.MISSED: "ring_missed",
    RingStatus.CANCELLED: "ring_cancelled",
}


def ringing(call: Call) -> Ring | None:
    return next((ring for ring in call.rings if ring.status == RingStatus.RINGING), None)


def new_ring(call_id: UUID, staff: Actor, *, lasts: timedelta, now: datetime) -> dict[str, Any]:
    """The values of a ring that begins to ring, for a statement that adds one."""
    return {
        **by(staff),
        "actor_name": staff.name,
        "call_id": call_id,
        "ring_id": uuid4(),
        "ring_status": RingStatus.RINGING.value,
        "at": now,
        "expires_at": now + lasts,
    }


def keys_of_ring(call_id: UUID, patient_id: UUID | str) -> tuple[str, str]:
    """What rings is woken first: the patient's page loads it before the rest."""
    return f"rings:{patient_id}", f"call:{call_id}"


def news_of_ring(ring: dict[str, Any], conversation_id: UUID, clinic_name: str) -> News:
    """As the patient's page would load it (`queries.load_incoming`)."""
    incoming = IncomingRing(
        id=ring["ring_id"],
        call_id=ring["call_id"],
        conversation_id=conversation_id,
        staff_name=ring["actor_name"],
        clinic_name=clinic_name,
        status="ringing",
        rung_at=ring["at"],
        expires_at=ring["expires_at"],
        may_ask_minute=True,
    )
    return News(f"rings:{THE_PATIENT}", ActorKind.STAFF, Rings(topic="rings", ring=incoming), about=incoming.id)


async def add_ring(db: AsyncSession, call: Call, ring: dict[str, Any]) -> None:
    """To a call that there is; the caller holds the conversation's lock. `ring`: with the jobs it leaves."""
    await statements.ADD_RING.all(db, **ring)
    await statements.ADD_JOBS.all(db, **ring)
    await wake(db, *keys_of_ring(call.id, call.patient_id))
    await wake_call(db, call)


async def prepare_device(db: AsyncSession, patient: Actor, ring_id: UUID, device_id: str) -> tuple[Call, str]:
    """This device's identity in the room while the ring rings; a repeat gives the same. Raises RingNoLongerRinging."""
    _, call, ring = await lock_ring(db, patient, ring_id)
    if ring.status != RingStatus.RINGING:
        raise RingNoLongerRinging
    device = await db.get(RingDevice, (ring_id, device_id))
    if device is None:
        device = RingDevice(ring_id=ring_id, device_id=device_id, identity=f"patient-{secrets.token_urlsafe(9)}")
        db.add(device)
    return call, device.identity


async def answer_ring(
    db: AsyncSession, patient: Actor, ring_id: UUID, *, device_id: str, now: datetime
) -> tuple[Call, Attendance]:
    """Start or resume the call on this device. Raises RingNoLongerRinging when another device, or the clock, was first."""
    conversation, call, ring = await lock_ring(db, patient, ring_id)
    if ring.status == RingStatus.ANSWERED and ring.answered_device == device_id and call.status == CallStatus.ACTIVE:
        return call, sit_down(call, patient, device_id, now=now)
    if now >= ring.expires_at:
        raise RingNoLongerRinging
    prepared = await db.get(RingDevice, (ring_id, device_id))
    await note_answer(db, conversation, call, ring, patient, device_id, now=now)
    if call.status == CallStatus.OPEN:
        call.status = next_call_status(CallStatus.OPEN, CallStatus.ACTIVE)
        call.started_at = now
        await add_entry(db, conversation, "call_started", patient, call=CallFact(call_id=call.id, started_at=now), now=now)
    seat = sit_down(call, patient, device_id, identity=prepared.identity if prepared else None, now=now)
    await record_access(db, patient, "ring.answer", patient_id=patient.id, object_id=ring.id, now=now)
    await wake_call(db, call)
    return call, seat


async def note_answer(
    db: AsyncSession, conversation: Conversation, call: Call, ring: Ring, patient: Actor, device_id: str, *, now: datetime
) -> None:
    """This device has it: the others stop, and the patient waits no more. Raises RingNoLongerRinging."""
    await end_ring(db, conversation, call, ring, RingStatus.ANSWERED, patient, now=now, keep_device=device_id)
    ring.answered_device = device_id
    await end_wait(db, conversation, "called", now=now)


async def decline_ring(db: AsyncSession, patient: Actor, ring_id: UUID, *, now: datetime) -> None:
    """Raises RingNoLongerRinging."""
    conversation, call, ring = await lock_ring(db, patient, ring_id)
    await end_ring(db, conversation, call, ring, RingStatus.DECLINED, patient, now=now)
    await record_access(db, patient, "ring.decline", patient_id=patient.id, object_id=ring.id, now=now)


async def ask_for_minute(db: AsyncSession, patient: Actor, ring_id: UUID, *, now: datetime) -> tuple[Call, Ring]:
    """The ring lasts a minute longer, once. Raises RingNoLongerRinging, MinuteAlreadyAsked."""
    _, call, ring = await lock_ring(db, patient, ring_id)
    if ring.status != RingStatus.RINGING or now >= ring.expires_at:
        raise RingNoLongerRinging
    if ring.minute_asked_at is not None:
        raise MinuteAlreadyAsked
    ring.minute_asked_at = now
    ring.expires_at += MINUTE
    await enqueue(db, miss_ring, run_at=ring.expires_at, ring_id=ring.id, clinic_id=call.clinic_id)
    await record_access(db, patient, "ring.minute", patient_id=patient.id, object_id=ring.id, now=now)
    await wake_call(db, call)
    await wake(db, f"rings:{call.patient_id}")
    return call, ring


async def let_ring_expire(db: AsyncSession, system: Actor, ring_id: UUID, *, now: datetime) -> None:
    """The clock's: miss a ring whose time is up. One that is over, or was prolonged, is left alone."""
    conversation, call, ring = await lock_ring(db, system, ring_id)
    if ring.status == RingStatus.RINGING and now >= ring.expires_at:
        await end_ring(db, conversation, call, ring, RingStatus.MISSED, system, now=now)


@task("calls.miss_ring")
async def miss_ring(doors: Doors, *, ring_id: UUID, clinic_id: UUID) -> None:
    async with doors.database.transaction() as db:
        await let_ring_expire(db, system_of(clinic_id), ring_id, now=utc_now())


async def note_delivered(db: AsyncSession, patient: Actor, ring_id: UUID, *, seen: bool, now: datetime) -> None:
    """A page of the patient's has the ring, and perhaps shows it. Only the first report of each counts."""
    if patient.kind is not ActorKind.PATIENT:
        return
    _, call, ring = await lock_ring(db, patient, ring_id)
    if ring.status != RingStatus.RINGING:
        return
    if ring.delivered_at is not None and (not seen or ring.seen_at is not None):
        return
    if ring.delivered_at is None:
        ring.delivered_at = now
        RING_DELIVERED.observe((now - ring.rung_at).total_seconds())
    if seen:
        ring.seen_at = now
    await wake_call(db, call)


async def end_ring(
    db: AsyncSession,
    conversation: Conversation,
    call: Call,
    ring: Ring,
    status: RingStatus,
    actor: Actor,
    *,
    now: datetime,
    keep_device: str | None = None,
    entry: EntryKind | None = None,
) -> None:
    """Stop it on every device; all prepared ones but `keep_device` are put out of the room. Raises RingNoLongerRinging.

    `entry`: what the log says of it, where the status alone does not.
    """
    ring.status = next_ring_status(RingStatus(ring.status), status)
    ring.ended_at = now
    RINGS_ENDED.labels(status.value).inc()
    losers = select(RingDevice.identity).where(RingDevice.ring_id == ring.id, RingDevice.device_id != (keep_device or ""))
    for identity in await db.scalars(losers):
        await enqueue(db, eject, room=call.room, identity=identity)
    rungs = await load_rungs(db, ring.id)
    if any(rung.kind == "push" for rung in rungs):
        await enqueue(db, push_ring_over, ring_id=ring.id)
    kind = entry or ENTRY_OF.get(status)
    if kind is not None:
        fact = CallFact(
            call_id=call.id,
            rung_at=ring.rung_at,
            delivered=ring.delivered_at is not None,
            seen=ring.seen_at is not None,
            rungs=rungs,
        )
        await add_entry(db, conversation, kind, actor, call=fact, now=now)
    await wake_call(db, call)
    await wake(db, f"rings:{call.patient_id}")
