"""What a clinic's administrators read of the access log, and that they are read about as well (D1, D2)."""

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_patient, build_practice
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.audit.models import AuditEntry
from narvaro.audit.words import WORDS
from narvaro.auth.actors import Actor, system_of
from narvaro.conversations.rules import EmptyMessage
from narvaro.errors import Malformed, NotFound
from narvaro.oversight import actions, queries, rules
from narvaro.oversight.models import SpotCheck
from narvaro.oversight.queries import PAGE, Filter

WEB_WORDS = Path(__file__).parents[3] / "web" / "src" / "features" / "oversight" / "words.ts"
OCTOBER = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
async def at(db: AsyncSession) -> Practice:
    return await build_practice(db)


async def access(db: AsyncSession, who: Actor, whose: Actor | None, action: str = "call.open", *, now: datetime = NOON) -> None:
    await record_access(db, who, action, patient_id=whose.id if whose else None, object_id=uuid4(), now=now)


async def read(db: AsyncSession, at: Practice, **wanted: Any) -> list[tuple[str | None, str]]:
    page = await actions.read_log(db, at.colleague, Filter(**wanted), now=NOON)
    return [(row.who, row.action) for row in page.items]


async def last_row(db: AsyncSession) -> tuple[str, UUID, UUID | None]:
    query = select(AuditEntry.action, AuditEntry.actor_id, AuditEntry.patient_id).order_by(AuditEntry.id.desc()).limit(1)
    action, actor_id, patient_id = (await db.execute(query)).one()
    return action, actor_id, patient_id


async def test_the_log_can_be_asked_by_person_patient_action_and_period_d2(db: AsyncSession, at: Practice) -> None:
    other = await build_patient(db, at.clinic_id, "Erik Lind")
    await access(db, at.staff, at.patient, now=OCTOBER)
    await access(db, at.staff, other, "call.ring", now=OCTOBER + timedelta(days=1))
    await access(db, system_of(at.clinic_id), other, "call.end.abandoned", now=OCTOBER + timedelta(days=2))
    month = {"since": date(2026, 10, 1), "until": date(2026, 10, 31)}
    selma = ("Selma Testkvist", "call.ring")
    assert await read(db, at, **month) == [(None, "call.end.abandoned"), selma, ("Selma Testkvist", "call.open")]
    assert await read(db, at, staff=at.staff.id, patient=other.id) == [selma]
    assert await read(db, at, action="call.ring", **month) == [selma]
    assert await read(db, at, since=date(2026, 10, 16), until=date(2026, 10, 16)) == [selma]
    assert await read(db, at, staff=uuid4()) == []


async def test_a_day_is_the_clinics_day(db: AsyncSession, at: Practice) -> None:
    """Stockholm is two hours ahead of UTC in October."""
    await access(db, at.staff, at.patient, now=datetime(2026, 10, 15, 22, 30, tzinfo=UTC))
    assert await read(db, at, since=date(2026, 10, 15), until=date(2026, 10, 15)) == []
    assert len(await read(db, at, since=date(2026, 10, 16), until=date(2026, 10, 16))) == 1
    with pytest.raises(Malformed):
        await read(db, at, until=date.max)


