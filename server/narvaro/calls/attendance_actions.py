"""Joining, leaving, being lost; and the answer to the question afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.calls.actions import lock_own_call
from narvaro.calls.models import Attendance, Call, CallFeedback, Ring
from narvaro.calls.queries import lock_call, present, was_answered
from narvaro.calls.ring_actions import note_answer, ringing
from narvaro.calls.rules import (
    CONNECT_WITHIN,
    CallNotOver,
    CallStatus,
    FeedbackAlreadyGiven,
    LastStaffMember,
    RingStatus,
    may_take_seat,
)
from narvaro.calls.schemas import NewFeedback
from narvaro.calls.seats import keep_staff_clock, leave_seat, seat_of, sit_down, stand_up, wake_call
from narvaro.calls.tasks import eject
from narvaro.conversations.actions import add_entry, wake_conversation
from narvaro.conversations.schemas import CallFact
from narvaro.errors import NotFound
from narvaro.jobs import enqueue
from narvaro.realtime.presence import people_in_call


async def join_call(db: AsyncSession, actor: Actor, call_id: UUID, *, device_id: str, now: datetime) -> tuple[Call, Attendance]:
    """Take one's seat on this device: first, after a reload, coming back. Raises CallHasEnded, CallNotAnswered, NotFound.

    A patient who comes back while staff ring again has answered.
    """
    lock = lock_own_call if actor.kind is ActorKind.STAFF else lock_call
    conversation, call = await lock(db, actor, call_id)
    may_take_seat(actor.kind, CallStatus(call.status), was_answered=was_answered(call))
    before = seat_of(call, actor)
    old_identity = before.identity if before else None
    seat = sit_down(call, actor, device_id, now=now)
    if old_identity is not None and old_identity != seat.identity:
        await enqueue(db, eject, room=call.room, identity=old_identity)
    if actor.kind is ActorKind.PATIENT and (ring := ringing(call)) is not None:
        await note_answer(db, conversation, call, ring, actor, device_id, now=now)
    await record_access(db, actor, "call.join", patient_id=call.patient_id, object_id=call.id, now=now)
    await wake_call(db, call)
    if before is None:
        await wake_conversation(db, conversation)
    return call, seat


async def leave_call(db: AsyncSession, actor: Actor, call_id: UUID, *, now: datetime) -> None:
    """The call goes on. Leaving what one is not in changes nothing. Raises NotFound, LastStaffMember."""
    conversation, call = await lock_call(db, actor, call_id)
    seat = seat_of(call, actor)
    if seat is None:
        return
    if actor.kind is ActorKind.STAFF and not any(s.kind == ActorKind.STAFF and s is not seat for s in present(call)):
        raise LastStaffMember
    await leave_seat(db, call, seat, "left", now=now)
    await record_access(db, actor, "call.leave", patient_id=call.patient_id, object_id=call.id, now=now)
    if actor.kind is ActorKind.GUEST:
        fact = CallFact(call_id=call.id, who=seat.name, role=seat.role)  # type: ignore[arg-type]
        await add_entry(db, conversation, "guest_left", actor, call=fact, now=now)
    else:
        await wake_conversation(db, conversation)
    await wake_call(db, call)


async def leave_every_call(db: AsyncSession, actor: Actor, *, now: datetime) -> None:
    """For staff who may no longer be here, the last in the call or not: without any it ends by itself."""
    sits_in = select(Call.id).join(Attendance).where(Attendance.person_id == actor.id, Attendance.left_at.is_(None))
    for call_id in (await db.scalars(sits_in.order_by(Call.conversation_id))).all():
        conversation, call = await lock_call(db, system_of(actor.clinic_id), call_id)
        seat = seat_of(call, actor)
        if seat is not None:
            await leave_seat(db, call, seat, "removed", now=now)
            await wake_conversation(db, conversation)
            await wake_call(db, call)


async def note_presence(db: AsyncSession, actor: Actor, now: datetime) -> None:
    """One of the actor's pages came, went or changed: the calls they sit in know at once, and staff who ring read it."""
    sits_in = select(Attendance.call_id).where(Attendance.person_id == actor.id, Attendance.left_at.is_(None))
    for call_id in await db.scalars(sits_in):
        await settle_call(db, actor.clinic_id, call_id, now)
    if actor.kind is ActorKind.PATIENT:
        rings = select(Call).join(Ring).where(Call.patient_id == actor.id, Ring.status == RingStatus.RINGING)
        for call_id in await db.scalars(rings.with_only_columns(Call.id)):
            _, call = await lock_call(db, actor, call_id)
            await wake_call(db, call)


async def settle_call(db: AsyncSession, clinic_id: UUID, call_id: UUID, now: datetime) -> None:
    """Compare the seats with the pages that are in the call."""
    _, call = await lock_call(db, system_of(clinic_id), call_id)
    if call.status == CallStatus.ENDED:
        return
    here = await people_in_call(db, call_id)
    changed = False
    for seat in present(call):
        is_here = (ActorKind(seat.kind), seat.person_id) in here
        if not is_here and now - seat.joined_at < CONNECT_WITHIN:
            continue
        if is_here != (seat.lost_at is None):
            seat.lost_at = None if is_here else now
            changed = True
    if changed:
        keep_staff_clock(call, now)
        await wake_call(db, call)


async def end_lost_attendance(db: AsyncSession, clinic_id: UUID, call_id: UUID, attendance_id: UUID, *, now: datetime) -> None:
    """The watch's: both lines of a patient or guest have been gone for too long."""
    conversation, call = await lock_call(db, system_of(clinic_id), call_id)
    for seat in present(call):
        if seat.id == attendance_id and seat.lost_at is not None:
            stand_up(seat, "lost", now=now)
            await wake_call(db, call)
            await wake_conversation(db, conversation)


async def give_feedback(db: AsyncSession, actor: Actor, call_id: UUID, new: NewFeedback, *, now: datetime) -> None:
    """Once per person and call; what the problem was may follow a *yes*.

    Raises NotFound when the actor was not in it, CallNotOver, FeedbackAlreadyGiven.
    """
    _, call = await lock_call(db, actor, call_id)
    if (actor.kind, actor.id) not in {(seat.kind, seat.person_id) for seat in call.attendances}:
        raise NotFound
    if call.status != CallStatus.ENDED or call.started_at is None:
        raise CallNotOver
    given = await db.get(CallFeedback, (call_id, actor.kind, actor.id))
    if given is None:
        db.add(
            CallFeedback(call_id=call_id, kind=actor.kind, person_id=actor.id, answer=new.answer, problem=new.problem, at=now)
        )
    elif given.answer != new.answer or (given.problem is not None and new.problem not in {None, given.problem}):
        raise FeedbackAlreadyGiven
    else:
        given.problem = given.problem or new.problem
    await record_access(db, actor, "call.feedback", patient_id=call.patient_id, object_id=call.id, now=now)
    await wake_call(db, call)
