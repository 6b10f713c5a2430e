"""The chain over the access log, and what it finds (D2)."""

import asyncio
import re
from argparse import Namespace
from datetime import datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from builders import NOON, Practice, build_practice
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro import auditing
from narvaro.audit import seals
from narvaro.audit.actions import record_access
from narvaro.audit.models import AuditEntry, AuditSeal
from narvaro.audit.words import WORDS
from narvaro.auth.actors import Actor, ActorKind
from narvaro.db.session import Database

CODE = Path(auditing.__file__).parent
OFF, ON = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"
"""What somebody who owns the database could do."""


@pytest.fixture
async def at(db: AsyncSession) -> Practice:
    return await build_practice(db)


async def write(db: AsyncSession, at: Practice, count: int = 3, *, now: datetime = NOON) -> None:
    for _ in range(count):
        await record_access(db, at.staff, "call.open", patient_id=at.patient.id, object_id=uuid4(), now=now)


async def sealed(db: AsyncSession, at: Practice, *, times: int = 3) -> None:
    for minute in range(times):
        await write(db, at)
        assert await seals.seal(db, now=NOON + timedelta(minutes=minute)) is not None


async def faults(db: AsyncSession) -> list[str]:
    return (await seals.verify(db, now=NOON + timedelta(minutes=5))).faults


async def test_a_log_that_nobody_has_touched_is_as_it_was_written(db: AsyncSession, at: Practice) -> None:
    await sealed(db, at)
    await write(db, at, 2)
    verdict = await seals.verify(db, now=NOON + timedelta(minutes=5))
    assert (verdict.faults, verdict.seals, verdict.unsealed) == ([], 3, 2)
    assert verdict.rows == await db.scalar(select(func.count()).select_from(AuditEntry)) - 2  # type: ignore[operator]


async def test_nothing_new_needs_no_seal(db: AsyncSession, at: Practice) -> None:
    await sealed(db, at, times=1)
    assert await seals.seal(db, now=NOON) is None


@pytest.mark.parametrize(
    ("crime", "found"),
    [
        ("UPDATE audit_entries SET action = 'call.ring' WHERE id = :middle", "changed"),
        ("UPDATE audit_entries SET actor_id = patient_id WHERE id = :middle", "changed"),
        ("UPDATE audit_entries SET at = at + interval '1 second' WHERE id = :middle", "changed"),
        ("UPDATE audit_entries SET patient_id = NULL WHERE id = :middle", "changed"),
        ("DELETE FROM audit_entries WHERE id = :middle", "1 rows are missing"),
        (
            "INSERT INTO audit_entries OVERRIDING SYSTEM VALUE SELECT id - 1000, at, clinic_id, actor_kind, actor_id,"
            " action, patient_id, object_id FROM audit_entries WHERE id = :middle",
            "1 rows were put in",
        ),
        ("DELETE FROM audit_seals WHERE number = 2", "a seal before it is missing"),
        ("UPDATE audit_seals SET sealed_at = sealed_at + interval '1 hour' WHERE number = 2", "changed"),
        ("UPDATE audit_seals SET hash = sha256('x') WHERE number = 1", "changed"),
    ],
)
async def test_a_changed_missing_or_inserted_row_is_found_d2(db: AsyncSession, at: Practice, crime: str, found: str) -> None:
    await db.execute(text("SELECT setval(seq, nextval(seq) + 9999) FROM pg_get_serial_sequence('audit_entries', 'id') seq"))
    await sealed(db, at)
    middle = await db.scalar(select(func.max(AuditEntry.id))) - 4  # type: ignore[operator]
    await db.execute(text(OFF))
    await db.execute(text(crime), {"middle": middle} if ":middle" in crime else {})
    await db.execute(text(ON))
    told = await faults(db)
    assert told
    assert found in told[0]


