"""The log: gap-free, idempotent, counted, and only for those it belongs to."""

import asyncio
from uuid import uuid4

import pytest
from builders import NOON, build_patient, build_practice
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.models import AuditEntry
from narvaro.conversations import actions, queries
from narvaro.conversations.models import Entry
from narvaro.conversations.rules import EmptyMessage, MessageIdTaken
from narvaro.conversations.schemas import NewMessage
from narvaro.conversations.topics import record_following
from narvaro.db.session import Database
from narvaro.errors import Malformed, NotFound


async def test_a_repeated_message_is_stored_once(db: AsyncSession) -> None:
    at = await build_practice(db)
    message = NewMessage(id=uuid4(), text="Hej")
    first = await actions.post_message(db, at.patient, at.conversation_id, message, now=NOON)
    again = await actions.post_message(db, at.patient, at.conversation_id, message, now=NOON)
    assert (first.seq, again.seq) == (1, 1)
    assert await db.scalar(select(func.count()).select_from(Entry)) == 1


async def test_somebody_elses_message_id_is_refused(db: AsyncSession) -> None:
    at = await build_practice(db)
    message = NewMessage(id=uuid4(), text="Hej")
    await actions.post_message(db, at.patient, at.conversation_id, message, now=NOON)
    with pytest.raises(MessageIdTaken):
        await actions.post_message(db, at.staff, at.conversation_id, message, now=NOON)


async def test_a_message_of_only_invisible_characters_is_refused(db: AsyncSession) -> None:
    at = await build_practice(db)
    with pytest.raises(EmptyMessage):
        await actions.post_message(db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text=" \u202e\n\x00"), now=NOON)


async def test_concurrent_writers_leave_no_gap(database: Database) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)

    async def post(number: int) -> None:
        async with database.transaction() as db:
            author = at.staff if number % 2 else at.patient
            await actions.post_message(db, author, at.conversation_id, NewMessage(id=uuid4(), text=f"nr {number}"), now=NOON)

    await asyncio.gather(*(post(number) for number in range(20)))
    async with database.transaction() as db:
        seqs = list(await db.scalars(select(Entry.seq).order_by(Entry.seq)))
    assert seqs == list(range(1, 21))


async def test_unread_counts_the_other_sides_messages_per_staff_member(db: AsyncSession) -> None:
    at = await build_practice(db)
    for text in ("ett", "två", "tre"):
        await actions.post_message(db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text=text), now=NOON)
    await actions.post_message(db, at.staff, at.conversation_id, NewMessage(id=uuid4(), text="svar"), now=NOON)
    await actions.mark_read(db, at.staff, at.conversation_id, 2, now=NOON)
    mine = await queries.load_inbox(db, at.staff, NOON)
    colleagues = await queries.load_inbox(db, at.colleague, NOON)
    patients = await queries.load_inbox(db, at.patient, NOON)
    assert [page.items[0].unread for page in (mine, colleagues, patients)] == [1, 3, 1]


async def test_a_read_mark_never_moves_back_nor_past_the_log(db: AsyncSession) -> None:
    at = await build_practice(db)
    await actions.post_message(db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text="ett"), now=NOON)
    await actions.mark_read(db, at.staff, at.conversation_id, 99, now=NOON)
    await actions.mark_read(db, at.staff, at.conversation_id, 0, now=NOON)
    snapshot = await queries.load_snapshot(db, at.staff, at.conversation_id, NOON)
    assert snapshot.my_read_seq == 1
    assert (await queries.load_snapshot(db, at.patient, at.conversation_id, NOON)).others_read_seq == 1


async def test_a_conversation_is_not_found_from_another_clinic_or_by_another_patient_c3(db: AsyncSession) -> None:
    at = await build_practice(db)
    elsewhere = await build_practice(db)
    other = await build_patient(db, at.clinic_id, "Erik Lind")
    for actor in (elsewhere.staff, elsewhere.patient, other):
        with pytest.raises(NotFound):
            await actions.open_conversation(db, actor, at.conversation_id, now=NOON)
        with pytest.raises(NotFound):
            await actions.post_message(db, actor, at.conversation_id, NewMessage(id=uuid4(), text="x"), now=NOON)


async def test_opening_leaves_an_audit_row_with_the_patient_d1(db: AsyncSession) -> None:
    at = await build_practice(db)
    await actions.open_conversation(db, at.staff, at.conversation_id, now=NOON)
    row = (await db.scalars(select(AuditEntry).where(AuditEntry.action == "conversation.open"))).one()
    assert (row.actor_id, row.patient_id, row.object_id) == (at.staff.id, at.patient.id, at.conversation_id)


async def test_following_the_log_over_a_socket_leaves_one_too_d1(db: AsyncSession) -> None:
    practice = await build_practice(db)
    await record_following(db, practice.staff, practice.conversation_id)
    row = (await db.scalars(select(AuditEntry).where(AuditEntry.action == "conversation.follow"))).one()
    assert (row.actor_id, row.patient_id, row.object_id) == (
        practice.staff.id,
        practice.patient.id,
        practice.conversation_id,
    )


async def test_starting_again_gives_the_lasting_conversation(db: AsyncSession) -> None:
    at = await build_practice(db)
    assert await actions.start_conversation(db, at.patient, at.patient.id, now=NOON) == at.conversation_id
    with pytest.raises(NotFound):
        await actions.start_conversation(db, at.patient, (await build_patient(db, at.clinic_id, "X Y")).id, now=NOON)


async def test_pages_meet_without_gap_or_overlap_both_ways(db: AsyncSession) -> None:
    at = await build_practice(db)
    for number in range(120):
        await actions.post_message(db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text=str(number)), now=NOON)
    newest = await queries.page_before(db, at.conversation_id, None)
    older = await queries.page_before(db, at.conversation_id, newest.entries[0].seq)
    oldest = await queries.page_before(db, at.conversation_id, older.entries[0].seq)
    assert [entry.seq for page in (oldest, older, newest) for entry in page.entries] == list(range(1, 121))
    assert [page.has_older for page in (oldest, older, newest)] == [False, True, True]
    after = await queries.page_after(db, at.conversation_id, 70)
    assert [entry.seq for entry in after.entries] == list(range(71, 121))


async def test_the_list_holds_no_message_text_d1b(db: AsyncSession) -> None:
    at = await build_practice(db)
    await actions.post_message(db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text="hemligt"), now=NOON)
    assert "hemligt" not in repr(await queries.load_inbox(db, at.staff, NOON))


async def test_a_protected_patient_has_no_whereabouts_d1b(db: AsyncSession) -> None:
    at = await build_practice(db, protected=True)
    await actions.note_whereabouts(db, at.patient, NOON)
    snapshot = await queries.load_snapshot(db, at.staff, at.conversation_id, NOON)
    assert snapshot.presence is not None
    assert (snapshot.presence.state, snapshot.presence.last_at) == ("hidden", None)


async def test_the_list_pages_and_refuses_a_foreign_cursor(db: AsyncSession) -> None:
    at = await build_practice(db)
    for number in range(55):
        patient = await build_patient(db, at.clinic_id, f"Patient {number:02}")
        await actions.start_conversation(db, at.staff, patient.id, now=NOON)
    first = await queries.load_inbox(db, at.staff, NOON)
    rest = await queries.load_inbox(db, at.staff, NOON, before=first.next)
    assert (len(first.items), len(rest.items), rest.next) == (50, 6, None)
    assert not {item.id for item in first.items} & {item.id for item in rest.items}
    with pytest.raises(Malformed):
        await queries.load_inbox(db, at.staff, NOON, before="no cursor")
