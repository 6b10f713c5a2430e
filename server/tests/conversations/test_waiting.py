"""*Jag är redo*: who waits, who is told, and how it ends."""

import asyncio
from contextlib import nullcontext
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from builders import NOON, Practice, build_patient, build_practice
from calls.test_verbs import PHONE, place
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.models import AuditEntry
from narvaro.auth.actors import Actor
from narvaro.calls import actions as calls
from narvaro.calls import ring_actions as rings
from narvaro.conversations import queries
from narvaro.conversations.actions import start_conversation
from narvaro.conversations.models import EndedWait, Entry
from narvaro.conversations.rules import (
    MOST_WAITING,
    READY_FOR,
    USUAL_FROM,
    USUAL_OF,
    USUAL_WITHIN,
    CallGoesOn,
    EmptyMessage,
    MessageIdTaken,
    how_wait_ends,
    is_waiting,
    may_become_ready,
    usual_wait,
)
from narvaro.conversations.schemas import InboxPage, MessageToWaiting, Noticed
from narvaro.conversations.topics import receive_noticed
from narvaro.conversations.wait_actions import (
    become_ready,
    become_unready,
    let_wait_expire,
    notice_wait,
    write_to_waiting,
)
from narvaro.db.session import Database
from narvaro.errors import NotFound
from narvaro.features import register_features
from narvaro.realtime.presence import SocketFacts

LATER = NOON + timedelta(minutes=4)
SPANS = st.timedeltas(timedelta(), timedelta(hours=1))


@pytest.fixture(autouse=True)
def features() -> None:
    register_features()


@given(SPANS)
def test_a_wait_lasts_for_half_an_hour_and_not_a_moment_longer(after: timedelta) -> None:
    now = NOON + after
    assert is_waiting(NOON, now) == (after < READY_FOR)
    assert not is_waiting(None, now)
    for wanted in ("called", "withdrawn", "expired"):
        assert how_wait_ends(wanted, NOON, now) == (wanted if after < READY_FOR else "expired")


@given(st.lists(SPANS, max_size=USUAL_OF))
def test_how_long_it_takes_is_a_middle_of_what_was_and_nothing_is_said_of_few(waits: list[timedelta]) -> None:
    usual = usual_wait(waits)
    if len(waits) < USUAL_FROM:
        assert usual is None
        return
    assert usual is not None
    assert 2 * sum(wait <= usual for wait in waits) >= len(waits) <= 2 * sum(wait >= usual for wait in waits)


@pytest.mark.parametrize(("status", "may"), [(None, True), ("open", True), ("active", False)])
def test_nobody_waits_for_a_call_in_a_call(status: str | None, may: bool) -> None:
    with nullcontext() if may else pytest.raises(CallGoesOn):
        may_become_ready(status)


async def kinds(db: AsyncSession) -> list[str]:
    return list(await db.scalars(select(Entry.kind).order_by(Entry.at, Entry.seq)))


async def ends(db: AsyncSession) -> list[tuple[str, timedelta]]:
    return [
        (wait.reason, wait.ended_at - wait.ready_at)
        for wait in await db.scalars(select(EndedWait).order_by(EndedWait.ended_at))
    ]


async def waiting(db: AsyncSession, at: Practice, now: object = LATER) -> InboxPage:
    return await queries.load_inbox(db, at.staff, now)  # type: ignore[arg-type]