async def test_pages_follow_each_other_without_gap_or_repeat(db: AsyncSession, at: Practice) -> None:
    for number in range(2 * PAGE + 5):
        await access(db, at.staff, at.patient, now=OCTOBER + timedelta(minutes=number // 3))
    wanted = Filter(since=date(2026, 10, 15), until=date(2026, 10, 15))
    seen: list[int] = []
    cursor = None
    while cursor is not None or not seen:
        page = await actions.read_log(db, at.colleague, wanted, before=cursor, now=NOON)
        seen += [row.id for row in page.items]
        cursor = page.next
        await access(db, at.staff, at.patient, now=OCTOBER + timedelta(hours=2))  # what is added meanwhile moves nothing
    assert len(seen) == len(set(seen)) == 2 * PAGE + 5
    assert seen == sorted(seen, reverse=True)
    for wrong in ("x", "MjAyNi0xMC0xNVQxMjowMCAtMQ==", "MjAyNi0xMC0xNVQxMjowMCA5OTk5OTk5OTk5OTk5OTk5OTk5OQ=="):
        with pytest.raises(Malformed):
            await actions.read_log(db, at.colleague, wanted, before=wrong, now=NOON)


async def test_reading_the_log_is_logged_with_whose_part_was_read_d2(db: AsyncSession, at: Practice) -> None:
    await read(db, at)
    assert await last_row(db) == ("audit.read", at.colleague.id, None)
    await read(db, at, patient=at.patient.id)
    assert await last_row(db) == ("audit.read", at.colleague.id, at.patient.id)


async def test_another_clinics_log_is_not_read_c3(db: AsyncSession, at: Practice) -> None:
    theirs = await build_practice(db, name="En annan")
    await access(db, theirs.staff, theirs.patient)
    assert await read(db, at, staff=theirs.staff.id) == []
    assert await read(db, at, patient=theirs.patient.id) == []
    assert [each.name for each in await queries.list_colleagues(db, at.colleague)] == ["Anna Lindqvist", "Selma Testkvist"]


async def fill(db: AsyncSession, at: Practice, count: int) -> None:
    for number in range(count):
        await access(db, at.staff, at.patient, now=OCTOBER + timedelta(minutes=number))
    await access(db, at.patient, at.patient, now=OCTOBER)
    await access(db, at.staff, None, "patients.search", now=OCTOBER)


async def test_a_spot_check_is_drawn_once_and_can_be_drawn_again_by_anybody_d2(db: AsyncSession, at: Practice) -> None:
    await fill(db, at, 60)
    drawn = await actions.draw_spot_check(db, at.colleague, None, now=NOON)
    assert (await last_row(db))[:2] == ("audit.spot_check.draw", at.colleague.id)
    assert (drawn.summary.month, drawn.summary.size, drawn.summary.population) == ("2026-10", rules.SAMPLE, 60)
    assert {(row.who, row.kind) for row in drawn.items} == {("Selma Testkvist", "staff")}
    start, end = datetime(2026, 9, 30, 22, tzinfo=UTC), datetime(2026, 10, 31, 23, tzinfo=UTC)
    of_staff = (AuditEntry.actor_kind == "staff", AuditEntry.patient_id.is_not(None), AuditEntry.at.between(start, end))
    rows = await db.scalars(select(AuditEntry.id).where(AuditEntry.clinic_id == at.clinic_id, *of_staff))
    by_lot = sorted(rows, key=lambda id_: hashlib.sha256(f"{drawn.summary.seed}:{id_}".encode()).digest())
    assert {row.id for row in drawn.items} == set(by_lot[: rules.SAMPLE])
    again = await actions.draw_spot_check(db, at.colleague, "2026-10", now=NOON)
    assert again == drawn
    assert (await last_row(db))[0] == "audit.spot_check.read"
    assert await queries.draw(db, at.clinic_id, date(2026, 10, 1), drawn.summary.seed) == (60, by_lot[: rules.SAMPLE])


async def test_other_seeds_draw_others(db: AsyncSession, at: Practice) -> None:
    await fill(db, at, 60)
    drawn = [frozenset((await queries.draw(db, at.clinic_id, date(2026, 10, 1), seed))[1]) for seed in "abcdefgh"]
    assert len(set(drawn)) == len(drawn)


async def test_only_a_month_that_is_over_is_drawn(db: AsyncSession, at: Practice) -> None:
    for wanted in ("2026-11", "2027-01"):
        with pytest.raises(rules.MonthNotOver):
            await actions.draw_spot_check(db, at.colleague, wanted, now=NOON)
    for wanted in ("2026-13", "1999-01", "x", ""):
        with pytest.raises(Malformed):
            await actions.draw_spot_check(db, at.colleague, wanted, now=NOON)
    last_night = datetime(2026, 11, 30, 23, 30, tzinfo=UTC)
    assert (await actions.draw_spot_check(db, at.colleague, None, now=last_night)).summary.month == "2026-11"


async def test_a_spot_check_is_reviewed_once_with_a_note_and_logged_d2(db: AsyncSession, at: Practice) -> None:
    await fill(db, at, 3)
    drawn = await actions.draw_spot_check(db, at.colleague, None, now=NOON)
    assert (await queries.list_spot_checks(db, at.colleague, NOON)).due is None
    with pytest.raises(EmptyMessage):
        await actions.review_spot_check(db, at.colleague, drawn.summary.id, " \u202e", now=NOON)
    told = await actions.review_spot_check(db, at.colleague, drawn.summary.id, "Inget att anmärka.", now=NOON)
    assert (told.summary.reviewed_by, told.summary.note) == ("Anna Lindqvist", "Inget att anmärka.")
    assert (await last_row(db))[0] == "audit.spot_check.review"
    with pytest.raises(rules.SpotCheckReviewed):
        await actions.review_spot_check(db, at.colleague, drawn.summary.id, "Jo", now=NOON)
    listed = await queries.list_spot_checks(db, at.colleague, NOON)
    assert [(each.month, each.note) for each in listed.items] == [("2026-10", "Inget att anmärka.")]


async def test_what_is_due_is_the_last_month_and_another_clinics_spot_check_is_not_there_c3(
    db: AsyncSession, at: Practice
) -> None:
    theirs = await build_practice(db, name="En annan")
    drawn = await actions.draw_spot_check(db, theirs.colleague, None, now=NOON)
    assert (await queries.list_spot_checks(db, at.colleague, NOON)).due == "2026-10"
    with pytest.raises(NotFound):
        await actions.read_spot_check(db, at.colleague, drawn.summary.id, now=NOON)
    with pytest.raises(NotFound):
        await actions.review_spot_check(db, at.colleague, drawn.summary.id, "x", now=NOON)
    assert await db.scalar(select(SpotCheck.reviewed_at).where(SpotCheck.id == drawn.summary.id)) is None


def test_the_page_has_the_same_words_for_every_action() -> None:
    """`"call.open": () => i18n.t("…")`."""
    found = dict(re.findall(r'"([a-z_.]+)": \(\) => i18n\.t\("([^"]+)"\)', WEB_WORDS.read_text(encoding="utf-8")))
    assert found == WORDS
