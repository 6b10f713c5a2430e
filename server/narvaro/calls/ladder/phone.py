"""The topmost rung, by staff's hand: the telephone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor
from narvaro.calls.actions import lock_own_call
from narvaro.calls.ladder.queries import note_rung
from narvaro.calls.ladder.rules import RungState
from narvaro.calls.ring_actions import end_ring, ringing
from narvaro.calls.rules import CallHasEnded, CallStatus, RingStatus
from narvaro.patients.models import Patient
from narvaro.patients.rules import NoNumberKnown


async def take_to_phone(db: AsyncSession, staff: Actor, call_id: UUID, *, now: datetime) -> str:
    """*Ring på telefon*: the patient's own number, and the ring ends kindly if it rings. → E.164.

    Raises NotFound, CallHasEnded, CallOfAnotherStaffMember, NoNumberKnown.
    """
    conversation, call = await lock_own_call(db, staff, call_id)
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    patient = await db.get_one(Patient, call.patient_id)
    if patient.number is None:
        raise NoNumberKnown
    ring = ringing(call)
    if ring is not None:
        await note_rung(db, ring.id, "phone", RungState.CALLED, at=now)
        await end_ring(db, conversation, call, ring, RingStatus.CANCELLED, staff, now=now, entry="ring_phoned")
    await record_access(db, staff, "ring.phone", patient_id=patient.id, object_id=call.id, now=now)
    return patient.number
