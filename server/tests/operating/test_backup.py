"""What docs/operating/backup.md says, done: a machine is lost, another set up, nothing acknowledged is missing (G4)."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import psutil
import psycopg
import pytest
from builders import Practice, build_practice
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from narvaro.audit import seals
from narvaro.calls import actions as calls
from narvaro.calls import attendance_actions as attendances
from narvaro.calls.models import Call
from narvaro.clock import utc_now
from narvaro.conversations import actions as conversations
from narvaro.conversations.models import Conversation, Entry
from narvaro.conversations.schemas import NewMessage
from narvaro.db.embedded import EmbeddedPostgres, binary
from narvaro.db.migrate import migrate
from narvaro.db.session import Database
from narvaro.features import register_features
from narvaro.invitations import actions as invitations
from narvaro.invitations.models import Invitation
from narvaro.invitations.schemas import NewInvitation

PAPER = (Path(__file__).parents[3] / "docs" / "operating" / "backup.md").read_text(encoding="utf-8")
BASE = "pg_basebackup --checkpoint=fast --wal-method=stream --manifest-checksums=SHA256"
RECEIVE = "pg_receivewal --synchronous --slot=narvaro_backup"
SLOT = "pg_receivewal --create-slot --if-not-exists --slot=narvaro_backup"
DUMP = "pg_dump --format=custom --no-owner"
RESTORE = "pg_restore --no-owner --exit-on-error --single-transaction"
ENOUGH = 10
"""Messages of each writer before the backup, during it and after it."""


def run(command: str, *more: str) -> None:
    """A command of the paper, with the embedded server's own tools."""
    assert command in PAPER
    tool, *flags = command.split()
    subprocess.run([binary(tool), *flags, *more], check=True, capture_output=True)


@dataclass
class Town:
    """A clinic in which everybody writes, calls and invites, and what they were told has been stored."""

    database: Database
    at: Practice
    messages: set[UUID] = field(default_factory=set)
    calls: set[UUID] = field(default_factory=set)
    invitations: set[UUID] = field(default_factory=set)
    is_busy: bool = True
    progress: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def tell(self) -> None:
        async with self.progress:
            self.progress.notify_all()

    async def write(self) -> None:
        while self.is_busy:
            message = NewMessage(id=uuid4(), text="Är det här kvar?")
            async with self.database.transaction() as db:
                await conversations.post_message(db, self.at.patient, self.at.conversation_id, message, now=utc_now())
            self.messages.add(message.id)
            await self.tell()

    async def call(self) -> None:
        for number in range(605, 700):
            if not self.is_busy:
                return
            call_id, invitation = uuid4(), NewInvitation(id=uuid4(), number=f"+4670174{number:04}")
            async with self.database.transaction() as db:
                await calls.place_call(db, self.at.staff, call_id, self.at.conversation_id, now=utc_now())
            self.calls.add(call_id)
            async with self.database.transaction() as db:
                await attendances.join_call(db, self.at.staff, call_id, device_id="device-00001", now=utc_now())
                await invitations.invite(db, self.at.staff, call_id, [invitation], now=utc_now())
            self.invitations.add(invitation.id)
            await self.tell()
            async with self.database.transaction() as db:
                await calls.end_call(db, self.at.staff, call_id, now=utc_now())
            async with self.database.transaction() as db:  # as the job: a writer that waits for the row holds the log
                await seals.seal(db, now=utc_now())

    def count(self) -> tuple[int, int, int]:
        return len(self.messages), len(self.calls), len(self.invitations)

    async def go_on(self) -> None:
        """Until each has done some more."""
        messages, calls_, invited = self.count()
        async with asyncio.timeout(60):
            async with self.progress:
                await self.progress.wait_for(
                    lambda: (
                        len(self.messages) >= messages + ENOUGH
                        and min(len(self.calls) - calls_, len(self.invitations) - invited) >= 2
                    )
                )

    def acknowledged(self) -> tuple[set[UUID], set[UUID], set[UUID]]:
        return set(self.messages), set(self.calls), set(self.invitations)


@asynccontextmanager
async def busy(url: str) -> AsyncIterator[Town]:
    register_features()
    database = Database(url, pool_size=6)
    async with database.transaction() as db:
        town = Town(database, await build_practice(db))
        await db.execute(text("UPDATE clinics SET sms_per_call = 1000, sms_per_staff = 1000, sms_per_clinic = 1000"))
    tasks = [asyncio.create_task(work()) for work in (town.write, town.write, town.write, town.call)]
    try:
        yield town
    finally:
        town.is_busy = False
        for task in tasks:
            with suppress(SQLAlchemyError):
                await task
        await database.close()


