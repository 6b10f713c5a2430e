"""What a clinic no longer keeps is exported, then deleted, and never only deleted (D4)."""

import asyncio
import json
import os
import stat
import sys
from argparse import ArgumentTypeError, Namespace
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_practice, build_sms
from matrix.world import Lives, Side
from sqlalchemy import func, select, text, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro import provisioning
from narvaro.audit import seals
from narvaro.audit.models import AuditEntry
from narvaro.calls.models import Call, CallFeedback, RingDevice, Rung
from narvaro.clinics.models import Clinic
from narvaro.clock import utc_now
from narvaro.conversations import actions as conversations
from narvaro.conversations.models import Conversation, Entry, ReadMark
from narvaro.conversations.queries import load_snapshot, page_before
from narvaro.conversations.schemas import NewMessage
from narvaro.conversations.wait_actions import become_unready
from narvaro.db.base import Base
from narvaro.db.session import Database
from narvaro.errors import NotFound
from narvaro.features import register_features
from narvaro.jobs import Doors
from narvaro.media.memory import MemoryMedia
from narvaro.retention import actions, export, tasks
from narvaro.retention.queries import PARTS, conversations_with_old

DAYS = 100
LATER = timedelta(days=DAYS + 1)


@pytest.fixture
async def at(db: AsyncSession) -> Practice:
    practice = await build_practice(db)
    await db.execute(update(Clinic).where(Clinic.id == practice.clinic_id).values(retention_days=DAYS))
    return practice


async def write(db: AsyncSession, at: Practice, count: int, *, now: datetime = NOON) -> None:
    for number in range(count):
        author = at.staff if number % 2 else at.patient
        await conversations.post_message(db, author, at.conversation_id, NewMessage(id=uuid4(), text=f"ord {number}"), now=now)


async def retire(db: AsyncSession, at: Practice, directory: Path, now: datetime) -> int:
    return await actions.retire(db, at.clinic_id, at.conversation_id, directory, now=now)


def files_in(directory: Path, pattern: str = "*.jsonl") -> list[Path]:
    return sorted(directory.rglob(pattern))


def lines_in(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for path in files_in(directory) for line in path.read_text().splitlines()]


async def seqs(db: AsyncSession, at: Practice) -> list[int]:
    return list(await db.scalars(select(Entry.seq).where(Entry.conversation_id == at.conversation_id).order_by(Entry.seq)))


async def test_what_is_older_than_the_clinics_days_goes_and_the_rest_stays_d4(
    db: AsyncSession, at: Practice, tmp_path: Path
) -> None:
    await write(db, at, 4)
    await write(db, at, 3, now=NOON + timedelta(days=50))
    assert await retire(db, at, tmp_path, NOON + timedelta(days=DAYS - 1)) == 0
    assert lines_in(tmp_path) == []
    assert await retire(db, at, tmp_path, NOON + LATER) == 4
    assert await seqs(db, at) == [5, 6, 7]
    said = lines_in(tmp_path)
    assert [line["what"] for line in said] == ["conversation", *["entries"] * 4, "end"]
    assert said[0]["patient_name"] == "Sofia Gunnarsson"
    assert [line["text"] for line in said[1:-1]] == ["ord 0", "ord 1", "ord 2", "ord 3"]
    assert said[-1]["lines"] == 5
    assert await retire(db, at, tmp_path, NOON + LATER) == 0


async def test_a_clinic_that_has_not_said_so_keeps_everything(db: AsyncSession, at: Practice, tmp_path: Path) -> None:
    await db.execute(update(Clinic).values(retention_days=None))
    await write(db, at, 4)
    assert await retire(db, at, tmp_path, NOON + timedelta(days=9000)) == 0
    assert await seqs(db, at) == [1, 2, 3, 4]


