"""One text's way: asked for in a transaction, handed over once, its fate stored."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_practice, build_sms
from sqlalchemy import select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.errors import NotFound
from narvaro.jobs import Doors
from narvaro.media.memory import MemoryMedia
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsGateway, SmsRefused, SmsUnavailable, SmsUnknown, tasks
from narvaro.sms.actions import note_receipt, queue_text
from narvaro.sms.gateways import taking_receipts
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import PURPOSES, Composed, Purpose, Stationery
from narvaro.sms.rules import (
    TO_UNKNOWN_NUMBER,
    Limits,
    SmsCallLimit,
    SmsClinicLimit,
    SmsNumberLimit,
    SmsStaffLimit,
    SmsTooSoon,
)
from narvaro.sms.sending import Sms
from narvaro.sms.tasks import send_text

NUMBER = "+46701740612"
ROOMY = Limits(per_call=1000, per_staff=1000, per_clinic=1000)


class Killed(BaseException):
    """The process ends here."""


@dataclass
class MemoryGateway:
    """Takes texts, or does what the test says."""

    name: str = "memory"
    deduplicates: bool = False
    fault: BaseException | None = None
    sent: list[UUID] = field(default_factory=list)

    async def send(self, text: OutgoingText) -> str:
        if self.fault is None or isinstance(self.fault, SmsUnknown):
            self.sent.append(text.id)
        if self.fault:
            raise self.fault
        return "m1"

    def read_receipt(self, _call: ReceiptCall) -> DeliveryReceipt | None:
        return None

    async def close(self) -> None: ...


@dataclass
class Desk:
    """A clinic that sends texts whose purpose is this test."""

    database: Database
    at: Practice
    changed: list[UUID] = field(default_factory=list)
    is_stopped: bool = False

    async def ask(
        self, *, number: str = NUMBER, limits: Limits = ROOMY, known: bool = True, call_id: UUID | None = None
    ) -> UUID:
        async with self.database.transaction() as db:
            return await self.ask_in(db, number=number, limits=limits, known=known, call_id=call_id)

    async def ask_in(
        self,
        db: AsyncSession,
        *,
        number: str = NUMBER,
        limits: Limits = ROOMY,
        known: bool = True,
        call_id: UUID | None = None,
    ) -> UUID:
        return await queue_text(
            db,
            self.at.staff,
            limits,
            purpose="test",
            object_id=uuid4(),
            call_id=call_id,
            number=number,
            is_known_number=known,
            now=utc_now(),
        )

    async def send(self, text_id: UUID, *gateways: SmsGateway) -> TextMessage:
        sms = build_sms(*gateways)
        await run(Doors(self.database, MemoryMedia(), sms), text_id)
        return await self.read(text_id)

    async def read(self, text_id: UUID) -> TextMessage:
        async with self.database.transaction() as db:
            return await db.get_one(TextMessage, text_id)

    async def jobs(self) -> int:
        async with self.database.transaction() as db:
            return int(await db.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'sms.send_text'")) or 0)

    async def compose(self, _db: AsyncSession, _row: TextMessage, _paper: Stationery) -> Composed | None:
        return None if self.is_stopped else Composed("Narvaro", "hej")

    async def note(self, _db: AsyncSession, object_id: UUID) -> None:
        self.changed.append(object_id)


async def run(doors: Doors, text_id: UUID) -> None:
    """As the worker does."""

    class Context:
        additional_context = {"doors": doors}  # noqa: RUF012
        job = SimpleNamespace(id=1)

    await send_text.func(Context(), text_id=str(text_id))


@pytest.fixture
async def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> Desk:
    async with database.transaction() as db:
        at = await build_practice(db)
    desk = Desk(database, at)
    monkeypatch.setitem(PURPOSES, "test", Purpose(desk.compose, desk.note))
    return desk


async def test_a_text_is_sent_once_however_often_its_job_runs(desk: Desk) -> None:
    gateway = MemoryGateway()
    text_id = await desk.ask()
    for _ in range(3):
        row = await desk.send(text_id, gateway)
    assert (gateway.sent, row.status, row.gateway_id, row.attempts) == ([text_id], "sent", "m1", 1)
    assert desk.changed == [row.object_id]


async def test_no_text_without_its_transaction(desk: Desk) -> None:
    async with desk.database.engine.connect() as connection, AsyncSession(connection) as db:
        await desk.ask_in(db)
        await db.rollback()
    assert await desk.jobs() == 0


async def test_an_unavailable_gateway_gives_way_to_the_next(desk: Desk) -> None:
    first, second = MemoryGateway("first", fault=SmsUnavailable()), MemoryGateway("second")
    row = await desk.send(await desk.ask(), first, second)
    assert (row.status, row.gateway, len(second.sent)) == ("sent", "second", 1)


async def test_a_refused_number_is_not_tried_elsewhere(desk: Desk) -> None:
    first, second = MemoryGateway("first", fault=SmsRefused()), MemoryGateway("second")
    row = await desk.send(await desk.ask(), first, second)
    assert (row.status, row.why, second.sent) == ("failed", "refused", [])


async def test_all_unavailable_is_tried_again_until_ten_minutes_are_over(desk: Desk) -> None:
    down = MemoryGateway(fault=SmsUnavailable())
    text_id = await desk.ask()
    row = await desk.send(text_id, down)
    assert (row.status, await desk.jobs()) == ("queued", 2)
    async with desk.database.transaction() as db:
        await db.execute(update(TextMessage).values(give_up_at=utc_now() - timedelta(seconds=1)))
    row = await desk.send(text_id, MemoryGateway())
    assert (row.status, row.why) == ("failed", "unreachable")


@pytest.mark.parametrize(("deduplicates", "status", "sent"), [(True, "sent", 2), (False, "failed", 1)])
async def test_doubt_is_settled_only_where_the_gateway_deduplicates(
    desk: Desk, *, deduplicates: bool, status: str, sent: int
) -> None:
    """Two hand-overs with one id are one text there (see the contract)."""
    gateway, other = MemoryGateway(deduplicates=deduplicates, fault=SmsUnknown()), MemoryGateway("other")
    text_id = await desk.ask()
    await desk.send(text_id, gateway, other)
    gateway.fault = None
    row = await desk.send(text_id, gateway, other)
    assert (row.status, len(gateway.sent), other.sent) == (status, sent, [])


@pytest.mark.parametrize(("deduplicates", "status"), [(True, "sent"), (False, "failed")])
async def test_a_worker_killed_between_says_unknown_or_sends_the_same_again(
    desk: Desk, *, deduplicates: bool, status: str
) -> None:
    gateway = MemoryGateway(deduplicates=deduplicates, fault=Killed())
    text_id = await desk.ask()
    with pytest.raises(Killed):
        await desk.send(text_id, gateway)
    gateway.fault = None
    row = await desk.send(text_id, gateway)
    assert (row.status, len(gateway.sent)) == (status, 1 if deduplicates else 0)
    assert row.why == (None if deduplicates else "unknown")


@dataclass
class SlowGateway(MemoryGateway):
    """Takes a text and answers when it is let."""

    has_it: asyncio.Event = field(default_factory=asyncio.Event)
    may_answer: asyncio.Event = field(default_factory=asyncio.Event)

    async def send(self, text: OutgoingText) -> str:
        self.has_it.set()
        await self.may_answer.wait()
        return await super().send(text)


async def test_a_worker_that_only_slept_has_the_last_word(desk: Desk) -> None:
    """Another took it for dead and could but doubt; then the answer came."""
    gateway = SlowGateway()
    text_id = await desk.ask()
    first = asyncio.create_task(desk.send(text_id, gateway))
    await gateway.has_it.wait()
    doubted = await desk.send(text_id, MemoryGateway())
    assert (doubted.status, doubted.why) == ("failed", "unknown")
    gateway.may_answer.set()
    row = await first
    assert (row.status, row.why, row.gateway_id, row.done_at, gateway.sent) == ("sent", None, "m1", None, [text_id])


@pytest.mark.parametrize("deduplicates", [True, False])
async def test_of_two_runs_at_the_same_moment_one_hands_over(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, *, deduplicates: bool
) -> None:
    look = tasks._gateways_to_try
    both_looked = asyncio.Barrier(2)

    async def look_together(*given: Any) -> Any:
        seen = await look(*given)
        await both_looked.wait()
        return seen

    monkeypatch.setattr(tasks, "_gateways_to_try", look_together)
    gateway = MemoryGateway(deduplicates=deduplicates)
    text_id = await desk.ask()
    async with asyncio.timeout(20):
        await asyncio.gather(*(desk.send(text_id, gateway) for _ in range(2)))
    assert (gateway.sent, (await desk.read(text_id)).status) == ([text_id], "sent")


async def test_a_texts_jobs_run_one_after_the_other(desk: Desk) -> None:
    text_id = await desk.ask()
    await desk.send(text_id, MemoryGateway(fault=SmsUnavailable()))
    async with desk.database.transaction() as db:
        locks = (await db.scalars(text("SELECT lock FROM procrastinate_jobs"))).all()
    assert locks == [f"sms:{text_id}"] * 2


async def test_a_receipt_may_name_the_text_as_the_gateway_does(desk: Desk) -> None:
    text_id = await desk.ask()
    await desk.send(text_id, MemoryGateway("smpp"))
    take = taking_receipts(desk.database, "smpp")
    with pytest.raises(NotFound):
        await take("m2", DeliveryReceipt("delivered"))
    with pytest.raises(NotFound):
        await taking_receipts(desk.database, "another")("m1", DeliveryReceipt("delivered"))
    await take("m1", DeliveryReceipt("delivered"))
    assert (await desk.read(text_id)).status == "delivered"


async def test_what_must_not_be_sent_any_more_is_not(desk: Desk) -> None:
    gateway = MemoryGateway()
    text_id = await desk.ask()
    desk.is_stopped = True
    row = await desk.send(text_id, gateway)
    assert (row.status, row.why, gateway.sent) == ("failed", "stopped", [])


@pytest.mark.parametrize(
    ("receipts", "status"),
    [
        (["delivered"], "delivered"),
        (["delivered", "delivered"], "delivered"),
        (["delivered", "failed"], "delivered"),
        (["failed", "delivered"], "delivered"),
        (["failed"], "failed"),
    ],
)
async def test_receipts_come_doubled_and_in_any_order(desk: Desk, receipts: list[str], status: str) -> None:
    text_id = await desk.ask()
    await desk.send(text_id, MemoryGateway())
    for each in receipts:
        async with desk.database.transaction() as db:
            await note_receipt(db, "memory", text_id, DeliveryReceipt(each), now=NOON)  # type: ignore[arg-type]
    assert (await desk.read(text_id)).status == status


async def test_another_gateways_receipt_is_not_believed(desk: Desk) -> None:
    text_id = await desk.ask()
    await desk.send(text_id, MemoryGateway())
    with pytest.raises(NotFound):
        async with desk.database.transaction() as db:
            await note_receipt(db, "other", text_id, DeliveryReceipt("delivered"), now=NOON)


@pytest.mark.parametrize(
    ("limits", "limit"),
    [
        (Limits(3, 1000, 1000), SmsCallLimit),
        (Limits(1000, 3, 1000), SmsStaffLimit),
        (Limits(1000, 1000, 3), SmsClinicLimit),
    ],
)
async def test_concurrent_requests_do_not_pass_a_limit_b8(desk: Desk, limits: Limits, limit: type[Exception]) -> None:
    call_id = uuid4()
    asked = [desk.ask(number=f"+4670174060{n}", limits=limits, call_id=call_id) for n in range(8)]
    results = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(result, UUID) for result in results) == 3
    assert {type(result) for result in results} == {UUID, limit} or {type(r).__name__ for r in results} == {
        "UUID",
        limit.__name__,
    }


async def test_two_to_one_number_within_a_minute_is_too_soon_b8(desk: Desk) -> None:
    await desk.ask()
    with pytest.raises(SmsTooSoon):
        await desk.ask()


async def test_a_number_nobody_came_by_gets_five_a_day_and_an_interpreter_more_b8(desk: Desk) -> None:
    for _ in range(TO_UNKNOWN_NUMBER):
        await desk.ask(known=False)
        async with desk.database.transaction() as db:
            await db.execute(update(TextMessage).values(created_at=TextMessage.created_at - timedelta(minutes=2)))
    with pytest.raises(SmsNumberLimit):
        await desk.ask(known=False)
    await desk.ask(known=True)


async def test_a_job_holds_ids_only_d3(desk: Desk) -> None:
    await desk.ask()
    async with desk.database.transaction() as db:
        jobs = (await db.scalars(text("SELECT args::text FROM procrastinate_jobs"))).all()
        number = await db.scalar(select(TextMessage.number))
    assert number == NUMBER
    assert all(NUMBER not in job for job in jobs)


def test_a_receipts_address_is_its_texts_own() -> None:
    sms: Sms = build_sms()
    one, other = uuid4(), uuid4()
    assert sms.receipt_key(one) != sms.receipt_key(other)
    assert sms.receipt_url("46elks", one).endswith(f"/hooks/sms/46elks/{one}/{sms.receipt_key(one)}")
