"""A ring that climbs to a text: when, to whom, how long it rings then, and what staff read of it."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_practice
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.models import AuditEntry
from narvaro.auth.tokens import hash_token
from narvaro.calls import actions, queries, ring_actions
from narvaro.calls.ladder.actions import Open, climb
from narvaro.calls.ladder.phone import take_to_phone
from narvaro.calls.ladder.texts import compose_ring, open_link
from narvaro.calls.models import Ring
from narvaro.calls.rules import CallOfAnotherStaffMember
from narvaro.calls.schemas import RingSnapshot
from narvaro.clinics.models import Clinic
from narvaro.conversations.models import Entry
from narvaro.errors import NotFound
from narvaro.features import register_features
from narvaro.patients.models import Patient
from narvaro.patients.rules import NoNumberKnown
from narvaro.sms import DeliveryReceipt
from narvaro.sms.actions import note_receipt
from narvaro.sms.links import link_token
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import Stationery

NUMBER = "+46701740605"
LETTERHEAD = Stationery("https://vard.example", "s" * 32)
TEN, TWO_MINUTES = timedelta(seconds=10), timedelta(seconds=120)


@pytest.fixture
async def at(db: AsyncSession) -> Practice:
    """Sofia's number is verified, and she has agreed."""
    register_features()
    at = await build_practice(db)
    patient = await db.get_one(Patient, at.patient.id)
    patient.number, patient.has_text_agreement = NUMBER, True
    await db.flush()
    return at


async def place(db: AsyncSession, at: Practice) -> tuple[UUID, UUID]:
    call = await actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
    return call.id, call.ring_id


async def ring_of(db: AsyncSession, at: Practice, call_id: UUID) -> RingSnapshot:
    ring = (await queries.load_call(db, at.staff, call_id)).ring
    assert ring is not None
    return ring


async def rungs(db: AsyncSession, at: Practice, call_id: UUID) -> list[tuple[str, str]]:
    return [(rung.kind, rung.state) for rung in (await ring_of(db, at, call_id)).rungs]


async def texts(db: AsyncSession) -> list[TextMessage]:
    return list(await db.scalars(select(TextMessage).execution_options(populate_existing=True)))


async def climb_after(db: AsyncSession, at: Practice, ring_id: UUID, seconds: float, *, has_gateway: bool = True) -> None:
    await climb(db, at.clinic_id, ring_id, Open(push=True, sms=has_gateway), now=NOON + timedelta(seconds=seconds))


async def jobs(db: AsyncSession, name: str) -> int:
    count = await db.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE task_name = :name"), {"name": name})
    return int(count or 0)


async def test_after_ten_seconds_unseen_one_text_goes_and_the_ring_lasts_two_minutes(db: AsyncSession, at: Practice) -> None:
    call_id, ring_id = await place(db, at)
    await climb_after(db, at, ring_id, 9)
    assert await rungs(db, at, call_id) == []
    for seconds in (10, 10.5, 60):
        await climb_after(db, at, ring_id, seconds)
    assert [(one.number, one.purpose, one.call_id) for one in await texts(db)] == [(NUMBER, "ring", call_id)]
    ring = await ring_of(db, at, call_id)
    assert ring.expires_at == NOON + TWO_MINUTES
    assert await rungs(db, at, call_id) == [("sms", "asked")]
    await ring_actions.let_ring_expire(db, at.patient, ring_id, now=NOON + timedelta(seconds=45))
    assert (await ring_of(db, at, call_id)).status == "ringing"
    await ring_actions.let_ring_expire(db, at.patient, ring_id, now=NOON + TWO_MINUTES)
    assert (await ring_of(db, at, call_id)).status == "missed"


async def test_a_clinic_decides_how_long_it_rings_and_when_it_climbs(db: AsyncSession, at: Practice) -> None:
    clinic = await db.get_one(Clinic, at.clinic_id)
    clinic.ring_seconds, clinic.ring_with_text_seconds, clinic.text_after_seconds = 30, 90, 20
    call_id, ring_id = await place(db, at)
    assert (await ring_of(db, at, call_id)).expires_at == NOON + timedelta(seconds=30)
    await climb_after(db, at, ring_id, 19)
    assert await texts(db) == []
    await climb_after(db, at, ring_id, 20)
    assert (await ring_of(db, at, call_id)).expires_at == NOON + timedelta(seconds=90)


async def test_no_text_goes_once_a_screen_has_shown_it_or_a_minute_was_asked(db: AsyncSession, at: Practice) -> None:
    call_id, ring_id = await place(db, at)
    await ring_actions.note_delivered(db, at.patient, ring_id, seen=True, now=NOON)
    await climb_after(db, at, ring_id, 12)
    assert await texts(db) == []
    assert (await ring_of(db, at, call_id)).expires_at == NOON + timedelta(seconds=45)


async def test_an_open_but_unseen_app_does_not_stop_the_text(db: AsyncSession, at: Practice) -> None:
    _, ring_id = await place(db, at)
    await ring_actions.note_delivered(db, at.patient, ring_id, seen=False, now=NOON)
    await climb_after(db, at, ring_id, 12)
    assert len(await texts(db)) == 1


@pytest.mark.parametrize("fact", ["number", "agreement", "gateway", "protected"])
async def test_without_number_agreement_or_gateway_it_stays_in_the_app(db: AsyncSession, at: Practice, fact: str) -> None:
    patient = await db.get_one(Patient, at.patient.id)
    patient.number = None if fact == "number" else NUMBER
    patient.has_text_agreement = fact != "agreement"
    patient.has_protected_identity = fact == "protected"
    call_id, ring_id = await place(db, at)
    await climb_after(db, at, ring_id, 12, has_gateway=fact != "gateway")
    assert await texts(db) == []
    assert await rungs(db, at, call_id) == []
    assert await jobs(db, "calls.climb") == (1 if fact == "gateway" else 0)