async def test_the_rest_of_the_log_reads_as_if_it_began_there(db: AsyncSession, at: Practice, tmp_path: Path) -> None:
    await write(db, at, 6)
    await conversations.mark_read(db, at.staff, at.conversation_id, 3, now=NOON)
    await write(db, at, 4, now=NOON + timedelta(days=50))
    await retire(db, at, tmp_path, NOON + LATER)
    page = await page_before(db, at.conversation_id, None)
    assert ([entry.seq for entry in page.entries], page.has_older) == ([7, 8, 9, 10], False)
    conversation = await db.get_one(Conversation, at.conversation_id)
    assert (conversation.last_seq, conversation.patient_messages, conversation.staff_messages) == (10, 2, 2)
    counted = await db.scalar(select(ReadMark.counted).where(ReadMark.reader_id == at.staff.id))
    assert counted == 0
    await conversations.mark_read(db, at.staff, at.conversation_id, 10, now=NOON)
    counted = await db.scalar(
        select(ReadMark.counted).where(ReadMark.reader_id == at.staff.id), execution_options={"populate_existing": True}
    )
    assert counted == 2
    entry = await conversations.post_message(
        db, at.patient, at.conversation_id, NewMessage(id=uuid4(), text="nytt"), now=NOON + LATER
    )
    assert entry.seq == 11


async def test_a_log_that_has_gone_as_a_whole_leaves_an_empty_conversation(
    db: AsyncSession, at: Practice, tmp_path: Path
) -> None:
    await write(db, at, 3)
    assert await retire(db, at, tmp_path, NOON + LATER) == 3
    shown = await load_snapshot(db, at.staff, at.conversation_id, NOON)
    assert (shown.last_seq, shown.my_read_seq) == (3, 0)
    row = await db.get_one(Conversation, at.conversation_id)
    assert (row.last_kind, row.patient_messages, row.staff_messages) == (None, 0, 0)


async def test_deleting_is_logged_and_the_log_outlives_what_it_tells_of_d2_d4(
    db: AsyncSession, at: Practice, tmp_path: Path
) -> None:
    await write(db, at, 3)
    before = await db.scalar(select(func.count()).select_from(AuditEntry)) or 0
    await retire(db, at, tmp_path, NOON + LATER)
    rows = (await db.execute(select(AuditEntry.action, AuditEntry.patient_id).order_by(AuditEntry.id))).all()
    assert tuple(rows[-1]) == ("retention.delete", at.patient.id)
    assert len(rows) == before + 1
    assert (await seals.verify(db, now=NOON)).faults == []


