"""Climbing: what is due on a ring's ladder is done in one transaction, and the next look at it is enqueued with it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, system_of
from narvaro.calls.ladder.pushes import push_ring
from narvaro.calls.ladder.queries import note_rung, ring_facts, rung_rows, terms_of
from narvaro.calls.ladder.rules import RingFacts, RungRule, RungState, Terms, due, next_climb_at
from narvaro.calls.ladder.texts import ask_for_text
from narvaro.calls.models import Call, Ring
from narvaro.calls.queries import lock_ring
from narvaro.calls.ring_actions import add_ring, miss_ring, new_ring
from narvaro.calls.rules import RingStatus
from narvaro.calls.seats import wake_call
from narvaro.clock import utc_now
from narvaro.errors import TooMany
from narvaro.jobs import Doors, enqueue, job_of, jobs_of, task
from narvaro.patients.models import Patient
from narvaro.realtime.topics import wake
from narvaro.webpush.queries import devices_to_push


async def ring_patient(db: AsyncSession, call: Call, staff: Actor, *, now: datetime) -> UUID:
    """Again, in a call that there is, → the ring's id. The caller holds the conversation's lock."""
    ring = begin_ring(call.id, staff, await terms_of(db, call.conversation_id), now=now)
    await add_ring(db, call, ring)
    ring_id: UUID = ring["ring_id"]
    return ring_id


def begin_ring(call_id: UUID, staff: Actor, terms: Terms, *, now: datetime) -> dict[str, Any]:
    """A new ring's values, with the jobs it leaves: the second only for a patient who can be reached outside the app."""
    ring = new_ring(call_id, staff, lasts=terms.rings_for, now=now)
    ids = {"ring_id": ring["ring_id"], "clinic_id": staff.clinic_id}
    jobs = [job_of(miss_ring, run_at=ring["expires_at"], **ids)]
    facts = RingFacts(RingStatus.RINGING, rung_at=now, expires_at=ring["expires_at"], was_noticed=False)
    first = now if due(facts, terms, now) else next_climb_at(facts, terms, now)
    if first is not None:
        jobs.append(job_of(climb_ring, run_at=first, **ids))
    return ring | {"jobs": jobs_of(*jobs)}


@dataclass(frozen=True, slots=True)
class Open:
    """The doors that this installation has."""

    push: bool
    sms: bool


@task("calls.climb")
async def climb_ring(doors: Doors, *, ring_id: UUID, clinic_id: UUID) -> None:
    async with doors.database.transaction() as db:
        doors_open = Open(push=doors.push is not None, sms=bool(doors.sms.gateways))
        await climb(db, clinic_id, ring_id, doors_open, now=utc_now())


async def climb(db: AsyncSession, clinic_id: UUID, ring_id: UUID, open_: Open, *, now: datetime) -> None:
    """The clock's. A ring that is over is left alone; what has been climbed is not climbed again."""
    _, call, ring = await lock_ring(db, system_of(clinic_id), ring_id)
    terms = await terms_of(db, call.conversation_id)
    is_shown_everywhere = False
    for rule in due(ring_facts(ring, await rung_rows(db, ring_id)), terms, now):
        if rule.kind == "push" and open_.push:
            is_shown_everywhere = not await _climb_to_push(db, call, ring, now=now)
        if rule.kind == "sms" and open_.sms:
            await _climb_to_text(db, call, ring, rule, terms, now=now)
    facts = ring_facts(ring, await rung_rows(db, ring_id))
    later = next_climb_at(facts, terms, now, is_shown_everywhere=is_shown_everywhere)
    if later is not None:
        await enqueue(db, climb_ring, run_at=later, ring_id=ring_id, clinic_id=clinic_id)


async def _climb_to_push(db: AsyncSession, call: Call, ring: Ring, *, now: datetime) -> bool:
    """Every device that does not show it; False while all do."""
    devices = await devices_to_push(db, call.patient_id, now, only_calls=True)
    if not devices:
        return False
    await note_rung(db, ring.id, "push", RungState.ASKED, at=now)
    await enqueue(db, push_ring, ring_id=ring.id, devices=[device.id for device in devices])
    await wake_call(db, call)
    return True


async def _climb_to_text(db: AsyncSession, call: Call, ring: Ring, rule: RungRule, terms: Terms, *, now: datetime) -> None:
    patient = await db.get_one(Patient, call.patient_id)
    try:
        await ask_for_text(db, call, ring, patient.number or "", now=now)
    except TooMany as reached:
        await note_rung(db, ring.id, "sms", RungState.FAILED, at=now, why=reached.code())
    else:
        await note_rung(db, ring.id, "sms", RungState.ASKED, at=now)
        await _prolong(db, call, ring, ring.rung_at + rule.lasts(terms))
    await wake_call(db, call)


async def _prolong(db: AsyncSession, call: Call, ring: Ring, until: datetime) -> None:
    if until <= ring.expires_at:
        return
    ring.expires_at = until
    await enqueue(db, miss_ring, run_at=until, ring_id=ring.id, clinic_id=call.clinic_id)
    await wake(db, f"rings:{call.patient_id}")
