"""Reading calls and rings through the actor's eyes, and taking the lock that every change of them begins with."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, bindparam, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased, selectinload

from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.calls.ladder.queries import load_rungs
from narvaro.calls.models import Attendance, Call, CallFeedback, Ring
from narvaro.calls.rules import CallStatus, RingStatus, Seat, StillInCall, must_ask_feedback
from narvaro.calls.schemas import (
    AttendanceSnapshot,
    CallSnapshot,
    IncomingRing,
    InvitationSnapshot,
    InvitedBefore,
    LeftSnapshot,
    RingSnapshot,
)
from narvaro.clinics.models import Clinic
from narvaro.conversations.models import Conversation, Entry
from narvaro.conversations.queries import PAGE, lock_conversation, to_wire
from narvaro.conversations.schemas import Entry as WireEntry
from narvaro.conversations.schemas import KnockSnapshot, OpenCall
from narvaro.db.base import table_of
from narvaro.db.prepared import Db, Prepared
from narvaro.errors import NotFound
from narvaro.patients.models import Patient
from narvaro.realtime.presence import pages_of_person


@dataclass(frozen=True, slots=True)
class Visitors:
    """Those outside one call, as its staff read them."""

    knocks: list[KnockSnapshot] = field(default_factory=list)
    invitations: list[InvitationSnapshot] = field(default_factory=list)
    invited_before: list[InvitedBefore] = field(default_factory=list)


FindVisitors = Callable[[AsyncSession, Call], Awaitable[Visitors]]
FindKnocks = Callable[[AsyncSession, Sequence[UUID]], Awaitable[dict[UUID, list[KnockSnapshot]]]]


async def _no_visitors(_db: AsyncSession, _call: Call) -> Visitors:
    return Visitors()


async def _no_knocks(_db: AsyncSession, _call_ids: Sequence[UUID]) -> dict[UUID, list[KnockSnapshot]]:
    return {}


_find_visitors: FindVisitors = _no_visitors
_find_knocks: FindKnocks = _no_knocks


def register_visitors(find: FindVisitors, knocks: FindKnocks) -> None:
    """Invitations lie above calls; this is how a call learns who is invited and who knocks. `knocks`: by call, in one query."""
    global _find_visitors, _find_knocks
    _find_visitors, _find_knocks = find, knocks


NO_NAME = "Patienten"
RING_SHOWN_FOR = timedelta(seconds=60)
"""So long after its end a ring is still told to the patient's devices (who answered, that it is over)."""


def visible_to(actor: Actor) -> Select[Call]:
    """The calls that exist for this actor."""
    query = select(Call).where(Call.clinic_id == actor.clinic_id)
    if actor.kind is ActorKind.PATIENT:
        return query.where(Call.patient_id == actor.id)
    if actor.kind is ActorKind.GUEST:
        return query.where(was_let_in(actor))
    return query


def was_let_in(actor: Actor) -> ColumnElement[bool]:
    """This guest or colleague was admitted to the call, and not removed from it."""
    mine = (Attendance.call_id == Call.id) & (Attendance.kind == actor.kind) & (Attendance.person_id == actor.id)
    return exists().where(mine) & ~exists().where(mine, Attendance.left_reason == "removed")


async def lock_call(db: AsyncSession, actor: Actor, call_id: UUID) -> tuple[Conversation, Call]:
    """Lock the conversation, then read the call with its rings and attendances. Raises NotFound."""
    conversation_id = await db.scalar(visible_to(actor).with_only_columns(Call.conversation_id).where(Call.id == call_id))
    if conversation_id is None:
        raise NotFound
    conversation = await lock_conversation(db, system_of(actor.clinic_id), conversation_id)
    return conversation, await read_call(db, call_id)


async def read_call(db: AsyncSession, call_id: UUID) -> Call:
    query = select(Call).where(Call.id == call_id).options(selectinload(Call.rings), selectinload(Call.attendances))
    return (await db.scalars(query.execution_options(populate_existing=True))).one()


async def lock_ring(db: AsyncSession, actor: Actor, ring_id: UUID) -> tuple[Conversation, Call, Ring]:
    """As lock_call, by one of its rings. Raises NotFound."""
    call_id = await db.scalar(select(Ring.call_id).where(Ring.id == ring_id))
    if call_id is None:
        raise NotFound
    conversation, call = await lock_call(db, actor, call_id)
    return conversation, call, next(ring for ring in call.rings if ring.id == ring_id)


def was_answered(call: Call) -> bool:
    return any(ring.status == RingStatus.ANSWERED for ring in call.rings)


def present(call: Call) -> list[Attendance]:
    """Those in the call now, in order of arrival."""
    return [attendance for attendance in call.attendances if attendance.left_at is None]


def is_guarded(call: Call) -> bool:
    """Somebody has been removed, and may hold a pass."""
    return any(attendance.left_reason == "removed" for attendance in call.attendances)


