"""*Du har ett nytt meddelande*: once until it is opened, never its text, not at night, not while one looks."""

from datetime import UTC, datetime, time, timedelta
from uuid import uuid4

import pytest
from pushing import House, open_house

from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.conversations import actions
from narvaro.conversations.pushes import TRIED_FOR
from narvaro.conversations.schemas import NewMessage
from narvaro.db.session import Database
from narvaro.patients.models import Patient
from narvaro.patients.rules import quiet_until
from narvaro.webpush import PushUnavailable

STOCKHOLM = "Europe/Stockholm"


@pytest.fixture
async def house(database: Database) -> House:
    return await open_house(database)


async def write(house: House, *, by_patient: bool = False) -> None:
    author = house.at.patient if by_patient else house.at.staff
    async with house.database.transaction() as db:
        message = NewMessage(id=uuid4(), text="kanariefågel")
        await actions.post_message(db, author, house.at.conversation_id, message, now=utc_now())


async def test_one_push_until_the_conversation_is_opened_and_none_of_the_text(house: House) -> None:
    await house.device("phone")
    for _ in range(3):
        await write(house)
        await house.work()
    (push,) = [push for _, push in house.push.taken]
    assert (push.urgency, push.ttl, b"kanarie" in push.payload) == ("normal", 86_400, False)
    async with house.database.transaction() as db:
        slug = (await db.get_one(Clinic, house.at.clinic_id)).slug
    told = {
        "kind": "message",
        "conversation_id": str(house.at.conversation_id),
        "clinic_id": str(house.at.clinic_id),
        "clinic": slug,
        "brand": None,
    }
    assert house.taken() == [("phone", told)]
    async with house.database.transaction() as db:
        await actions.open_conversation(db, house.at.patient, house.at.conversation_id, now=utc_now())
    await write(house)
    await house.work()
    assert [name for name, _ in house.taken()] == ["phone"]


async def test_reading_on_an_open_page_counts_as_opening(house: House) -> None:
    await house.device("phone")
    await write(house)
    await house.work()
    async with house.database.transaction() as db:
        await actions.mark_read(db, house.at.patient, house.at.conversation_id, 1, now=utc_now())
    await write(house)
    await house.work()
    assert len(house.taken()) == 2


async def test_what_is_opened_before_the_job_runs_is_not_pushed(house: House) -> None:
    await house.device("phone")
    await write(house)
    async with house.database.transaction() as db:
        await actions.open_conversation(db, house.at.patient, house.at.conversation_id, now=utc_now())
    await house.work()
    assert house.taken() == []


async def test_no_push_for_ones_own_words_for_a_shared_device_or_without_one(house: House) -> None:
    await write(house)
    await house.device("shared", shows="calls_only")
    await write(house)
    await house.device("phone")
    await write(house, by_patient=True)
    await house.work()
    assert house.taken() == []


async def test_who_looks_at_the_app_is_not_disturbed_but_is_the_next_time(house: House) -> None:
    session = await house.device("phone")
    await house.look_at(session)
    await write(house)
    await house.work()
    assert house.taken() == []
    await house.device("tablet")
    await write(house)
    await house.work()
    assert [name for name, _ in house.taken()] == ["tablet"]


async def test_in_quiet_hours_it_waits_for_their_end(house: House) -> None:
    await house.device("phone")
    async with house.database.transaction() as db:
        patient = await db.get_one(Patient, house.at.patient.id)
        local = utc_now() - timedelta(hours=2)
        patient.quiet_from, patient.quiet_to = local.time(), (local + timedelta(hours=20)).time()
        (await db.get_one(Clinic, house.at.clinic_id)).time_zone = "UTC"
    await write(house)
    await house.work()
    assert house.taken() == []
    ((at, _),) = await house.waiting("conversations.push_message")
    assert timedelta(hours=17) < at - utc_now() < timedelta(hours=18, minutes=1)


async def test_a_busy_service_is_tried_again(house: House) -> None:
    await house.device("phone")
    house.push.faults["https://push.example/phone"] = PushUnavailable()
    await write(house)
    await house.work()
    ((_, args),) = await house.waiting("conversations.push_message")
    house.push.faults.clear()
    await house.run("conversations.push_message", args)
    assert len(house.taken()) == 1


async def test_a_service_that_stays_away_leaves_the_next_message_its_push(house: House) -> None:
    await house.device("phone")
    house.push.faults["https://push.example/phone"] = PushUnavailable()
    await write(house)
    await house.work()
    ((_, args),) = await house.waiting("conversations.push_message")
    await house.run("conversations.push_message", args | {"attempt": TRIED_FOR})
    house.push.faults.clear()
    await write(house)
    await house.work()
    assert len(house.taken()) == 1


@pytest.mark.parametrize(
    ("hour", "quiet", "until"),
    [
        (23, (time(22), time(7)), datetime(2026, 11, 24, 6, 0, tzinfo=UTC)),
        (3, (time(22), time(7)), datetime(2026, 11, 23, 6, 0, tzinfo=UTC)),
        (12, (time(22), time(7)), None),
        (7, (time(22), time(7)), None),
        (12, (time(11), time(13)), datetime(2026, 11, 23, 12, 0, tzinfo=UTC)),
        (13, (time(11), time(13)), None),
        (12, (None, None), None),
        (12, (time(12), time(12)), None),
    ],
)
def test_quiet_hours_may_pass_midnight(hour: int, quiet: tuple[time | None, time | None], until: datetime | None) -> None:
    """`hour`: by the clinic's clock, an hour ahead of UTC in November."""
    now = datetime(2026, 11, 23, hour, 0, tzinfo=UTC) - timedelta(hours=1)
    assert quiet_until(now, STOCKHOLM, *quiet) == until