async def nothing_is_missing(url: str, acknowledged: tuple[set[UUID], set[UUID], set[UUID]], at: Practice) -> None:
    """And the log is whole, the access log as it was sealed, and the next message gets the next number."""
    database = Database(url, pool_size=2)
    async with database.transaction() as db:
        for wanted, column in zip(acknowledged, (Entry.id, Call.id, Invitation.id), strict=True):
            assert wanted - set(await db.scalars(select(column))) == set()
        log = list(await db.scalars(select(Entry.seq).where(Entry.conversation_id == at.conversation_id).order_by(Entry.seq)))
        assert log == list(range(1, len(log) + 1))
        assert await db.scalar(select(Conversation.last_seq).where(Conversation.id == at.conversation_id)) == len(log)
        verdict = await seals.verify(db, now=utc_now())
        assert (verdict.faults, verdict.seals > 0) == ([], True)
        again = NewMessage(id=uuid4(), text="Vi är igång igen.")
        entry = await conversations.post_message(db, at.patient, at.conversation_id, again, now=utc_now())
        assert entry.seq == len(log) + 1
        assert await db.scalar(select(func.count()).select_from(text("sockets"))) == 0
    await database.close()


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """PostgreSQL's user passes through."""
    path = tmp_path_factory.mktemp("backup")
    for each in (path, *path.parents[:2]):
        each.chmod(each.stat().st_mode | 0o011)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(home / "first" / "postgres")
    server.start()
    migrate(server.url())
    yield server
    server.stop()


async def test_a_lost_machine_is_restored_to_the_last_acknowledged_word_g4(home: Path, server: EmbeddedPostgres) -> None:
    """Base backup while everybody works, the log received synchronously, the machine gone, another one from both."""
    base, archive = home / "base", home / "archive"
    archive.mkdir()
    run(SLOT, "--dbname", server.url("postgres"))
    receiver = receive(server, archive)
    in_step(server)
    async with busy(server.url()) as town:
        await town.go_on()
        await asyncio.to_thread(run, BASE, "--pgdata", str(base), "--dbname", server.url("postgres"))
        await town.go_on()
        lose(server)
        acknowledged = town.acknowledged()
    receiver.terminate()
    receiver.wait(timeout=20)
    other = restored(home / "second" / "postgres", base, archive)
    other.start()
    try:
        until_it_takes_writes(other)
        await nothing_is_missing(other.url(), acknowledged, town.at)
    finally:
        other.stop()


def until_it_takes_writes(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        while connection.execute("SELECT pg_is_in_recovery()").fetchone() == (True,):
            connection.execute("SELECT pg_sleep(0.02)")


def receive(server: EmbeddedPostgres, archive: Path) -> subprocess.Popen[bytes]:
    assert RECEIVE in PAPER
    tool, *flags = RECEIVE.split()
    where = ["--directory", str(archive), "--dbname", server.url("postgres"), "--no-loop"]
    return subprocess.Popen([binary(tool), *flags, *where], stderr=subprocess.DEVNULL)


def in_step(server: EmbeddedPostgres) -> None:
    """From now on a commit is acknowledged when the receiver has it on its disk too."""
    setting = "synchronous_standby_names = 'pg_receivewal'"
    assert setting in PAPER
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET synchronous_standby_names = 'pg_receivewal'")
        connection.execute("SELECT pg_reload_conf()")
        while connection.execute("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").fetchone() is None:
            connection.execute("SELECT pg_sleep(0.02)")


def lose(server: EmbeddedPostgres) -> None:
    """Power and disk."""
    assert server.process is not None
    for process in [*psutil.Process(server.process.pid).children(recursive=True), psutil.Process(server.process.pid)]:
        with suppress(psutil.Error):
            process.kill()
    server.process.wait()
    shutil.rmtree(server.data)


def restored(data: Path, base: Path, archive: Path) -> EmbeddedPostgres:
    """As the paper says: the base, `recovery.signal`, and the received log, its last part by its whole name."""
    shutil.copytree(base, data)
    for part in archive.glob("*.partial"):
        part.rename(part.with_suffix(""))
    (data / "recovery.signal").touch()
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(f"\nrestore_command = 'cp {archive}/%f %p'\n")
    owner = data.parents[1] / "first"
    account = owner / "socket"
    for path in [data, *data.rglob("*"), archive, *archive.iterdir()]:
        os.chown(path, account.stat().st_uid, account.stat().st_gid)
    return EmbeddedPostgres(data)


async def test_a_dump_holds_what_was_acknowledged_before_it_began_g4(home: Path, server: EmbeddedPostgres) -> None:
    file = home / "narvaro.dump"
    async with busy(server.url()) as town:
        await town.go_on()
        acknowledged = town.acknowledged()
        await asyncio.to_thread(run, DUMP, "--file", str(file), server.url())
        await town.go_on()
    other = EmbeddedPostgres(home / "second" / "postgres")
    other.start()
    try:
        run(RESTORE, "--dbname", other.url(), str(file))
        migrate(other.url())
        await nothing_is_missing(other.url(), acknowledged, town.at)
    finally:
        other.stop()
