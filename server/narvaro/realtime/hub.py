"""One per process: wakes its sockets when the database says so, loads for them, and says in the database where they are."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Final, Protocol

import msgspec
import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.metrics import SOCKETS
from narvaro.realtime.listener import Listener
from narvaro.realtime.presence import SocketFacts, beat_sockets, put_socket, remove_sockets
from narvaro.realtime.topics import Haste

log = structlog.get_logger()

DatabaseDown: Final = (DBAPIError, PoolTimeout, OSError)

TRANSACTIONS_AT_ONCE: Final = 8
ROOM: Final = {Haste.AT_ONCE: 2, Haste.IN_TURN: 4, Haste.AT_LEISURE: 2}
"""So many loads at a time for all sockets: together fewer than the pool's quick connections, so that requests get theirs."""
LINES_AT_ONCE: Final = 200
TICK: Final = 0.5
HEAD_START: Final = 0.01
"""Seconds that what is urgent in a notice has to itself: what rings is on the patient's screen before a list says so."""
BEAT_IN_CALL_EVERY: Final = 4.0
BEAT_EVERY: Final = 15.0
STOP_WITHIN: Final = 5.0
COME_BACK: Final = 1012
"""The close code of a process that stops [RFC 6455 registry: Service Restart]; uvicorn's own too."""


class Follower(Protocol):
    """Something that a key of `wake` or `tell` reaches. Both return at once and never raise."""

    @property
    def is_urgent(self) -> bool: ...

    def wake(self) -> None: ...

    def tell(self, sender_kind: str, message: str, about: str) -> None: ...


def _wake(followers: list[Follower]) -> None:
    for follower in followers:
        follower.wake()


class AnyLine(Protocol):
    """One open socket, as the hub sees it."""

    facts: SocketFacts
    is_recorded: bool

    def tick(self, now: float) -> None:
        """Send a ping or give up, when it is time; `now`: the loop's clock."""

    def close(self, code: int) -> None: ...

    @property
    def closed_with(self) -> int | None: ...


def batched(lines: Iterable[AnyLine]) -> Iterator[list[AnyLine]]:
    """So many at once that nobody waits long for the process to do something else."""
    everyone = list(lines)
    for first in range(0, len(everyone), LINES_AT_ONCE):
        yield everyone[first : first + LINES_AT_ONCE]


class Notice(msgspec.Struct, forbid_unknown_fields=True):
    """The payload of a NOTIFY, written by `topics.wake` and `topics.tell`."""

    wake: list[str] = []
    tell: str = ""
    kind: str = ""
    message: str = ""
    about: str = ""


