"""Who reads and writes what in a call, and who is on everybody's stage."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from builders import NOON, build_practice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from invitations.conftest import PHONE, Visit
from sqlalchemy import select, update

from narvaro.audit.models import AuditEntry
from narvaro.auth.actors import Actor
from narvaro.calls import actions as call_actions
from narvaro.calls import attendance_actions, ring_actions
from narvaro.calls.message_actions import post_in_call
from narvaro.calls.queries import read_in_call
from narvaro.calls.rules import (
    MESSAGES_LATELY,
    MESSAGES_WITHIN,
    CallHasEnded,
    CallOfAnotherStaffMember,
    NotAnInterpreter,
    NotInCall,
    TooManyMessages,
)
from narvaro.calls.topics import load_messages
from narvaro.conversations.actions import mark_read, post_message
from narvaro.conversations.models import Entry
from narvaro.conversations.queries import load_inbox, page_before
from narvaro.conversations.rules import MessageIdTaken
from narvaro.conversations.schemas import NewMessage
from narvaro.db.session import Database
from narvaro.errors import NotFound
from narvaro.features import register_features
from narvaro.invitations import knock_actions
from narvaro.patients.models import Patient


def message(text: str) -> NewMessage:
    return NewMessage(id=uuid4(), text=text)


async def say(visit: Visit, who: Actor, text: str) -> Entry:
    return await post_in_call(visit.db, who, visit.call_id, message(text), now=NOON)


async def read(visit: Visit, who: Actor, *, since: int = 0) -> list[str | None] | None:
    entries = await read_in_call(visit.db, who, visit.call_id, since)
    return None if entries is None else [entry.text for entry in entries]


@pytest.fixture
async def talk(visit: Visit) -> Visit:
    """Staff and the patient are in the call."""
    ring_id = (await visit.see()).ring.id  # type: ignore[union-attr]
    await attendance_actions.join_call(visit.db, visit.at.staff, visit.call_id, device_id="desk-00001", now=NOON)
    await ring_actions.answer_ring(visit.db, visit.at.patient, ring_id, device_id=PHONE, now=NOON)
    return visit


async def test_a_guest_reads_what_is_for_the_call_from_their_entering_on_and_nothing_else_c3(talk: Visit) -> None:
    await say(talk, talk.at.staff, "före")
    guest = await talk.come_in()
    await say(talk, talk.at.staff, "till alla")
    await post_message(talk.db, talk.at.staff, talk.at.conversation_id, message("till patienten"), now=NOON)
    await say(talk, talk.at.patient, "också till alla")
    await say(talk, guest, "från gästen")
    assert await read(talk, guest) == ["till alla", "också till alla", "från gästen"]
    page = await page_before(talk.db, talk.at.conversation_id, None)
    assert [(entry.text, entry.audience) for entry in page.entries if entry.kind == "message"] == [
        ("före", "call"),
        ("till alla", "call"),
        ("till patienten", "patient"),
        ("också till alla", "call"),
        ("från gästen", "call"),
    ]


async def test_a_guests_numbers_do_not_tell_how_much_lies_between_c3(talk: Visit) -> None:
    guest = await talk.come_in()
    await say(talk, talk.at.staff, "ett")
    await post_message(talk.db, talk.at.staff, talk.at.conversation_id, message("hemligt"), now=NOON)
    mine = await say(talk, guest, "två")
    entries = await read_in_call(talk.db, guest, talk.call_id, 0)
    assert entries is not None
    assert [entry.seq for entry in entries] == [1, 2]
    assert await read(talk, guest, since=1) == ["två"]
    assert mine.call_seq == 2


async def test_before_entering_after_leaving_and_after_removal_there_is_nothing_c3(talk: Visit) -> None:
    _, token = await talk.invite()
    guest = await talk.knock(token)
    await say(talk, talk.at.staff, "till alla")
    assert await read(talk, guest) is None
    with pytest.raises(NotFound):
        await say(talk, guest, "utifrån")
    await knock_actions.admit(talk.db, talk.at.staff, guest.id, now=NOON)
    await say(talk, talk.at.staff, "välkommen")
    assert await read(talk, guest) == ["välkommen"]
    await attendance_actions.leave_call(talk.db, guest, talk.call_id, now=NOON)
    assert await read(talk, guest) is None
    with pytest.raises(NotInCall):
        await say(talk, guest, "efteråt")
    await attendance_actions.join_call(talk.db, guest, talk.call_id, device_id=PHONE, now=NOON)
    assert await read(talk, guest) == ["välkommen"]
    await knock_actions.remove(talk.db, talk.at.staff, guest.id, now=NOON)
    assert await read(talk, guest) is None
    assert await load_messages(talk.db, guest, talk.call_id, 0) is None
    with pytest.raises(NotFound):
        await say(talk, guest, "efter borttagning")


async def test_after_the_end_a_guest_reads_nothing_and_nobody_writes(talk: Visit) -> None:
    guest = await talk.come_in()
    sent = message("sist")
    entry = await post_in_call(talk.db, guest, talk.call_id, sent, now=NOON)
    await call_actions.end_call(talk.db, talk.at.staff, talk.call_id, now=NOON)
    assert await read(talk, guest) is None
    assert (await post_in_call(talk.db, guest, talk.call_id, sent, now=NOON)).id == entry.id
    for who in (guest, talk.at.staff, talk.at.patient):
        with pytest.raises(CallHasEnded):
            await say(talk, who, "för sent")


async def test_another_calls_guest_another_clinic_and_a_colleague_outside_get_nowhere_c3(talk: Visit) -> None:
    guest = await talk.come_in()
    elsewhere = await build_practice(talk.db)
    other = await call_actions.place_call(talk.db, elsewhere.staff, uuid4(), elsewhere.conversation_id, now=NOON)
    assert await read_in_call(talk.db, guest, other.id, 0) is None
    for stranger in (elsewhere.staff, elsewhere.patient):
        assert await read(talk, stranger) is None
        with pytest.raises(NotFound):
            await say(talk, stranger, "hej")
    with pytest.raises(NotFound):
        await post_in_call(talk.db, guest, other.id, message("hej"), now=NOON)
    with pytest.raises(NotInCall):
        await say(talk, talk.at.colleague, "hej")
    for insider in (talk.at.staff, talk.at.patient):
        assert await read(talk, insider) is None, "they have the conversation"


async def test_a_repeat_is_the_same_message_and_an_id_is_one_persons_and_one_audiences_g1(talk: Visit) -> None:
    guest = await talk.come_in()
    sent = message("en gång")
    first = await post_in_call(talk.db, guest, talk.call_id, sent, now=NOON)
    assert (await post_in_call(talk.db, guest, talk.call_id, sent, now=NOON)).seq == first.seq
    assert await read(talk, guest) == ["en gång"]
    with pytest.raises(MessageIdTaken):
        await post_in_call(talk.db, talk.at.staff, talk.call_id, sent, now=NOON)
    private = message("bara patienten")
    await post_message(talk.db, talk.at.staff, talk.at.conversation_id, private, now=NOON)
    with pytest.raises(MessageIdTaken):
        await post_in_call(talk.db, talk.at.staff, talk.call_id, private, now=NOON)
    assert await read(talk, guest) == ["en gång"]


async def test_a_guest_does_not_read_a_protected_name_d1b(talk: Visit) -> None:
    await talk.db.execute(update(Patient).values(has_protected_identity=True))
    guest = await talk.come_in()
    await say(talk, talk.at.patient, "hej")
    entries = await read_in_call(talk.db, guest, talk.call_id, 0)
    assert entries is not None
    assert [entry.author_name for entry in entries] == ["Patienten"]


async def test_a_guests_message_is_unread_for_both_sides_until_they_have_read_it(talk: Visit) -> None:
    guest = await talk.come_in()
    entry = await say(talk, guest, "hej")
    for reader in (talk.at.staff, talk.at.patient):
        assert (await load_inbox(talk.db, reader, NOON)).unread == 1
        await mark_read(talk.db, reader, talk.at.conversation_id, entry.seq, now=NOON)
        assert (await load_inbox(talk.db, reader, NOON)).unread == 0


async def test_nobody_floods_a_call(talk: Visit) -> None:
    guest = await talk.come_in()
    for number in range(MESSAGES_LATELY):
        await say(talk, guest, str(number))
    with pytest.raises(TooManyMessages):
        await say(talk, guest, "en till")
    later = NOON + MESSAGES_WITHIN + timedelta(seconds=1)
    await post_in_call(talk.db, guest, talk.call_id, message("senare"), now=later)
    await say(talk, talk.at.staff, "andra hindras inte")


async def test_writing_leaves_a_row_without_its_text_d1_d3(talk: Visit) -> None:
    guest = await talk.come_in()
    await say(talk, guest, "kanariefågel")
    row = (await talk.db.scalars(select(AuditEntry).order_by(AuditEntry.id.desc()).limit(1))).one()
    assert (row.actor_kind, row.actor_id, row.action) == ("guest", guest.id, "call.message.post")
    assert (row.object_id, row.patient_id) == (talk.call_id, talk.at.patient.id)


async def pinned(visit: Visit) -> list[str]:
    return [seat.name for seat in (await visit.see(visit.at.patient)).attendances if seat.is_pinned]


async def seat_id(visit: Visit, name: str) -> UUID:
    return next(seat.id for seat in (await visit.see()).attendances if seat.name == name)


async def test_staff_pin_an_interpreter_for_everybody_until_they_unpin(talk: Visit) -> None:
    await talk.come_in("Amira Tolk", role="interpreter")
    await talk.come_in("Tina Tecken", role="sign_language_interpreter", number="070-174 06 13")
    for name in ("Amira Tolk", "Tina Tecken"):
        await call_actions.pin(talk.db, talk.at.staff, talk.call_id, await seat_id(talk, name), now=NOON)
        assert await pinned(talk) == [name]
    await call_actions.pin(talk.db, talk.at.staff, talk.call_id, None, now=NOON)
    assert await pinned(talk) == []


async def test_a_pin_falls_when_the_person_leaves_and_does_not_come_back_with_them(talk: Visit) -> None:
    guest = await talk.come_in(role="interpreter")
    await call_actions.pin(talk.db, talk.at.staff, talk.call_id, await seat_id(talk, guest.name), now=NOON)
    await attendance_actions.leave_call(talk.db, guest, talk.call_id, now=NOON)
    assert await pinned(talk) == []
    await attendance_actions.join_call(talk.db, guest, talk.call_id, device_id=PHONE, now=NOON)
    assert await pinned(talk) == []


async def test_only_the_calls_own_staff_pin_and_only_interpreters_who_are_there_c3(talk: Visit) -> None:
    await talk.come_in(role="relative")
    relative = await seat_id(talk, "Amira Tolk")
    patient = await seat_id(talk, "Sofia Gunnarsson")
    for attendance_id in (relative, patient):
        with pytest.raises(NotAnInterpreter):
            await call_actions.pin(talk.db, talk.at.staff, talk.call_id, attendance_id, now=NOON)
    with pytest.raises(NotFound):
        await call_actions.pin(talk.db, talk.at.staff, talk.call_id, uuid4(), now=NOON)
    with pytest.raises(CallOfAnotherStaffMember):
        await call_actions.pin(talk.db, talk.at.colleague, talk.call_id, None, now=NOON)
    with pytest.raises(NotFound):
        await call_actions.pin(talk.db, (await build_practice(talk.db)).staff, talk.call_id, None, now=NOON)
    await call_actions.end_call(talk.db, talk.at.staff, talk.call_id, now=NOON)
    with pytest.raises(CallHasEnded):
        await call_actions.pin(talk.db, talk.at.staff, talk.call_id, None, now=NOON)


STEPS = st.lists(st.sampled_from(["to all", "to all", "to patient", "guest", "leave", "join", "remove"]), max_size=14)


@dataclass
class Told:
    """What the guest should be able to read, kept apart from the product."""

    all: list[str] = field(default_factory=list)
    is_in: bool = True
    is_removed: bool = False


async def take(visit: Visit, guest: Actor, told: Told, step: str, text: str) -> None:
    match step:
        case "to all":
            await say(visit, visit.at.staff, text)
            told.all.append(text)
        case "to patient":
            await post_message(visit.db, visit.at.staff, visit.at.conversation_id, message(text), now=NOON)
        case "guest" if told.is_in:
            await say(visit, guest, text)
            told.all.append(text)
        case "leave" if told.is_in:
            await attendance_actions.leave_call(visit.db, guest, visit.call_id, now=NOON)
            told.is_in = False
        case "join" if not told.is_removed:
            await attendance_actions.join_call(visit.db, guest, visit.call_id, device_id=PHONE, now=NOON)
            told.is_in = True
        case "remove" if not told.is_removed:
            await knock_actions.remove(visit.db, visit.at.staff, guest.id, now=NOON)
            told.is_in, told.is_removed = False, True


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_a_guest_who_is_in_reads_everything_for_the_call_and_others_nothing_c3_g1(
    database_url: str, steps: list[str]
) -> None:
    async def run() -> None:
        register_features()
        database = Database(database_url, pool_size=1)
        async with database.transaction() as db:
            at = await build_practice(db)
            call = await call_actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
            visit = Visit(db, at, call.id)
            await attendance_actions.join_call(db, at.staff, call.id, device_id="desk-00001", now=NOON)
            await say(visit, at.staff, "före")
            guest, told = await visit.come_in(), Told()
            for number, step in enumerate(steps):
                await take(visit, guest, told, step, f"{step} {number}")
                assert await read(visit, guest) == (told.all if told.is_in else None)
        await database.close()

    asyncio.run(run())