async def test_a_protected_identity_that_allows_it_gets_the_text_d1b(db: AsyncSession, at: Practice) -> None:
    patient = await db.get_one(Patient, at.patient.id)
    patient.has_protected_identity = patient.may_reach_protected = True
    _, ring_id = await place(db, at)
    await climb_after(db, at, ring_id, 12)
    assert len(await texts(db)) == 1


async def test_ringing_again_within_a_minute_says_why_no_text_went_b8(db: AsyncSession, at: Practice) -> None:
    call_id, ring_id = await place(db, at)
    await climb_after(db, at, ring_id, 10)
    await ring_actions.decline_ring(db, at.patient, ring_id, now=NOON + timedelta(seconds=20))
    await actions.ring_again(db, at.staff, call_id, now=NOON + timedelta(seconds=30))
    again = await ring_of(db, at, call_id)
    await climb_after(db, at, again.id, 41)
    told = (await ring_of(db, at, call_id)).rungs
    assert [(rung.kind, rung.state, rung.why) for rung in told] == [("sms", "failed", "sms-too-soon")]
    assert len(await texts(db)) == 1
    assert (await ring_of(db, at, call_id)).expires_at == NOON + timedelta(seconds=75)


async def test_the_text_is_not_written_once_the_ring_is_over(db: AsyncSession, at: Practice) -> None:
    _, ring_id = await place(db, at)
    await climb_after(db, at, ring_id, 10)
    (queued,) = await texts(db)
    composed = await compose_ring(db, queued, LETTERHEAD)
    assert composed is not None
    token = link_token(LETTERHEAD.link_secret, queued.id, queued.salt)
    assert composed.words == f"Region Testköping: Vården ringer dig nu på video: https://vard.example/r#{token}"
    await ring_actions.decline_ring(db, at.patient, ring_id, now=NOON + timedelta(seconds=11))
    assert await compose_ring(db, queued, LETTERHEAD) is None


async def test_staff_read_sent_delivered_opened_and_the_missed_call_keeps_it(db: AsyncSession, at: Practice) -> None:
    call_id, ring_id = await place(db, at)
    await climb_after(db, at, ring_id, 10)
    (sent,) = await texts(db)
    await compose_ring(db, sent, LETTERHEAD)
    await sending(db, sent)
    token = link_token(LETTERHEAD.link_secret, sent.id, sent.salt)
    assert await rungs(db, at, call_id) == [("sms", "delivered")]
    whose, page = await open_link(db, token, now=NOON + timedelta(seconds=20))
    slug = (await db.get_one(Clinic, at.clinic_id)).slug
    assert (whose, page) == (at.patient.id, f"/patient/{slug}/conversations/{at.conversation_id}?ring={ring_id}")
    assert await rungs(db, at, call_id) == [("sms", "opened")]
    await ring_actions.let_ring_expire(db, at.patient, ring_id, now=NOON + TWO_MINUTES)
    entry = await db.scalar(select(Entry).where(Entry.kind == "ring_missed"))
    assert entry is not None
    assert entry.facts is not None
    assert [(rung["kind"], rung["state"]) for rung in entry.facts["rungs"]] == [("sms", "opened")]


async def sending(db: AsyncSession, row: TextMessage) -> None:
    row.status, row.gateway, row.sent_at = "sent", "memory", NOON + TEN
    await db.flush()
    await note_receipt(db, "memory", row.id, DeliveryReceipt("delivered"), now=NOON + timedelta(seconds=12))


async def test_a_link_that_is_opened_late_still_leads_there_and_notes_nothing(db: AsyncSession, at: Practice) -> None:
    call_id, ring_id = await place(db, at)
    ring = await db.get_one(Ring, ring_id)
    ring.link_hash = hash_token("t" * 32)
    await actions.end_call(db, at.staff, call_id, now=NOON)
    await open_link(db, "t" * 32, now=NOON + timedelta(hours=1))
    assert await rungs(db, at, call_id) == []
    with pytest.raises(NotFound):
        await open_link(db, "u" * 32, now=NOON)


async def test_by_telephone_the_ring_ends_kindly_and_the_look_at_the_number_is_logged_d1(
    db: AsyncSession, at: Practice
) -> None:
    call_id, ring_id = await place(db, at)
    assert await take_to_phone(db, at.staff, call_id, now=NOON + TEN) == NUMBER
    ring = await ring_of(db, at, call_id)
    assert (ring.status, [(rung.kind, rung.state) for rung in ring.rungs]) == ("cancelled", [("phone", "called")])
    await climb_after(db, at, ring_id, 12)
    assert await texts(db) == []
    assert await take_to_phone(db, at.staff, call_id, now=NOON + TEN) == NUMBER
    assert list(await db.scalars(select(Entry.kind))) == ["ring_phoned"]
    assert await db.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "ring.phone")) == 2


async def test_only_those_in_the_call_see_the_number_and_none_is_made_up(db: AsyncSession, at: Practice) -> None:
    call_id, _ = await place(db, at)
    with pytest.raises(CallOfAnotherStaffMember):
        await take_to_phone(db, at.colleague, call_id, now=NOON)
    (await db.get_one(Patient, at.patient.id)).number = None
    assert not (await ring_of(db, at, call_id)).may_phone
    with pytest.raises(NoNumberKnown):
        await take_to_phone(db, at.staff, call_id, now=NOON)