class Hub:
    def __init__(self, database: Database) -> None:
        self._database = database
        self._room_to_write = asyncio.Semaphore(TRANSACTIONS_AT_ONCE)
        self._room_to_load = {haste: asyncio.Semaphore(room) for haste, room in ROOM.items()}
        self._followers: defaultdict[str, list[Follower]] = defaultdict(list)
        self._lines: set[AnyLine] = set()
        self._leaving: list[SocketFacts] = []
        self._one_removes = asyncio.Lock()
        self._empty = asyncio.Event()
        self._beat_now = asyncio.Event()
        self._listener = Listener(database.url, self._on_notify, self._on_listening)
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def listening(self) -> asyncio.Event:
        """Set while what is committed anywhere wakes this process."""
        return self._listener.listening

    async def start(self) -> None:
        """Listens when it returns."""
        running = (self._listener.run(), self._tick_for_ever(), self._beat_for_ever())
        self._tasks = [asyncio.create_task(work) for work in running]
        await self.listening.wait()

    async def stop(self) -> None:
        """Close every line and forget where they were."""
        self._empty.clear()
        for line in list(self._lines):
            line.close(COME_BACK)
        if self._lines:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), STOP_WITHIN)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def follow(self, key: str, follower: Follower) -> None:
        self._followers[key].append(follower)

    def unfollow(self, key: str, follower: Follower) -> None:
        self._followers[key].remove(follower)
        if not self._followers[key]:
            del self._followers[key]

    def add(self, line: AnyLine) -> None:
        self._lines.add(line)
        SOCKETS.inc()

    async def remove(self, line: AnyLine) -> None:
        """The line is closed. Many that close together are removed in one transaction.

        Who was in a call that this process leaves to another stays there on paper until the row is swept: nobody is told (G3).
        """
        self._lines.discard(line)
        SOCKETS.dec()
        if line.is_recorded and not (line.facts.call_id and line.closed_with == COME_BACK):
            self._leaving.append(line.facts)
            async with self._one_removes:
                leaving, self._leaving = self._leaving, []
                await self._forget(leaving)
        if not self._lines:
            self._empty.set()

    @contextlib.asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Short; sockets share a bounded number, so that they never starve requests."""
        async with self._room_to_write, self._database.transaction() as db:
            yield db

    @contextlib.asynccontextmanager
    async def reading(self, haste: Haste) -> AsyncIterator[AsyncSession]:
        """As `transaction`, for queries only."""
        async with self._room_to_load[haste], self._database.reading() as db:
            yield db

    async def record(self, line: AnyLine) -> None:
        """Store where this line's person is; announces it."""
        async with self.transaction() as db:
            await put_socket(db, line.facts, now=utc_now())
        line.is_recorded = True

    def _on_notify(self, payload: str) -> None:
        try:
            notice = msgspec.json.decode(payload, type=Notice)
        except msgspec.MsgspecError:
            log.error("notice_not_understood")
            return
        told = self._followers.get(notice.tell, ()) if notice.tell else ()
        for follower in told:
            follower.tell(notice.kind, notice.message, notice.about)
        woken = [follower for key in notice.wake for follower in self._followers.get(key, ())]
        if not woken:
            return
        urgent = [] if told else [follower for follower in woken if follower.is_urgent]
        _wake(urgent)
        if told or urgent:
            asyncio.get_running_loop().call_later(HEAD_START, _wake, [one for one in woken if one not in urgent])
        else:
            _wake(woken)

    def _on_listening(self) -> None:
        """Something may have been missed: everybody looks again."""
        for followers in self._followers.values():
            for follower in followers:
                follower.wake()
        self._beat_now.set()

    async def _tick_for_ever(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            for lines in batched(self._lines):
                now = asyncio.get_running_loop().time()
                for line in lines:
                    line.tick(now)
                await asyncio.sleep(0)

    async def _beat_for_ever(self) -> None:
        """One statement for all lines: often for those in a call, seldom for all, at once after a lost database."""
        loop = asyncio.get_running_loop()
        all_at = loop.time() + BEAT_EVERY
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._beat_now.wait(), BEAT_IN_CALL_EVERY)
            is_for_all = self._beat_now.is_set() or loop.time() >= all_at
            self._beat_now.clear()
            if is_for_all:
                all_at = loop.time() + BEAT_EVERY
            recorded = (line for line in self._lines if line.is_recorded)
            for lines in batched(line for line in recorded if is_for_all or line.facts.call_id):
                await self._beat(lines)

    async def _beat(self, lines: list[AnyLine]) -> None:
        try:
            async with self.transaction() as db:
                alive = await beat_sockets(db, [line.facts.id for line in lines], now=utc_now())
            for line in lines:
                if line.facts.id not in alive and line in self._lines:
                    await self.record(line)
        except DatabaseDown as error:
            log.warning("beat_failed", error=type(error).__name__)

    async def _forget(self, sockets: list[SocketFacts]) -> None:
        """Together, or one by one when together fails; what stays is swept."""
        if not await self._try_to_forget(sockets) and len(sockets) > 1:
            for socket in sockets:
                await self._try_to_forget([socket])

    async def _try_to_forget(self, sockets: list[SocketFacts]) -> bool:
        if not sockets:
            return True
        try:
            async with self._database.transaction() as db:
                await remove_sockets(db, sockets, now=utc_now())
        except DatabaseDown as error:
            log.warning("sockets_not_removed", error=type(error).__name__)
            return False
        return True
