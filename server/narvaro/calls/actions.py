"""Placing, ending and steering a call."""

import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.calls import statements
from narvaro.calls.ladder.actions import begin_ring, ring_patient
from narvaro.calls.ladder.queries import named_terms_of
from narvaro.calls.models import Call
from narvaro.calls.queries import lock_call, present
from narvaro.calls.ring_actions import end_ring, keys_of_ring, news_of_ring, ringing
from narvaro.calls.rules import (
    CallAlreadyOpen,
    CallHasEnded,
    CallOfAnotherStaffMember,
    CallStatus,
    CallWasAnswered,
    RingStatus,
    Seat,
    StillRinging,
    end_reason_without_staff,
    ends_without_staff_at,
    may_be_pinned,
    next_call_status,
)
from narvaro.calls.seats import stand_up, wake_call
from narvaro.calls.tasks import delete_room
from narvaro.conversations.actions import add_entry, keys_of, must_exist, wake_conversation
from narvaro.conversations.models import Conversation
from narvaro.conversations.schemas import CallFact, EndReason
from narvaro.conversations.wait_actions import end_wait
from narvaro.db.prepared import Db
from narvaro.errors import NotFound
from narvaro.jobs import enqueue
from narvaro.metrics import CALLS_ENDED
from narvaro.realtime.topics import THE_PATIENT, wakes_of

WhenEnded = Callable[[AsyncSession, Call], Awaitable[None]]

_when_ended: list[WhenEnded] = []


def when_call_ended(tell: WhenEnded) -> None:
    """`tell` runs in the transaction that ends a call."""
    if tell not in _when_ended:
        _when_ended.append(tell)


@dataclass(frozen=True, slots=True)
class Placed:
    """A call, and its latest ring."""

    id: UUID
    ring_id: UUID
    room: str
    status: CallStatus


async def place_call(db: Db, staff: Actor, call_id: UUID, conversation_id: UUID, *, now: datetime) -> Placed:
    """Ring the patient, once: a repeat gives the call as it is, also after its end. The caller joins it next.

    Raises NotFound, CallAlreadyOpen, CallOfAnotherStaffMember.
    """
    clinic_name, terms = await named_terms_of(db, conversation_id)
    ring = begin_ring(call_id, staff, terms, now=now)
    keys = (*keys_of_ring(call_id, THE_PATIENT), *keys_of(conversation_id, staff.clinic_id, THE_PATIENT))
    wakes = wakes_of(*keys, news=news_of_ring(ring, conversation_id, clinic_name))
    room = f"call-{secrets.token_urlsafe(18)}"
    call = {"conversation_id": conversation_id, "room": room, "action": "call.place", "wakes": wakes}
    for _ in range(2):
        if await statements.PLACE.first(db, **ring, **call) is not None:
            return Placed(call_id, ring["ring_id"], room, CallStatus.OPEN)
        if placed := await _find_placed(db, staff, call_id, conversation_id):
            return placed
    raise CallAlreadyOpen


async def _find_placed(db: Db, staff: Actor, call_id: UUID, conversation_id: UUID) -> Placed | None:
    """What a repeat gets. None: what was in the way has just gone. Raises what `place_call` does."""
    await must_exist(db, staff, conversation_id)
    known = await statements.IN_THE_WAY.all(db, call_id=call_id, conversation_id=conversation_id)
    placed = next((call for call in known if call.id == call_id), None)
    if placed is None and known:
        raise CallAlreadyOpen
    if placed is None:
        return None
    if (placed.conversation_id, placed.placed_by) != (conversation_id, staff.id):
        raise CallOfAnotherStaffMember
    ring = await statements.RING_OF.first(db, call_id=call_id)
    return Placed(call_id, ring.id, placed.room, CallStatus(placed.status))


async def ring_again(db: AsyncSession, staff: Actor, call_id: UUID, *, now: datetime) -> UUID:
    """Another ring for the same call, → its id.

    Raises CallHasEnded, StillRinging, and CallWasAnswered while the patient is in it.
    """
    conversation, call = await lock_own_call(db, staff, call_id)
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    if ringing(call) is not None:
        raise StillRinging
    if any(attendance.kind == ActorKind.PATIENT for attendance in present(call)):
        raise CallWasAnswered
    ring_id = await ring_patient(db, call, staff, now=now)
    await end_wait(db, conversation, "called", now=now)
    await record_access(db, staff, "call.ring", patient_id=call.patient_id, object_id=call.id, now=now)
    await wake_conversation(db, conversation)
    return ring_id


