"""A ring that goes by push: to whom, what it tells, what staff read, and how it is taken down."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from pushing import House, open_house
from sqlalchemy import update

from narvaro.auth.actions import end_session
from narvaro.auth.actors import system_of
from narvaro.auth.models import Session
from narvaro.auth.rules import LIFETIMES
from narvaro.calls import actions, queries, ring_actions
from narvaro.calls.ladder.pushes import note_report
from narvaro.calls.ladder.rules import RungState
from narvaro.calls.models import Ring
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.errors import NotFound
from narvaro.patients.models import Patient
from narvaro.realtime.models import Socket
from narvaro.webpush import PushGone, PushRefused, PushUnavailable


@pytest.fixture
async def house(database: Database) -> House:
    return await open_house(database)


async def place(house: House) -> tuple[UUID, UUID]:
    async with house.database.transaction() as db:
        call = await actions.place_call(db, house.at.staff, uuid4(), house.at.conversation_id, now=utc_now())
        return call.id, call.ring_id


async def read(house: House, call_id: UUID) -> list[tuple[str, str]]:
    async with house.database.transaction() as db:
        ring = (await queries.load_call(db, house.at.staff, call_id)).ring
    assert ring is not None
    return [(rung.kind, rung.state) for rung in ring.rungs]


async def report(house: House, ring_id: UUID, state: RungState) -> None:
    async with house.database.transaction() as db:
        await note_report(db, house.at.patient, ring_id, state, now=utc_now())


async def change(house: House, **facts: object) -> None:
    async with house.database.transaction() as db:
        patient = await db.get_one(Patient, house.at.patient.id)
        for name, value in facts.items():
            setattr(patient, name, value)


async def test_every_device_that_does_not_show_it_is_told_without_name_or_health(house: House) -> None:
    await house.device("phone")
    await house.device("shared", shows="calls_only")
    await house.look_at(await house.device("laptop"))
    call_id, ring_id = await place(house)
    await house.work()
    assert [(push.urgency, 40 < push.ttl <= 45, len(push.topic)) for _, push in house.push.taken] == [("high", True, 22)] * 2
    async with house.database.transaction() as db:
        ring = await db.get_one(Ring, ring_id)
        slug = (await db.get_one(Clinic, house.at.clinic_id)).slug
    told = {
        "kind": "ring",
        "ring_id": str(ring_id),
        "conversation_id": str(house.at.conversation_id),
        "clinic_id": str(house.at.clinic_id),
        "clinic": slug,
        "expires_at": ring.expires_at.isoformat().replace("+00:00", "Z"),
        "brand": None,
    }
    assert house.taken() == [("phone", told), ("shared", told)]
    assert await read(house, call_id) == [("push", "sent")]


async def test_the_brand_is_told_only_where_the_patient_allows_it(house: House) -> None:
    await house.device("phone")
    await change(house, push_shows_brand=True)
    await place(house)
    await house.work()
    assert [told["brand"] for _, told in house.taken()] == ["Region Testköping"]


async def test_nobody_without_a_device_costs_a_job(house: House) -> None:
    await place(house)
    assert await house.waiting("calls.climb") == []


async def test_while_every_device_shows_it_the_push_waits_and_staff_read_nothing_of_it(house: House) -> None:
    await house.look_at(await house.device("laptop"))
    call_id, _ = await place(house)
    await house.work()
    assert house.taken() == []
    assert await read(house, call_id) == []
    async with house.database.transaction() as db:
        await db.execute(update(Socket).values(visible=False))
    ((at, again),) = await house.waiting("calls.climb")
    assert timedelta(seconds=3) < at - utc_now() < timedelta(seconds=6)
    await house.run("calls.climb", again)
    await house.work()
    assert [device for device, _ in house.taken()] == ["laptop"]
    assert await read(house, call_id) == [("push", "sent")]


async def test_staff_read_asked_sent_shown_pressed_and_nothing_that_comes_after_the_end(house: House) -> None:
    await house.device("phone")
    call_id, ring_id = await place(house)
    (job,) = await house.waiting("calls.climb")
    await house.run("calls.climb", job[1])
    assert await read(house, call_id) == [("push", "asked")]
    await house.work()
    for state in (RungState.SHOWN, RungState.PRESSED, RungState.SHOWN):
        await report(house, ring_id, state)
    assert await read(house, call_id) == [("push", "pressed")]
    async with house.database.transaction() as db:
        await ring_actions.decline_ring(db, house.at.patient, ring_id, now=utc_now())
        again = await actions.ring_again(db, house.at.staff, call_id, now=utc_now())
        await ring_actions.decline_ring(db, house.at.patient, again, now=utc_now())
    await report(house, again, RungState.SHOWN)
    assert await read(house, call_id) == []


async def test_a_report_without_a_push_or_of_anothers_ring_is_nothing(house: House) -> None:
    call_id, ring_id = await place(house)
    await report(house, ring_id, RungState.SHOWN)
    assert await read(house, call_id) == []
    with pytest.raises(NotFound):
        await report(house, uuid4(), RungState.SHOWN)


async def test_a_device_that_is_gone_is_forgotten_and_the_other_counts(house: House) -> None:
    await house.device("old")
    await house.device("phone")
    house.push.faults["https://push.example/old"] = PushGone()
    call_id, _ = await place(house)
    await house.work()
    assert await house.devices() == {"phone"}
    assert await read(house, call_id) == [("push", "sent")]


@pytest.mark.parametrize("fault", [PushGone(), PushRefused()])
async def test_when_no_device_is_reached_staff_read_so(house: House, fault: Exception) -> None:
    await house.device("phone")
    house.push.faults["https://push.example/phone"] = fault
    call_id, _ = await place(house)
    await house.work()
    assert await read(house, call_id) == [("push", "failed")]
    assert await house.waiting("calls.push_ring") == []


async def test_a_busy_service_is_tried_again_within_the_rings_life_and_not_after(house: House) -> None:
    await house.device("phone")
    await house.device("tablet")
    house.push.faults["https://push.example/phone"] = PushUnavailable(retry_after=20)
    call_id, ring_id = await place(house)
    await house.work()
    ((at, args),) = await house.waiting("calls.push_ring")
    assert timedelta(seconds=15) < at - utc_now() <= timedelta(seconds=20)
    assert (len(args["devices"]), args["attempt"]) == (1, 2)
    assert await read(house, call_id) == [("push", "sent")], "the tablet has it"
    house.push.faults["https://push.example/phone"] = PushUnavailable(retry_after=100)
    house.taken()
    await house.run("calls.push_ring", args)
    assert [args["attempt"] for _, args in await house.waiting("calls.push_ring")] == [2], "none after the ring's end"
    house.push.faults.clear()
    await house.run("calls.push_ring", args)
    assert [name for name, _ in house.taken()] == ["phone"]
    async with house.database.transaction() as db:
        await ring_actions.decline_ring(db, house.at.patient, ring_id, now=utc_now())
    await house.run("calls.push_ring", args)
    assert house.taken() == [], "the ring is over"


async def test_a_push_that_the_end_overtakes_is_said_not_to_have_gone(house: House) -> None:
    await house.device("phone")
    call_id, ring_id = await place(house)
    (job,) = await house.waiting("calls.climb")
    await house.run("calls.climb", job[1])
    async with house.database.transaction() as db:
        await ring_actions.decline_ring(db, house.at.patient, ring_id, now=utc_now())
    await house.work()
    assert [told["kind"] for _, told in house.taken()] == ["ring_over"]
    assert await read(house, call_id) == [("push", "failed")]


@pytest.mark.parametrize("end", ["answered", "declined", "missed", "cancelled"])
async def test_whatever_ends_the_ring_takes_it_down_on_every_device(house: House, end: str) -> None:
    await house.device("phone")
    await house.device("tablet")
    call_id, ring_id = await place(house)
    await house.work()
    house.taken()
    now = utc_now()
    async with house.database.transaction() as db:
        if end == "answered":
            await ring_actions.answer_ring(db, house.at.patient, ring_id, device_id="phone-0001", now=now)
        elif end == "declined":
            await ring_actions.decline_ring(db, house.at.patient, ring_id, now=now)
        elif end == "missed":
            await ring_actions.let_ring_expire(db, system_of(house.at.clinic_id), ring_id, now=now + timedelta(seconds=45))
        else:
            await actions.cancel_call(db, house.at.staff, call_id, now=now)
    await house.work()
    ttl = 24 * 3600 if end == "missed" else 60
    assert {push.ttl for _, push in house.push.taken} == {ttl}
    assert [(name, told["kind"], told["status"], told["ring_id"]) for name, told in house.taken()] == [
        (name, "ring_over", end, str(ring_id)) for name in ("phone", "tablet")
    ]


async def test_a_ring_that_was_not_pushed_is_not_taken_down(house: House) -> None:
    _, ring_id = await place(house)
    async with house.database.transaction() as db:
        await ring_actions.decline_ring(db, house.at.patient, ring_id, now=utc_now())
    assert await house.waiting("calls.push_ring_over") == []


async def test_a_device_goes_with_its_session(house: House) -> None:
    session = await house.device("phone")
    async with house.database.transaction() as db:
        await end_session(db, session)
    assert await house.devices() == set()


async def test_a_session_that_has_run_out_is_not_told_c2(house: House) -> None:
    session = await house.device("phone")
    async with house.database.transaction() as db:
        row = await db.get_one(Session, session)
        row.seen_at -= LIFETIMES[house.at.patient.kind].idles_for
    await place(house)
    await house.work()
    assert house.taken() == []


@pytest.mark.parametrize("is_allowed", [False, True])
async def test_a_protected_identity_is_pushed_only_where_it_is_allowed_d1b(house: House, is_allowed: bool) -> None:
    await house.device("phone")
    await change(house, has_protected_identity=True, may_reach_protected=is_allowed)
    await place(house)
    await house.work()
    assert [name for name, _ in house.taken()] == (["phone"] if is_allowed else [])


async def test_done_twice_by_a_killed_worker_it_is_one_rung_with_one_topic(house: House) -> None:
    await house.device("phone")
    call_id, _ = await place(house)
    (job,) = await house.waiting("calls.climb")
    await house.run("calls.climb", job[1])
    ((_, args),) = await house.waiting("calls.push_ring")
    for _ in range(2):
        await house.run("calls.push_ring", args)
        await house.run("calls.climb", job[1])
    assert len({push.topic for _, push in house.push.taken}) == 1
    assert await read(house, call_id) == [("push", "sent")]
    assert len(await house.waiting("calls.push_ring")) == 1
