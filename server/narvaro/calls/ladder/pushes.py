"""The rung of push: what the devices are told when it rings and when it is over, and what became of it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor
from narvaro.calls.ladder.queries import note_rung, rung_rows
from narvaro.calls.ladder.rules import STOPPED, RungState
from narvaro.calls.models import Call, Ring
from narvaro.calls.queries import lock_ring
from narvaro.calls.rules import RingStatus
from narvaro.calls.seats import wake_call
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.jobs import Doors, enqueue, task
from narvaro.patients.models import Patient
from narvaro.realtime.topics import wake
from narvaro.webpush import Push, topic_of
from narvaro.webpush.actions import forget
from narvaro.webpush.models import PushSubscription
from narvaro.webpush.queries import devices_named, live_devices
from narvaro.webpush.rules import pause_before
from narvaro.webpush.sending import Outcome, push_to

OVER_FOR: Final = timedelta(minutes=1)
"""So long a device that sleeps may learn that the ring is over …"""
MISSED_FOR: Final = timedelta(hours=24)
"""… and that it was missed."""


@dataclass(frozen=True, slots=True)
class Story:
    """What a push may tell of a ring: neither name nor health, the brand only where the patient allows it."""

    ring: Ring
    call: Call
    clinic: Clinic
    brand: str | None

    def of_ring(self) -> dict[str, Any]:
        return {
            "kind": "ring",
            "ring_id": self.ring.id,
            "conversation_id": self.call.conversation_id,
            "clinic_id": self.clinic.id,
            "clinic": self.clinic.slug,
            "expires_at": self.ring.expires_at,
            "brand": self.brand,
        }

    def of_end(self) -> dict[str, Any]:
        return {
            "kind": "ring_over",
            "ring_id": self.ring.id,
            "clinic_id": self.clinic.id,
            "clinic": self.clinic.slug,
            "status": self.ring.status,
            "at": self.ring.rung_at,
            "brand": self.brand,
        }


@task("calls.push_ring")
async def push_ring(doors: Doors, *, ring_id: UUID, devices: list[UUID], attempt: int = 1) -> None:
    """To these devices, while it rings; those whose services are busy are tried again within the ring's life."""
    if doors.push is None:
        return
    async with doors.database.transaction() as db:
        story = await _story_of(db, ring_id)
        rows = await devices_named(db, devices)
    now = utc_now()
    if story.ring.status != RingStatus.RINGING or now >= story.ring.expires_at:
        async with doors.database.transaction() as db:
            await _tell(db, story.ring, RungState.FAILED, why=STOPPED, now=now)
        return
    lasts = story.ring.expires_at - now
    outcome = await push_to(doors.push, rows, _push(ring_id, story.of_ring(), lasts))
    async with doors.database.transaction() as db:
        await _note(db, story.ring, outcome, attempt, now=utc_now())


async def _note(db: AsyncSession, ring: Ring, outcome: Outcome, attempt: int, *, now: datetime) -> None:
    """Takes no lock but the call's own row: what a service has said is true whatever has become of the ring."""
    await forget(db, outcome.gone)
    again_at = now + pause_before(attempt, outcome.retry_after)
    is_tried_again = bool(outcome.later) and again_at < ring.expires_at
    if is_tried_again:
        await enqueue(db, push_ring, run_at=again_at, ring_id=ring.id, devices=outcome.later, attempt=attempt + 1)
    if outcome.sent:
        await _tell(db, ring, RungState.SENT, now=now)
    elif not is_tried_again:
        await _tell(db, ring, RungState.FAILED, now=now)


async def _tell(db: AsyncSession, ring: Ring, state: RungState, *, why: str | None = None, now: datetime) -> None:
    if await note_rung(db, ring.id, "push", state, at=now, why=why):
        await db.execute(update(Call).where(Call.id == ring.call_id).values(version=Call.version + 1))
        await wake(db, f"call:{ring.call_id}")


@task("calls.push_ring_over")
async def push_ring_over(doors: Doors, *, ring_id: UUID) -> None:
    """Once, to all of the patient's devices: a notification that is not known to be over is taken down."""
    if doors.push is None:
        return
    async with doors.database.transaction() as db:
        story = await _story_of(db, ring_id)
        rows: Sequence[PushSubscription] = (await db.scalars(live_devices(story.call.patient_id, utc_now()))).all()
    lasts = MISSED_FOR if story.ring.status == RingStatus.MISSED else OVER_FOR
    outcome = await push_to(doors.push, rows, _push(ring_id, story.of_end(), lasts))
    async with doors.database.transaction() as db:
        await forget(db, outcome.gone)


async def _story_of(db: AsyncSession, ring_id: UUID) -> Story:
    query = (
        select(Ring, Call, Clinic, Patient.push_shows_brand)
        .join(Call, Call.id == Ring.call_id)
        .join(Clinic, Clinic.id == Call.clinic_id)
        .join(Patient, Patient.id == Call.patient_id)
        .where(Ring.id == ring_id)
    )
    ring, call, clinic, shows_brand = (await db.execute(query)).one()
    return Story(ring, call, clinic, clinic.brand if shows_brand else None)


def _push(about: UUID, story: dict[str, Any], lasts: timedelta) -> Push:
    return Push(msgspec.json.encode(story), ttl=math.ceil(lasts.total_seconds()), urgency="high", topic=topic_of(about))


async def note_report(db: AsyncSession, patient: Actor, ring_id: UUID, state: RungState, *, now: datetime) -> None:
    """A device's service worker has shown it, or was pressed, while it rang. Raises NotFound."""
    _, call, ring = await lock_ring(db, patient, ring_id)
    was_pushed = any(row.kind == "push" for row in await rung_rows(db, ring_id))
    is_over = ring.status != RingStatus.RINGING
    if was_pushed and not is_over and await note_rung(db, ring_id, "push", state, at=now):
        await wake_call(db, call)