async def test_a_tail_cut_off_and_written_anew_is_found_by_the_seal_kept_elsewhere_d2(db: AsyncSession, at: Practice) -> None:
    await sealed(db, at)
    verdict = await seals.verify(db, now=NOON)
    assert verdict.last is not None
    kept = (verdict.last.number, verdict.last.hash.hex())
    await db.execute(text(OFF))
    await db.execute(text("DELETE FROM audit_entries WHERE id > (SELECT to_id FROM audit_seals WHERE number = 2)"))
    await db.execute(text("DELETE FROM audit_seals WHERE number = 3"))
    await db.execute(text(ON))
    db.expunge_all()
    assert await faults(db) == []
    assert (await seals.verify(db, now=NOON, kept=kept)).faults == ["Seal 3, which was written down, is missing."]
    await write(db, at)
    await seals.seal(db, now=NOON + timedelta(minutes=2))
    assert (await seals.verify(db, now=NOON, kept=kept)).faults == ["Seal 3 is not the one that was written down."]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entries SET action = 'x'",
        "DELETE FROM audit_entries",
        "TRUNCATE audit_entries",
        "UPDATE audit_seals SET count = 0",
        "DELETE FROM audit_seals",
        "TRUNCATE audit_seals",
    ],
)
async def test_the_database_refuses_to_change_the_log_d2(db: AsyncSession, at: Practice, statement: str) -> None:
    await sealed(db, at, times=1)
    with pytest.raises(DBAPIError, match=r"append-only|at least 5 years"):
        await db.execute(text(statement))


async def test_rows_that_commit_while_others_are_sealed_are_sealed_once_d2(database: Database) -> None:
    """Writers and the sealer at once: every row is under exactly one seal, in spite of numbers given before the commit."""
    async with database.transaction() as db:
        at = await build_practice(db)

    async def keep_writing() -> None:
        for _ in range(15):
            async with database.transaction() as db:
                await write(db, at, 2)

    async def keep_sealing() -> None:
        for _ in range(25):
            try:
                async with database.transaction() as db:
                    await seals.seal(db, now=NOON)
            except OperationalError:
                continue

    await asyncio.gather(*(keep_writing() for _ in range(3)), keep_sealing())
    async with database.transaction() as db:
        await seals.seal(db, now=NOON)
        verdict = await seals.verify(db, now=NOON)
        assert verdict.faults == []
        assert verdict.unsealed == 0
        assert verdict.rows == await db.scalar(select(func.sum(AuditSeal.count)))


async def test_a_seal_waits_for_whoever_is_writing_and_not_for_ever_d2(database: Database) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        await seals.seal(db, now=NOON)
    async with database.transaction() as slow:
        await write(slow, at)
        with pytest.raises(OperationalError):
            async with database.transaction() as db:
                await seals.seal(db, now=NOON)
    async with database.transaction() as db:
        made = await seals.seal(db, now=NOON)
        assert made is not None
        assert made.count == 3


@pytest.fixture
async def years(db: AsyncSession, at: Practice) -> int:
    """How many rows are older than the law asks for."""
    await seals.seal(db, now=NOON - timedelta(days=3650))
    old = await db.scalar(select(func.count()).select_from(AuditEntry)) or 0
    await db.execute(text(OFF))
    await db.execute(text("UPDATE audit_entries SET at = at - interval '10 years'"))
    await db.execute(text(ON))
    return old


async def test_the_log_is_kept_for_its_years_and_then_forgotten_d2_d4(db: AsyncSession, at: Practice, years: int) -> None:
    await sealed(db, at)
    assert await seals.forget(db, years=10, now=NOON - timedelta(days=30)) == 0
    assert await seals.forget(db, years=10, now=NOON + timedelta(days=30)) == years
    assert await seals.forget(db, years=10, now=NOON + timedelta(days=30)) == 0


