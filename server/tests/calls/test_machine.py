"""Any order, several at once: a call never leaves its tables, and whoever loses is told (A6)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from builders import NOON, Practice, build_practice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import system_of
from narvaro.calls import actions, attendance_actions, ring_actions
from narvaro.calls.models import Attendance, Call, Ring
from narvaro.calls.rules import CALL_TRANSITIONS, END_REASONS, RING_TRANSITIONS, CallStatus, RingStatus
from narvaro.conversations.actions import post_message
from narvaro.conversations.models import Entry
from narvaro.conversations.schemas import NewMessage
from narvaro.db.prepared import Db
from narvaro.db.session import Database
from narvaro.errors import Conflict, NotFound

DEVICES = ("phone-0001", "tablet-001")
VERBS = (
    *("place", "answer:0", "answer:1", "prepare:0", "decline", "minute", "miss", "cancel", "ring_again"),
    *("join_staff", "join_patient:0", "join_patient:1", "leave", "end", "lose", "abandon", "post"),
)
BATCHES = st.lists(st.lists(st.sampled_from(VERBS), min_size=1, max_size=4), min_size=1, max_size=12)


@dataclass
class World:
    database: Database
    at: Practice
    now: datetime = NOON
    calls: dict[UUID, str] = field(default_factory=dict)
    rings: dict[UUID, str] = field(default_factory=dict)

    async def newest(self, db: AsyncSession, model: type[Call] | type[Ring]) -> UUID:
        """Unknown ids are not found, which is an answer too."""
        column = Call.placed_at if model is Call else Ring.rung_at
        query = select(model.id).order_by(column.desc()).limit(1)
        mine = Call.conversation_id == self.at.conversation_id
        query = query.where(mine) if model is Call else query.join(Call, Call.id == Ring.call_id).where(mine)
        return await db.scalar(query) or uuid4()


async def act(world: World, verb: str, db: AsyncSession) -> object:
    name, _, number = verb.partition(":")
    device = DEVICES[int(number or 0)]
    at, now = world.at, world.now
    call, ring = await world.newest(db, Call), await world.newest(db, Ring)
    verbs: dict[str, Callable[[], Awaitable[object]]] = {
        "answer": lambda: ring_actions.answer_ring(db, at.patient, ring, device_id=device, now=now),
        "prepare": lambda: ring_actions.prepare_device(db, at.patient, ring, device),
        "decline": lambda: ring_actions.decline_ring(db, at.patient, ring, now=now),
        "minute": lambda: ring_actions.ask_for_minute(db, at.patient, ring, now=now),
        "miss": lambda: ring_actions.let_ring_expire(db, system_of(at.clinic_id), ring, now=now + timedelta(minutes=5)),
        "cancel": lambda: actions.cancel_call(db, at.staff, call, now=now),
        "ring_again": lambda: actions.ring_again(db, at.staff, call, now=now),
        "join_staff": lambda: attendance_actions.join_call(db, at.staff, call, device_id="desk-00001", now=now),
        "join_patient": lambda: attendance_actions.join_call(db, at.patient, call, device_id=device, now=now),
        "leave": lambda: attendance_actions.leave_call(db, at.patient, call, now=now),
        "end": lambda: actions.end_call(db, at.staff, call, now=now),
        "lose": lambda: attendance_actions.settle_call(db, at.clinic_id, call, now + timedelta(seconds=20)),
        "abandon": lambda: actions.end_without_staff(db, at.clinic_id, call, now=now + timedelta(minutes=10)),
    }
    return await verbs[name]()


async def act_alone(world: World, verb: str, db: Db) -> object:
    """The verbs that are one statement."""
    at, now = world.at, world.now
    if verb == "place":
        return await actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=now)
    return await post_message(db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text="hej"), now=now)


async def attempt(world: World, verb: str) -> None:
    """Won, or told why not: any other exception fails the test."""
    try:
        if verb in {"place", "post"}:
            await world.database.alone(lambda db: act_alone(world, verb, db))
            return
        async with world.database.transaction() as db:
            await act(world, verb, db)
    except (Conflict, NotFound):
        return


async def check(world: World) -> None:
    async with world.database.transaction() as db:
        mine = Call.conversation_id == world.at.conversation_id
        calls = list(await db.scalars(select(Call).where(mine)))
        rings = list(await db.scalars(select(Ring).join(Call, Call.id == Ring.call_id).where(mine)))
        seats = list(await db.scalars(select(Attendance).join(Call, Call.id == Attendance.call_id).where(mine)))
        seqs = list(
            await db.scalars(select(Entry.seq).where(Entry.conversation_id == world.at.conversation_id).order_by(Entry.seq))
        )
    assert seqs == list(range(1, len(seqs) + 1))
    assert sum(call.status != CallStatus.ENDED for call in calls) <= 1
    assert sum(ring.status == RingStatus.RINGING for ring in rings) <= 1
    by_id = {call.id: call for call in calls}
    for call in calls:
        before = CallStatus(world.calls.get(call.id, CallStatus.OPEN))
        assert call.status == before or _reachable(before, CallStatus(call.status))
        assert (call.reason is None) == (call.status != CallStatus.ENDED)
        assert (call.started_at is not None) == (
            call.status == CallStatus.ACTIVE
            or (call.status == CallStatus.ENDED and call.reason in END_REASONS[CallStatus.ACTIVE])
        )
    for ring in rings:
        known = RingStatus(world.rings.get(ring.id, RingStatus.RINGING))
        assert ring.status == known or RingStatus(ring.status) in RING_TRANSITIONS[known]
        assert ring.status != RingStatus.RINGING or by_id[ring.call_id].status != CallStatus.ENDED
    for seat in seats:
        assert seat.left_at is not None or by_id[seat.call_id].status != CallStatus.ENDED
        assert seat.kind == "staff" or any(r.call_id == seat.call_id and r.status == RingStatus.ANSWERED for r in rings)
    world.calls = {call.id: call.status for call in calls}
    world.rings = {ring.id: ring.status for ring in rings}


def _reachable(before: CallStatus, after: CallStatus) -> bool:
    """In one batch a call may take several steps."""
    return any(step is after or _reachable(step, after) for step in CALL_TRANSITIONS[before])


@given(batches=BATCHES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_and_no_race_leads_outside_the_tables(database_url: str, batches: list[list[str]]) -> None:
    async def play() -> None:
        database = Database(database_url, pool_size=5)
        async with database.transaction() as db:
            world = World(database, await build_practice(db))
        for batch in batches:
            world.now += timedelta(seconds=1)
            await asyncio.gather(*(attempt(world, verb) for verb in batch))
            await check(world)
        await database.close()

    asyncio.run(play())