async def cancel_call(db: AsyncSession, staff: Actor, call_id: UUID, *, now: datetime) -> Call:
    """Give up before anybody has answered. Raises CallWasAnswered when the patient was quicker, CallHasEnded."""
    conversation, call = await lock_own_call(db, staff, call_id)
    if call.status == CallStatus.ACTIVE:
        raise CallWasAnswered
    await _end(db, conversation, call, staff, "cancelled", now=now)
    return call


async def end_call(db: AsyncSession, staff: Actor, call_id: UUID, *, now: datetime) -> Call:
    """End it for everybody; a repeat gives the ended call. Raises NotFound."""
    conversation, call = await lock_own_call(db, staff, call_id)
    if call.status != CallStatus.ENDED:
        reason: EndReason = "by_staff" if call.status == CallStatus.ACTIVE else "cancelled"
        await _end(db, conversation, call, staff, reason, now=now)
    return call


async def end_without_staff(db: AsyncSession, clinic_id: UUID, call_id: UUID, *, now: datetime) -> None:
    """The watch's: end a call that no staff member has been connected to for too long. Nothing happens when one is back."""
    conversation, call = await lock_call(db, system_of(clinic_id), call_id)
    status = CallStatus(call.status)
    if status is CallStatus.ENDED or call.no_staff_since is None or now < ends_without_staff_at(status, call.no_staff_since):
        return
    await _end(db, conversation, call, system_of(clinic_id), end_reason_without_staff(status), now=now)


async def set_sharing(db: AsyncSession, staff: Actor, call_id: UUID, *, may_others_share: bool, now: datetime) -> Call:
    """Raises NotFound, CallHasEnded."""
    _, call = await lock_own_call(db, staff, call_id)
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    call.may_others_share = may_others_share
    action = "call.sharing.allow" if may_others_share else "call.sharing.forbid"
    await record_access(db, staff, action, patient_id=call.patient_id, object_id=call.id, now=now)
    await wake_call(db, call)
    return call


async def pin(db: AsyncSession, staff: Actor, call_id: UUID, attendance_id: UUID | None, *, now: datetime) -> Call:
    """Put an interpreter on everybody's stage instead of whoever is there. Raises NotFound, CallHasEnded, NotAnInterpreter."""
    _, call = await lock_own_call(db, staff, call_id)
    if call.status == CallStatus.ENDED:
        raise CallHasEnded
    chosen = next((seat for seat in present(call) if seat.id == attendance_id), None)
    if chosen is not None:
        may_be_pinned(chosen.kind, chosen.role)
    elif attendance_id is not None:
        raise NotFound
    for seat in call.attendances:
        seat.is_pinned = seat is chosen
    await record_access(
        db, staff, "call.pin" if chosen else "call.unpin", patient_id=call.patient_id, object_id=call.id, now=now
    )
    await wake_call(db, call)
    return call


async def lock_own_call(db: AsyncSession, staff: Actor, call_id: UUID) -> tuple[Conversation, Call]:
    """As lock_call, for staff who placed it or were let in. Raises CallOfAnotherStaffMember."""
    conversation, call = await lock_call(db, staff, call_id)
    seats = [Seat(a.kind, a.person_id) for a in call.attendances if a.left_reason != "removed"]
    if staff.id != call.placed_by and Seat(staff.kind, staff.id) not in seats:
        raise CallOfAnotherStaffMember
    return conversation, call


async def _end(
    db: AsyncSession, conversation: Conversation, call: Call, actor: Actor, reason: EndReason, *, now: datetime
) -> None:
    was_active = call.status == CallStatus.ACTIVE
    call.status = next_call_status(CallStatus(call.status), CallStatus.ENDED)
    call.reason = reason
    CALLS_ENDED.labels(reason).inc()
    call.ended_at = now
    call.no_staff_since = None
    ring = ringing(call)
    if ring is not None:
        await end_ring(db, conversation, call, ring, RingStatus.CANCELLED, actor, now=now)
    for attendance in present(call):
        stand_up(attendance, None, now=now)
    if was_active:
        fact = CallFact(
            call_id=call.id,
            started_at=call.started_at,
            ended_at=now,
            reason=reason,
            participants=list(dict.fromkeys(attendance.name for attendance in call.attendances)),
        )
        await add_entry(db, conversation, "call_ended", actor, call=fact, now=now)
    else:
        await wake_conversation(db, conversation)
    await record_access(db, actor, f"call.end.{reason}", patient_id=call.patient_id, object_id=call.id, now=now)
    await wake_call(db, call)
    for tell in _when_ended:
        await tell(db, call)
    await enqueue(db, delete_room, room=call.room)