async def load_call(db: AsyncSession, actor: Actor, call_id: UUID) -> CallSnapshot:
    """Raises NotFound."""
    query = (
        visible_to(actor)
        .where(Call.id == call_id)
        .join(Patient, Patient.id == Call.patient_id)
        .join(Clinic, Clinic.id == Call.clinic_id)
        .outerjoin(
            CallFeedback,
            (CallFeedback.call_id == Call.id) & (CallFeedback.kind == actor.kind) & (CallFeedback.person_id == actor.id),
        )
        .add_columns(Patient, Clinic.name, CallFeedback.answer)
        .options(selectinload(Call.rings), selectinload(Call.attendances))
        .execution_options(populate_existing=True)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        raise NotFound
    call, patient, clinic_name, answer = row
    is_guest = actor.kind is ActorKind.GUEST
    hidden = patient.name if is_guest and patient.has_protected_identity else None
    visitors = await _find_visitors(db, call) if actor.kind is ActorKind.STAFF else Visitors()
    me = Seat(actor.kind, actor.id)
    attended = [Seat(attendance.kind, attendance.person_id) for attendance in call.attendances]
    return CallSnapshot(
        id=call.id,
        version=call.version,
        conversation_id=call.conversation_id,
        status=call.status,
        reason=call.reason,
        patient_id=call.patient_id,
        patient_name=NO_NAME if hidden else patient.name,
        clinic_name=clinic_name,
        placed_by_id=call.placed_by,
        placed_by_name=call.placed_by_name,
        placed_at=call.placed_at,
        started_at=call.started_at,
        ended_at=call.ended_at,
        ring=None if is_guest else await _ring_snapshot(db, call, may_phone=patient.number is not None),
        attendances=[_attendance_snapshot(attendance, hidden) for attendance in present(call)],
        left=_left(call, hidden),
        knocks=visitors.knocks,
        invitations=visitors.invitations,
        invited_before=visitors.invited_before,
        no_staff_since=call.no_staff_since,
        may_others_share=call.may_others_share,
        is_guarded=is_guarded(call),
        is_media_down=call.is_media_down,
        my_feedback=answer,
        must_ask_feedback=must_ask_feedback(
            me, attended, status=CallStatus(call.status), was_answered=call.started_at is not None, answered=answer is not None
        ),
    )


async def refuse_in_call(db: AsyncSession, actor: Actor) -> None:
    """Raises StillInCall for somebody who is in a call that goes on, on whichever page."""
    mine = (Attendance.kind == actor.kind) & (Attendance.person_id == actor.id)
    query = select(Attendance.id).where(mine, Attendance.left_at.is_(None), Attendance.lost_at.is_(None)).limit(1)
    if await db.scalar(query) is not None:
        raise StillInCall


async def _ring_snapshot(db: AsyncSession, call: Call, *, may_phone: bool) -> RingSnapshot | None:
    if not call.rings:
        return None
    ring = call.rings[-1]
    pages = await pages_of_person(db, call.patient_id)
    return RingSnapshot(
        id=ring.id,
        status=ring.status,  # type: ignore[arg-type]
        rung_at=ring.rung_at,
        expires_at=ring.expires_at,
        delivered_at=ring.delivered_at,
        seen_at=ring.seen_at,
        in_background=bool(pages.open) and not pages.visible,
        silent=bool(pages.open) and not pages.audible,
        minute_asked_at=ring.minute_asked_at,
        ended_at=ring.ended_at,
        rungs=await load_rungs(db, ring.id),
        may_phone=may_phone,
    )


def _attendance_snapshot(attendance: Attendance, hidden: str | None) -> AttendanceSnapshot:
    """`hidden`: the patient's name, where a protected identity must not reach a guest (D1b)."""
    return AttendanceSnapshot(
        id=attendance.id,
        kind=attendance.kind,  # type: ignore[arg-type]
        person_id=attendance.person_id,
        name=_shown_name(attendance, hidden),
        role=attendance.role,  # type: ignore[arg-type]
        invited_by_name=attendance.invited_by_name,
        knock_id=attendance.knock_id,
        identity=attendance.identity,
        joined_at=attendance.joined_at,
        is_lost=attendance.lost_at is not None,
        is_pinned=attendance.is_pinned,
    )


def _shown_name(attendance: Attendance, hidden: str | None) -> str:
    return NO_NAME if hidden is not None and attendance.kind == ActorKind.PATIENT else attendance.name


def _left(call: Call, hidden: str | None) -> list[LeftSnapshot]:
    here = {(attendance.kind, attendance.person_id) for attendance in present(call)}
    latest: dict[tuple[str, UUID], LeftSnapshot] = {}
    for attendance in call.attendances:
        key = (attendance.kind, attendance.person_id)
        if attendance.left_at is not None and attendance.left_reason is not None and key not in here:
            latest[key] = LeftSnapshot(
                kind=attendance.kind,  # type: ignore[arg-type]
                person_id=attendance.person_id,
                name=_shown_name(attendance, hidden),
                left_at=attendance.left_at,
                reason=attendance.left_reason,  # type: ignore[arg-type]
            )
    return sorted(latest.values(), key=lambda left: left.left_at, reverse=True)


_LATEST_CALL = (
    select(Call.id)
    .where(Call.conversation_id == Conversation.id)
    .order_by(Call.ended_at.desc().nulls_first())
    .limit(1)
    .correlate(Conversation)
    .scalar_subquery()
)
_LATEST_RING = Prepared(
    select(table_of(Ring), Call.conversation_id, Clinic.name.label("clinic_name"))
    .join(Call, Call.id == Ring.call_id)
    .join(Conversation, Conversation.id == Call.conversation_id)
    .join(Clinic, Clinic.id == Call.clinic_id)
    .where(
        Conversation.patient_id == bindparam("patient_id"),
        Call.id == _LATEST_CALL,
        or_(Call.ended_at.is_(None), Call.ended_at > bindparam("ended_after")),
        Ring.rung_at > bindparam("rung_after"),
    )
    .order_by(Ring.rung_at.desc())
    .limit(1)
)
"""Found through the patient's conversations, and the latest call of each by an index; a ring is over when its call is."""


async def load_incoming(db: Db, patient: Actor, now: datetime) -> IncomingRing | None:
    """The patient's latest ring: ringing, or over for a minute at most."""
    ring = await _LATEST_RING.first(
        db, patient_id=patient.id, rung_after=now - timedelta(minutes=10), ended_after=now - RING_SHOWN_FOR
    )
    if ring is None or (ring.ended_at is not None and ring.ended_at < now - RING_SHOWN_FOR):
        return None
    return IncomingRing(
        id=ring.id,
        call_id=ring.call_id,
        conversation_id=ring.conversation_id,
        staff_name=ring.rung_by_name,
        clinic_name=ring.clinic_name,
        status=ring.status,
        rung_at=ring.rung_at,
        expires_at=ring.expires_at,
        may_ask_minute=ring.minute_asked_at is None,
    )


HAS_OPEN_CALL: Final = exists().where(Call.conversation_id == Conversation.id, Call.status != CallStatus.ENDED.value)
"""Whether a row of conversations has one."""


async def find_open_calls(db: AsyncSession, conversation_ids: Sequence[UUID]) -> dict[UUID, OpenCall]:
    """By conversation; one query for all of them."""
    query = (
        select(Call)
        .where(Call.conversation_id.in_(conversation_ids), Call.status != CallStatus.ENDED)
        .options(selectinload(Call.attendances))
        .execution_options(populate_existing=True)
    )
    calls = list(await db.scalars(query))
    knocks = await _find_knocks(db, [call.id for call in calls])
    return {
        call.conversation_id: OpenCall(
            id=call.id,
            status=call.status,  # type: ignore[arg-type]
            placed_by_id=call.placed_by,
            started_at=call.started_at,
            in_call=[attendance.name for attendance in present(call)],
            knocks=knocks.get(call.id, []),
        )
        for call in calls
    }


async def read_in_call(db: AsyncSession, guest: Actor, call_id: UUID, since: int) -> Sequence[WireEntry] | None:
    """A page of what was written for the call after this guest came in; None unless they are in it now (C3).

    Staff and the patient read the conversation instead.
    """
    seats = aliased(Attendance)
    sitting = (seats.call_id == Call.id) & (seats.kind == guest.kind) & (seats.person_id == guest.id)
    query = (
        visible_to(guest)
        .join(seats, sitting & seats.left_at.is_(None))
        .join(Patient, Patient.id == Call.patient_id)
        .where(Call.id == call_id, Call.status != CallStatus.ENDED)
        .with_only_columns(seats.sees_from, Patient.has_protected_identity)
    )
    seat = (await db.execute(query)).one_or_none() if guest.kind is ActorKind.GUEST else None
    if seat is None:
        return None
    came_in, is_protected = seat
    after = select(Entry).where(Entry.audience_call_id == call_id, Entry.call_seq > max(since, came_in or 0))
    entries = list(await db.scalars(after.order_by(Entry.call_seq).limit(PAGE)))
    return [_for_guest(entry, is_protected=is_protected) for entry in entries]


def told_to(author: Actor, entry: Entry) -> WireEntry:
    """The answer to whoever wrote it."""
    return _for_guest(entry, is_protected=False) if author.kind is ActorKind.GUEST else to_wire(entry)


def _for_guest(entry: Entry, *, is_protected: bool) -> WireEntry:
    """With the call's own numbers, and without a protected name (D1b)."""
    shown = to_wire(entry)
    shown.seq = entry.call_seq or 0
    if is_protected and entry.author_kind == ActorKind.PATIENT:
        shown.author_name = NO_NAME
    return shown