async def test_only_the_owner_can_read_the_files_and_no_secret_is_in_them(
    db: AsyncSession, at: Practice, tmp_path: Path
) -> None:
    await write(db, at, 2)
    await retire(db, at, tmp_path, NOON + LATER)
    [path] = files_in(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert {stat.S_IMODE(each.stat().st_mode) for each in path.parents[:2]} == {0o700}
    assert files_in(tmp_path, "*.part") == []


def no_space(_handle: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_file_is_there_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "klinik" / "samtal" / "1.jsonl"

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", no_space)
        with pytest.raises(OSError, match="No space"):
            export.write_lines(path, [{"what": "x"}])
    assert not path.exists()
    export.write_lines(path, [{"what": "x"}])
    assert len(path.read_text().splitlines()) == 2


async def test_a_disk_that_is_full_deletes_nothing_d4(
    db: AsyncSession, at: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await write(db, at, 3)
    monkeypatch.setattr(os, "fsync", no_space)
    with pytest.raises(OSError, match="No space"):
        await retire(db, at, tmp_path, NOON + LATER)
    assert await seqs(db, at) == [1, 2, 3]
    with pytest.raises(FileNotFoundError):
        await retire(db, at, tmp_path / "missing", NOON + LATER)


async def test_large_logs_go_part_by_part(
    db: AsyncSession, at: Practice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("narvaro.retention.queries.ENTRIES_AT_ONCE", 4)
    await write(db, at, 10)
    counts = [await retire(db, at, tmp_path, NOON + LATER) for _ in range(4)]
    assert counts == [4, 4, 2, 0]
    assert [line["seq"] for line in lines_in(tmp_path) if line["what"] == "entries"] == list(range(1, 11))


@dataclass
class Life:
    """A whole clinic's life: calls with rings, guests, texts, answers."""

    database: Database
    side: Side
    clinic_id: UUID

    async def everything(self) -> dict[str, int]:
        tables = [part.table for part in PARTS]
        async with self.database.transaction() as db:
            return {table.name: await db.scalar(select(func.count()).select_from(table)) or 0 for table in tables}


@pytest.fixture
async def life(database: Database) -> Life:
    register_features()
    side = Side("Vår")
    async with database.transaction() as db:
        lives = Lives(db, side)
        await lives.unfold()
        await db.execute(update(Clinic).values(retention_days=DAYS))
        ended, ring = UUID(side.of["ended call"]), UUID(side.of["ring"])
        answer = {"kind": "patient", "person_id": side.actors["patient"].id, "answer": "yes", "at": utc_now()}
        db.add(CallFeedback(call_id=ended, **answer))
        db.add(Rung(ring_id=ring, kind="sms", state="sent", at=utc_now()))
        db.add(RingDevice(ring_id=ring, device_id="device-00001", identity="x"))
        waiting = UUID(side.of["conversation of declining"])
        await become_unready(db, side.actors["declining"], waiting, now=utc_now())
        await db.execute(text("UPDATE calls SET status = 'ended', reason = 'by_staff', ended_at = now()"))
    return Life(database, side, lives.clinic_id)


async def test_calls_go_with_their_rings_guests_texts_and_answers_d4(life: Life, tmp_path: Path) -> None:
    had = await life.everything()
    assert min(had.values()) > 0, had
    later = utc_now() + LATER
    async with life.database.transaction() as db:
        ids = await conversations_with_old(db, life.clinic_id, later - timedelta(days=DAYS), 100)
        assert len(ids) == 4
        for id_ in ids:
            assert await actions.retire(db, life.clinic_id, id_, tmp_path, now=later) > 0
    assert set((await life.everything()).values()) == {0}
    told = [line["what"] for line in lines_in(tmp_path)]
    exported = {part.table.name: part for part in PARTS if part.is_exported}
    assert {name: told.count(name) for name in exported} == {name: had[name] for name in exported}
    written = "".join(path.read_text() for path in files_in(tmp_path))
    assert "salt" not in written
    assert "_hash" not in written


async def test_a_call_that_something_younger_tells_of_stays(life: Life, tmp_path: Path) -> None:
    later = utc_now() + LATER
    async with life.database.transaction() as db:
        call = await db.get_one(Call, UUID(life.side.of["ended call"]))
        newest = select(func.max(Entry.seq)).where(Entry.conversation_id == call.conversation_id)
        await db.execute(
            update(Entry)
            .where(Entry.conversation_id == call.conversation_id, Entry.seq == newest.scalar_subquery())
            .values(at=later, facts={"call_id": str(call.id)})
        )
        await actions.retire(db, life.clinic_id, call.conversation_id, tmp_path, now=later)
        assert await db.scalar(select(func.count()).where(Call.id == call.id)) == 1
        await actions.retire(db, life.clinic_id, call.conversation_id, tmp_path, now=later + LATER)
        assert await db.scalar(select(func.count()).where(Call.id == call.id)) == 0


def test_nothing_points_at_what_is_deleted_without_being_deleted_too() -> None:
    gone = {part.table.name for part in PARTS}
    pointing = {
        table.name for table in Base.metadata.sorted_tables for key in table.foreign_keys if key.column.table.name in gone
    }
    assert pointing - gone == set()


def doors_of(database: Database, directory: Path | None) -> Doors:
    return Doors(database=database, media=MemoryMedia(), sms=build_sms(), export_directory=directory)


async def test_the_job_does_what_is_due_by_a_moved_clock_once_d4(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        await db.execute(update(Clinic).values(retention_days=DAYS))
        await write(db, at, 5)
    jobs = text("SELECT task_name, args FROM procrastinate_jobs WHERE task_name = 'retention.retire'")
    for now, count in ((NOON + timedelta(days=DAYS - 1), 0), (NOON + LATER, 1), (NOON + LATER, 1)):
        monkeypatch.setattr(tasks, "utc_now", lambda now=now: now)
        await run(tasks.begin, doors_of(database, tmp_path), timestamp=0)
        async with database.transaction() as db:
            assert len((await db.execute(jobs)).all()) == count
    where = {"clinic_id": str(at.clinic_id), "conversation_id": str(at.conversation_id)}
    for _ in range(2):
        await run(tasks.retire, doors_of(database, tmp_path), **where)
    async with database.transaction() as db:
        assert await seqs(db, at) == []
    assert len([line for line in lines_in(tmp_path) if line["what"] == "entries"]) == 5


async def run(task: Any, doors: Doors, **args: Any) -> None:
    """As the worker does."""
    context = type("Context", (), {"additional_context": {"doors": doors}, "job": type("Job", (), {"id": 1})()})()
    await task.func(context, **args)


async def test_without_a_directory_nothing_is_deleted_d4(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        await db.execute(update(Clinic).values(retention_days=DAYS))
        await write(db, at, 2)
    monkeypatch.setattr(tasks, "utc_now", lambda: NOON + LATER)
    await run(tasks.begin, doors_of(database, None), timestamp=0)
    await run(tasks.retire, doors_of(database, None), clinic_id=str(at.clinic_id), conversation_id=str(at.conversation_id))
    async with database.transaction() as db:
        assert await seqs(db, at) == [1, 2]


async def test_killed_between_export_and_commit_everything_is_there_and_goes_the_next_time_d4(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        await db.execute(update(Clinic).values(retention_days=DAYS))
        await write(db, at, 5)
    with suppress(asyncio.CancelledError):
        async with database.transaction() as db:
            await retire(db, at, tmp_path, NOON + LATER)
            raise asyncio.CancelledError
    async with database.transaction() as db:
        assert await seqs(db, at) == [1, 2, 3, 4, 5]
        assert await retire(db, at, tmp_path, NOON + LATER) == 5
    assert [line["seq"] for line in lines_in(tmp_path) if line["what"] == "entries"] == [1, 2, 3, 4, 5]


RETIRE = """
import asyncio, sys
from datetime import datetime
from pathlib import Path
from uuid import UUID
from narvaro.db.session import Database
from narvaro.retention.actions import retire

async def main(url, clinic, conversation, directory, now):
    async with Database(url).transaction() as db:
        await retire(db, UUID(clinic), UUID(conversation), Path(directory), now=datetime.fromisoformat(now))
        print("exported and deleted, not committed", flush=True)
        await asyncio.sleep(600)

asyncio.run(main(*sys.argv[1:]))
"""


async def test_a_process_killed_before_its_commit_has_deleted_nothing_and_left_a_whole_file_d4(
    database: Database, tmp_path: Path
) -> None:
    async with database.transaction() as db:
        at = await build_practice(db)
        await db.execute(update(Clinic).values(retention_days=DAYS))
        await write(db, at, 5)
    given = [database.url, str(at.clinic_id), str(at.conversation_id), str(tmp_path), (NOON + LATER).isoformat()]
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", RETIRE, *given, stdout=asyncio.subprocess.PIPE)
    assert child.stdout is not None
    assert await child.stdout.readline()
    child.kill()
    await child.wait()
    async with database.transaction() as db:
        assert await seqs(db, at) == [1, 2, 3, 4, 5]
        assert lines_in(tmp_path)[-1] == {"what": "end", "lines": 6}
        assert await retire(db, at, tmp_path, NOON + LATER) == 5
        assert await seqs(db, at) == []
    assert [line["seq"] for line in lines_in(tmp_path) if line["what"] == "entries"] == [1, 2, 3, 4, 5]


async def test_a_conversation_of_another_clinic_is_not_there(db: AsyncSession, at: Practice, tmp_path: Path) -> None:
    theirs = await build_practice(db, name="En annan")
    with pytest.raises(NotFound):
        await actions.retire(db, theirs.clinic_id, at.conversation_id, tmp_path, now=NOON)


async def test_an_operator_sets_the_days_and_not_too_few(db: AsyncSession, at: Practice) -> None:
    slug = await db.scalar(select(Clinic.slug).where(Clinic.id == at.clinic_id))
    for given, stored in ((provisioning.days_kept("400"), 400), (provisioning.days_kept("never"), None)):
        facts = dict.fromkeys(provisioning.FACTS) | {"slug": slug, "retention_days": given}
        await provisioning.change_clinic(db, Namespace(**facts))
        assert await db.scalar(select(Clinic.retention_days).where(Clinic.id == at.clinic_id)) == stored
    for wrong in ("29", "-1", "x", "36501"):
        with pytest.raises(ArgumentTypeError):
            provisioning.days_kept(wrong)