async def test_old_rows_go_an_hour_at_a_time_and_the_chain_is_read_page_by_page_d2_d4(
    db: AsyncSession, at: Practice, years: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sealed(db, at, times=4)
    monkeypatch.setattr(seals, "SEALS_AT_ONCE", 2)
    monkeypatch.setattr(seals, "PAGE", 2)
    await db.execute(text(OFF))
    await db.execute(text("UPDATE audit_entries SET at = at - interval '10 years'"))
    await db.execute(text(ON))
    later = (NOON + timedelta(days=30)).replace(year=NOON.year + 10)
    rounds = [await seals.forget(db, years=10, now=later) for _ in range(4)]
    assert rounds == [years + 3, 6, 3, 0]
    verdict = await seals.verify(db, now=later)
    assert (verdict.faults, verdict.seals, verdict.rows) == ([], 5, 0)
    await db.execute(text(OFF))
    await db.execute(text("DELETE FROM audit_seals WHERE number = 3"))
    await db.execute(text(ON))
    assert "a seal before it is missing" in (await seals.verify(db, now=later)).faults[0]


async def test_the_chain_holds_after_its_oldest_rows_have_gone_and_still_tells_on_the_rest_d2_d4(
    db: AsyncSession, at: Practice, years: int
) -> None:
    await sealed(db, at)
    assert await seals.forget(db, years=10, now=NOON + timedelta(days=30)) == years
    later = NOON + timedelta(days=30)
    verdict = await seals.verify(db, now=later)
    assert (verdict.faults, verdict.rows, verdict.seals) == ([], 9, 4)
    await db.execute(text(OFF))
    await db.execute(text("DELETE FROM audit_entries WHERE id = (SELECT min(id) FROM audit_entries)"))
    await db.execute(text(ON))
    assert "1 rows are missing" in (await seals.verify(db, now=later)).faults[0]


async def test_an_extract_is_readable_and_logged_itself_d2(db: AsyncSession, at: Practice) -> None:
    await write(db, at, 1)
    told = await auditing.extract(db, Namespace(patient=at.patient.id))
    rows = [row.split("\t") for row in told.splitlines()]
    assert rows[1] == ["Tid", "Vårdenhet", "Vem", "Vad"]
    assert rows[-2] == [
        "2026-11-23 13:00:00",
        "Hälsocentralen Testköping",
        "Selma Testkvist (vårdpersonal)",
        "Öppnade videosamtalets uppgifter",
    ]
    assert rows[-1][2:] == ["Systemet (automatiskt)", "Tog ut loggutdrag"]
    guest = Actor(ActorKind.GUEST, uuid4(), at.clinic_id, "Nora")
    await record_access(db, guest, "call.join", patient_id=at.patient.id, now=NOON)
    told = await auditing.extract(db, Namespace(patient=at.patient.id))
    assert "\tNamnet är raderat (inbjuden)\tAnslöt till videosamtalet" in told
    with pytest.raises(auditing.PatientNotFound):
        await auditing.extract(db, Namespace(patient=uuid4()))


async def test_verify_prints_the_last_seal_and_fails_in_words(db: AsyncSession, at: Practice) -> None:
    await sealed(db, at)
    told = await auditing.check(db, Namespace(against=None))
    assert re.search(r"\b3:[0-9a-f]{64}$", told)
    with pytest.raises(auditing.AuditLogBroken, match="Seal 9, which was written down, is missing"):
        await auditing.check(db, Namespace(against=(9, "0" * 64)))


def test_every_action_has_words_for_the_patient() -> None:
    """`record_access(db, actor, "…"`, `action="…"`; what is put together is listed by hand."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in CODE.rglob("*.py"))
    calls = re.findall(r"record_access\(\s*[^\"]*?\"([a-z_.]+)\"", code) + re.findall(
        r"_record\(db, actor, \"([a-z_.]+)\"", code
    )
    calls += re.findall(r"\baction(?:=|\": )\"([a-z]+\.[a-z_.]+)\"", code)
    made = {
        "call.pin",
        "call.unpin",
        "call.sharing.allow",
        "call.sharing.forbid",
        *(f"call.end.{why}" for why in ("by_staff", "cancelled", "abandoned")),
    }
    assert len(calls) > 20
    assert set(calls) | made == set(WORDS)
