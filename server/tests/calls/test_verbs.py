"""What can be done to a call and a ring, in order and against each other."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_practice
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import system_of
from narvaro.calls import actions, attendance_actions, queries, ring_actions
from narvaro.calls.models import CallFeedback, Ring
from narvaro.calls.rules import (
    MINUTE,
    CallAlreadyOpen,
    CallHasEnded,
    CallNotAnswered,
    CallNotOver,
    CallOfAnotherStaffMember,
    CallWasAnswered,
    FeedbackAlreadyGiven,
    MinuteAlreadyAsked,
    RingNoLongerRinging,
    StillRinging,
)
from narvaro.calls.schemas import CallSnapshot, NewFeedback
from narvaro.conversations.models import Entry
from narvaro.db.session import Database
from narvaro.errors import NotFound, Problem

RING_FOR = timedelta(seconds=45)
"""In the app alone, where a clinic has said nothing else."""
PHONE, TABLET, DESK = "phone-0001", "tablet-001", "desk-00001"


async def place(db: AsyncSession, at: Practice) -> tuple[UUID, UUID]:
    """→ (call, ring)"""
    call = await actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
    await attendance_actions.join_call(db, at.staff, call.id, device_id=DESK, now=NOON)
    return call.id, call.ring_id


async def see(db: AsyncSession, at: Practice, call_id: UUID) -> CallSnapshot:
    return await queries.load_call(db, at.staff, call_id)


async def kinds(db: AsyncSession) -> list[str]:
    return list(await db.scalars(select(Entry.kind).order_by(Entry.seq)))


async def test_the_main_job(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    assert [(seat.name, seat.is_lost) for seat in (await see(db, at, call_id)).attendances] == [
        ("Selma Testkvist", False),
        ("Sofia Gunnarsson", False),
    ]
    await actions.end_call(db, at.staff, call_id, now=NOON + timedelta(minutes=17))
    ended = await see(db, at, call_id)
    assert (ended.status, ended.reason, ended.must_ask_feedback, ended.attendances) == ("ended", "by_staff", True, [])
    await attendance_actions.give_feedback(db, at.staff, call_id, NewFeedback(answer="yes"), now=NOON)
    assert (await see(db, at, call_id)).my_feedback == "yes"
    assert await kinds(db) == ["call_started", "call_ended"]


async def test_placing_again_with_the_same_id_never_rings_twice(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, _ = await place(db, at)
    again = await actions.place_call(db, at.staff, call_id, at.conversation_id, now=NOON)
    await actions.end_call(db, at.staff, call_id, now=NOON)
    after = await actions.place_call(db, at.staff, call_id, at.conversation_id, now=NOON)
    rings = await db.scalar(select(func.count()).select_from(Ring))
    assert (again.id, again.status, after.status, rings) == (call_id, "open", "ended", 1)


async def test_one_call_that_has_not_ended_per_conversation(db: AsyncSession) -> None:
    at = await build_practice(db)
    await place(db, at)
    with pytest.raises(CallAlreadyOpen):
        await actions.place_call(db, at.colleague, uuid4(), at.conversation_id, now=NOON)


async def test_another_staff_member_has_no_hand_in_the_call_c5b(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, _ = await place(db, at)
    with pytest.raises(CallOfAnotherStaffMember):
        await actions.end_call(db, at.colleague, call_id, now=NOON)
    with pytest.raises(CallOfAnotherStaffMember):
        await actions.place_call(db, at.colleague, call_id, at.conversation_id, now=NOON)
    with pytest.raises(CallOfAnotherStaffMember):
        await attendance_actions.join_call(db, at.colleague, call_id, device_id=DESK, now=NOON)


async def test_the_patient_enters_only_by_answering(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, _ = await place(db, at)
    with pytest.raises(CallNotAnswered):
        await attendance_actions.join_call(db, at.patient, call_id, device_id=PHONE, now=NOON)


async def test_second_device_that_answers_is_told_it_was_late(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    with pytest.raises(RingNoLongerRinging):
        await ring_actions.answer_ring(db, at.patient, ring_id, device_id=TABLET, now=NOON)
    _, again = await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    assert [seat.identity for seat in (await see(db, at, call_id)).attendances][1] == again.identity


async def test_the_device_that_wins_keeps_the_identity_it_prepared(db: AsyncSession) -> None:
    at = await build_practice(db)
    _, ring_id = await place(db, at)
    _, phone = await ring_actions.prepare_device(db, at.patient, ring_id, PHONE)
    _, tablet = await ring_actions.prepare_device(db, at.patient, ring_id, TABLET)
    assert (await ring_actions.prepare_device(db, at.patient, ring_id, PHONE))[1] == phone != tablet
    _, seat = await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    assert seat.identity == phone


async def test_a_declined_ring_can_be_rung_again_in_the_same_call(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    with pytest.raises(StillRinging):
        await actions.ring_again(db, at.staff, call_id, now=NOON)
    await ring_actions.decline_ring(db, at.patient, ring_id, now=NOON)
    await actions.ring_again(db, at.staff, call_id, now=NOON + timedelta(seconds=5))
    snapshot = await see(db, at, call_id)
    assert snapshot.ring is not None
    assert (snapshot.ring.status, snapshot.ring.id != ring_id, await kinds(db)) == ("ringing", True, ["ring_declined"])


async def test_a_minute_is_added_once_and_the_first_clock_loses_politely(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.ask_for_minute(db, at.patient, ring_id, now=NOON)
    with pytest.raises(MinuteAlreadyAsked):
        await ring_actions.ask_for_minute(db, at.patient, ring_id, now=NOON)
    await ring_actions.let_ring_expire(db, system_of(at.clinic_id), ring_id, now=NOON + RING_FOR)
    still = (await see(db, at, call_id)).ring
    assert still is not None
    assert still.status == "ringing"
    await ring_actions.let_ring_expire(db, system_of(at.clinic_id), ring_id, now=NOON + RING_FOR + MINUTE)
    missed = (await see(db, at, call_id)).ring
    assert missed is not None
    assert missed.status == "missed"


async def test_an_answer_after_the_time_is_too_late_even_when_the_job_is_later(db: AsyncSession) -> None:
    at = await build_practice(db)
    _, ring_id = await place(db, at)
    with pytest.raises(RingNoLongerRinging):
        await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON + RING_FOR)


async def test_a_missed_ring_says_how_far_it_got(db: AsyncSession) -> None:
    at = await build_practice(db)
    _, ring_id = await place(db, at)
    await ring_actions.note_delivered(db, at.patient, ring_id, seen=False, now=NOON)
    await ring_actions.note_delivered(db, at.patient, ring_id, seen=True, now=NOON)
    await ring_actions.let_ring_expire(db, system_of(at.clinic_id), ring_id, now=NOON + RING_FOR)
    entry = (await db.scalars(select(Entry).where(Entry.kind == "ring_missed"))).one()
    assert entry.facts is not None
    assert (entry.facts["delivered"], entry.facts["seen"]) == (True, True)


async def test_who_comes_back_by_themselves_while_staff_ring_again_has_answered(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    await attendance_actions.leave_call(db, at.patient, call_id, now=NOON)
    again = await actions.ring_again(db, at.staff, call_id, now=NOON)
    await attendance_actions.join_call(db, at.patient, call_id, device_id=PHONE, now=NOON)
    await ring_actions.let_ring_expire(db, system_of(at.clinic_id), again, now=NOON + RING_FOR)
    ring = (await see(db, at, call_id)).ring
    assert ring is not None
    assert (ring.id, ring.status) == (again, "answered")
    assert "ring_missed" not in await kinds(db)


async def test_cancelling_loses_against_an_answer(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    with pytest.raises(CallWasAnswered):
        await actions.cancel_call(db, at.staff, call_id, now=NOON)


async def test_a_cancelled_call_asks_nothing(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, _ = await place(db, at)
    await actions.cancel_call(db, at.staff, call_id, now=NOON)
    snapshot = await see(db, at, call_id)
    assert (snapshot.reason, snapshot.must_ask_feedback, await kinds(db)) == ("cancelled", False, ["ring_cancelled"])
    with pytest.raises(CallNotOver):
        await attendance_actions.give_feedback(db, at.staff, call_id, NewFeedback(answer="no"), now=NOON)


async def test_leaving_never_ends_the_call_and_the_patient_comes_back(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    await attendance_actions.leave_call(db, at.patient, call_id, now=NOON)
    left = await see(db, at, call_id)
    assert (left.status, [gone.name for gone in left.left]) == ("active", ["Sofia Gunnarsson"])
    await attendance_actions.join_call(db, at.patient, call_id, device_id=PHONE, now=NOON)
    back = await see(db, at, call_id)
    assert (len(back.attendances), back.left) == (2, [])


async def test_nobody_enters_after_the_end_a3(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    await actions.end_call(db, at.staff, call_id, now=NOON)
    for actor in (at.staff, at.patient):
        with pytest.raises(CallHasEnded):
            await attendance_actions.join_call(db, actor, call_id, device_id=PHONE, now=NOON)


async def test_feedback_is_given_once_by_those_who_were_in_it(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    await actions.end_call(db, at.staff, call_id, now=NOON)
    await attendance_actions.give_feedback(db, at.patient, call_id, NewFeedback(answer="yes"), now=NOON)
    await attendance_actions.give_feedback(
        db, at.patient, call_id, NewFeedback(answer="yes", problem="picture_froze"), now=NOON
    )
    with pytest.raises(FeedbackAlreadyGiven):
        await attendance_actions.give_feedback(db, at.patient, call_id, NewFeedback(answer="no"), now=NOON)
    with pytest.raises(NotFound):
        await attendance_actions.give_feedback(db, at.colleague, call_id, NewFeedback(answer="no"), now=NOON)
    stored = (await db.scalars(select(CallFeedback))).one()
    assert (stored.answer, stored.problem) == ("yes", "picture_froze")


async def test_a_call_without_staff_ends_itself_after_its_grace(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    later = NOON + timedelta(seconds=20)
    await attendance_actions.settle_call(db, at.clinic_id, call_id, later)
    assert (await see(db, at, call_id)).no_staff_since == later
    await actions.end_without_staff(db, at.clinic_id, call_id, now=later + timedelta(seconds=179))
    assert (await see(db, at, call_id)).status == "active"
    await actions.end_without_staff(db, at.clinic_id, call_id, now=later + timedelta(seconds=180))
    assert (await see(db, at, call_id)).reason == "abandoned"


async def test_a_call_whose_window_never_came_is_cancelled_after_ten_seconds(db: AsyncSession) -> None:
    at = await build_practice(db)
    call = await actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
    await actions.end_without_staff(db, at.clinic_id, call.id, now=NOON + timedelta(seconds=10))
    assert (await see(db, at, call.id)).reason == "cancelled"


@pytest.mark.parametrize("_round", range(5))
async def test_of_two_that_race_one_wins_and_the_other_is_told_a6(database: Database, _round: int) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        call_id, ring_id = await place(db, at)

    async def run(verb: Callable[[AsyncSession], Awaitable[object]]) -> str:
        try:
            async with database.transaction() as db:
                await verb(db)
        except Problem as problem:
            return problem.code()
        return "won"

    outcomes = await asyncio.gather(
        run(lambda db: ring_actions.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)),
        run(lambda db: ring_actions.answer_ring(db, at.patient, ring_id, device_id=TABLET, now=NOON)),
        run(lambda db: ring_actions.decline_ring(db, at.patient, ring_id, now=NOON)),
        run(lambda db: actions.cancel_call(db, at.staff, call_id, now=NOON)),
    )
    *answers, decline, cancel = outcomes
    assert [*answers, decline].count("won") <= 1
    assert (cancel == "won") == ("won" not in answers)
    assert {*outcomes} <= {"won", "ring-no-longer-ringing", "call-was-answered"}