async def test_who_is_ready_stands_first_with_the_time_and_is_logged_d1(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    await become_ready(db, at.patient, at.conversation_id, now=LATER)
    [item] = (await waiting(db, at)).waiting
    assert (item.title, item.ready_at, item.last_kind, item.unread, item.is_noticed) == (
        "Sofia Gunnarsson",
        NOON,
        "ready",
        1,
        False,
    )
    assert await kinds(db) == ["ready"]
    logged = (await db.scalars(select(AuditEntry).where(AuditEntry.action == "patient.ready"))).one()
    assert (logged.patient_id, logged.object_id) == (at.patient.id, at.conversation_id)
    assert (await queries.load_inbox(db, at.patient, LATER)).waiting == []


async def test_a_wait_is_not_seen_from_another_clinic_nor_begun_by_others_c3(db: AsyncSession) -> None:
    at, elsewhere = await build_practice(db), await build_practice(db)
    other = await build_patient(db, at.clinic_id, "Erik Lind")
    for stranger in (elsewhere.patient, other):
        with pytest.raises(NotFound):
            await become_ready(db, stranger, at.conversation_id, now=NOON)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    assert (await waiting(db, elsewhere)).waiting == []
    for stranger in (elsewhere.patient, other):
        with pytest.raises(NotFound):
            await become_unready(db, stranger, at.conversation_id, now=NOON)
    with pytest.raises(NotFound):
        await notice_wait(db, elsewhere.staff, at.conversation_id, now=NOON)


async def test_a_ring_ends_the_wait(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON - timedelta(minutes=7))
    await place(db, at)
    assert await ends(db) == [("called", timedelta(minutes=7))]
    assert (await waiting(db, at)).waiting == []


async def test_a_ring_after_its_time_was_up_has_not_ended_the_wait_though_no_job_has_run(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON - READY_FOR)
    await place(db, at)
    assert await ends(db) == [("expired", READY_FOR)]


async def test_who_gets_ready_after_a_missed_ring_waits_until_rung_again(db: AsyncSession) -> None:
    at = await build_practice(db)
    call_id, ring_id = await place(db, at)
    await rings.decline_ring(db, at.patient, ring_id, now=NOON)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    await calls.ring_again(db, at.staff, call_id, now=LATER)
    assert await ends(db) == [("called", timedelta(minutes=4))]


async def test_who_gets_ready_while_it_rings_and_answers_waits_no_more(db: AsyncSession) -> None:
    at = await build_practice(db)
    _, ring_id = await place(db, at)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    await rings.answer_ring(db, at.patient, ring_id, device_id=PHONE, now=NOON)
    assert [reason for reason, _ in await ends(db)] == ["called"]
    with pytest.raises(CallGoesOn):
        await become_ready(db, at.patient, at.conversation_id, now=NOON)


async def test_the_patient_takes_it_back_once(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    for _ in range(2):
        await become_unready(db, at.patient, at.conversation_id, now=LATER)
    assert await kinds(db) == ["ready", "ready_withdrawn"]
    assert await ends(db) == [("withdrawn", timedelta(minutes=4))]
    assert (await queries.load_snapshot(db, at.patient, at.conversation_id, LATER)).wait is None


async def test_it_ends_by_itself_once_and_only_when_its_time_is_up(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    over = NOON + READY_FOR
    await let_wait_expire(db, at.clinic_id, at.conversation_id, NOON, now=over - timedelta(seconds=1))
    assert await ends(db) == []
    assert (await waiting(db, at, over)).waiting == [], "not believed any more, although no job has run"
    for _ in range(2):
        await let_wait_expire(db, at.clinic_id, at.conversation_id, NOON, now=over)
    assert await ends(db) == [("expired", READY_FOR)]
    assert await kinds(db) == ["ready", "ready_expired"]


async def test_a_late_job_leaves_the_next_wait_alone(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    again = NOON + READY_FOR
    await become_ready(db, at.patient, at.conversation_id, now=again)
    await let_wait_expire(db, at.clinic_id, at.conversation_id, NOON, now=again + READY_FOR)
    assert [reason for reason, _ in await ends(db)] == ["expired"]
    assert [item.ready_at for item in (await waiting(db, at, again)).waiting] == [again]


def test_its_end_is_a_job_of_the_same_transaction(database_url: str) -> None:
    async def wait() -> None:
        database = Database(database_url, pool_size=1)
        async with database.transaction() as db:
            at = await build_practice(db)
            await become_ready(db, at.patient, at.conversation_id, now=NOON)
        await database.close()

    asyncio.run(wait())
    with psycopg.connect(database_url) as connection:
        jobs = connection.execute("SELECT task_name, scheduled_at FROM procrastinate_jobs").fetchall()
    assert jobs == [("conversations.end_late_wait", NOON + READY_FOR)]


async def test_the_patient_reads_that_staff_have_seen_it_from_the_first_page_that_shows_it(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    said = Noticed(conversation_ids=[at.conversation_id])

    async def noticed_at(facts: SocketFacts, minutes: int) -> object:
        await receive_noticed(db, facts, said, NOON + timedelta(minutes=minutes))
        wait = (await queries.load_snapshot(db, at.patient, at.conversation_id, LATER)).wait
        return wait and wait.noticed_at

    assert await noticed_at(SocketFacts(uuid4(), at.staff, visible=False), 1) is None
    assert await noticed_at(SocketFacts(uuid4(), at.patient, visible=True), 1) is None
    assert await noticed_at(SocketFacts(uuid4(), at.staff, visible=True), 2) == NOON + timedelta(minutes=2)
    assert await noticed_at(SocketFacts(uuid4(), at.colleague, visible=True), 3) == NOON + timedelta(minutes=2)


async def test_how_long_it_took_lately_is_told_to_the_patient_from_five_calls_on(db: AsyncSession) -> None:
    at = await build_practice(db)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)

    async def add(minutes: int, reason: str = "called", ago: timedelta = timedelta(hours=1)) -> int | None:
        ended = NOON - ago
        values = {"clinic_id": at.clinic_id, "conversation_id": at.conversation_id, "reason": reason}
        db.add(EndedWait(**values, ready_at=ended - timedelta(minutes=minutes), ended_at=ended))
        await db.flush()
        wait = (await queries.load_snapshot(db, at.patient, at.conversation_id, NOON)).wait
        assert wait is not None
        return wait.usual_seconds

    assert [await add(minutes) for minutes in (2, 9, 4, 30)] == [None] * 4
    assert await add(1, "expired") is None
    assert await add(1, ago=USUAL_WITHIN) is None
    assert await add(6) == 6 * 60
    staffs = (await queries.load_snapshot(db, at.staff, at.conversation_id, NOON)).wait
    assert staffs is not None
    assert staffs.usual_seconds is None


async def several(db: AsyncSession, at: Practice, count: int) -> list[tuple[Actor, UUID]]:
    """More patients, ready one minute after another."""
    found = []
    for number in range(count):
        patient = await build_patient(db, at.clinic_id, f"Patient {number:03}")
        thread = await start_conversation(db, patient, patient.id, now=NOON)
        await become_ready(db, patient, thread, now=NOON - timedelta(seconds=number))
        found.append((patient, thread))
    return found


async def test_the_longest_wait_stands_first_and_the_list_below_keeps_its_order_and_pages(db: AsyncSession) -> None:
    at = await build_practice(db)
    await several(db, at, MOST_WAITING + 5)
    first = await waiting(db, at, NOON)
    since = [item.ready_at for item in first.waiting if item.ready_at]
    assert (len(since), since) == (MOST_WAITING, sorted(since))
    assert first.unread == MOST_WAITING + 5, "each once, on the first page or not"
    pages, cursor = [first], first.next
    while cursor:
        pages.append(await queries.load_inbox(db, at.staff, NOON, before=cursor))
        cursor = pages[-1].next
    items = [item for page in pages for item in page.items]
    assert len({item.id for item in items}) == len(items) == MOST_WAITING + 6
    assert [item.last_at for item in items] == sorted((item.last_at for item in items), reverse=True)
    assert [page.waiting for page in pages[1:]] == [[], []]
    assert (await queries.load_inbox(db, at.staff, NOON, search="Patient")).waiting == []


async def test_the_list_takes_as_many_queries_for_many_who_wait_as_for_one(database: Database) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        await several(db, at, 1)
    statements: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda _c, _cu, sql, *_: statements.append(sql))

    async def count() -> int:
        statements.clear()
        async with database.reading() as db:
            await waiting(db, at, NOON)
        return len(statements)

    few = await count()
    async with database.transaction() as db:
        await several(db, at, 20)
    assert await count() == few


async def test_one_message_goes_to_all_who_still_wait_and_a_repeat_to_nobody_again_g1(db: AsyncSession) -> None:
    at = await build_practice(db)
    threads = [thread for _, thread in await several(db, at, 3)]
    calm = at.conversation_id
    message = MessageToWaiting(id=uuid4(), text=" Vi är 10 minuter sena ", conversation_ids=[*threads, calm, threads[0]])
    assert [await write_to_waiting(db, at.staff, message, now=NOON) for _ in range(2)] == [3, 3]
    posted = (await db.scalars(select(Entry).where(Entry.kind == "message"))).all()
    assert {entry.conversation_id for entry in posted} == set(threads)
    assert {(entry.text, entry.author_name) for entry in posted} == {("Vi är 10 minuter sena", "Selma Testkvist")}
    logged = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "message.post")
    assert await db.scalar(logged) == 3


async def test_a_message_to_all_is_refused_whole_c3(db: AsyncSession) -> None:
    at, elsewhere = await build_practice(db), await build_practice(db)
    [(_, thread)] = await several(db, at, 1)
    await become_ready(db, elsewhere.patient, elsewhere.conversation_id, now=NOON)
    foreign = MessageToWaiting(id=uuid4(), text="hej", conversation_ids=[thread, elsewhere.conversation_id])
    with pytest.raises(NotFound):
        await write_to_waiting(db, at.staff, foreign, now=NOON)
    mine = MessageToWaiting(id=foreign.id, text="hej", conversation_ids=[thread])
    with pytest.raises(EmptyMessage):
        await write_to_waiting(db, at.staff, MessageToWaiting(id=mine.id, text="\u202e", conversation_ids=[thread]), now=NOON)
    assert "message" not in await kinds(db)
    await write_to_waiting(db, at.staff, mine, now=NOON)
    with pytest.raises(MessageIdTaken):
        await write_to_waiting(db, at.colleague, mine, now=NOON)


async def test_many_who_write_to_the_same_patients_at_once_neither_lock_each_other_out_nor_double_a6(
    database: Database,
) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        threads = [thread for _, thread in await several(db, at, 8)]
    messages = [MessageToWaiting(id=uuid4(), text="hej", conversation_ids=ids) for ids in (threads, threads[::-1])] * 3

    async def write(message: MessageToWaiting) -> int:
        async with database.transaction() as db:
            return await write_to_waiting(db, at.staff, message, now=NOON)

    assert await asyncio.gather(*(write(message) for message in messages)) == [8] * 6
    async with database.transaction() as db:
        assert (await kinds(db)).count("message") == 16


async def test_a_protected_patient_waits_without_whereabouts_d1b(db: AsyncSession) -> None:
    at = await build_practice(db, protected=True)
    await become_ready(db, at.patient, at.conversation_id, now=NOON)
    [item] = (await waiting(db, at)).waiting
    assert item.presence is not None
    assert item.presence.state == "hidden"
