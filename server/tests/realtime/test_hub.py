"""Nothing is missed: not when the database drops the listening line, not when a browser is slow, not when the process stops."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from uuid import UUID, uuid4

import msgspec
import pytest
from realtime.socket_site import Site, World
from sqlalchemy import func, select, text
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.realtime.hub import Hub
from narvaro.realtime.line import Line
from narvaro.realtime.listener import LISTENER_NAME
from narvaro.realtime.models import Socket
from narvaro.realtime.presence import SWEPT_IN_CALL_AFTER, pages_of_person, people_in_call, sweep_sockets
from narvaro.realtime.schemas import Subscribe
from narvaro.realtime.topics import wake


async def kill_listener(database: Database) -> None:
    """End the connection that listens, as a restarted database or a firewall does; waits for one if there is none just now."""
    query = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
        " WHERE datname = current_database() AND application_name = :name"
    )

    async def has_killed() -> bool:
        async with database.transaction() as db:
            return bool(await db.scalar(query, {"name": LISTENER_NAME}))

    await _until(has_killed)


async def test_killed_listen_connection_loses_nothing(site: Site, world: World, database: Database) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="log")
        heard: list[int] = []
        for _ in range(5):
            await world.append(3)
            await kill_listener(database)
            await world.append(4)
        while len(heard) < world.last_seq:
            heard += (await page.hear("lines"))["seqs"]
        assert heard == list(range(1, 36))


async def test_sign_out_while_nobody_listens_closes_afterwards(site: Site, database: Database) -> None:
    session = site.sessions.sign_in()
    async with site.page(session) as page:
        assert await page.hears_nothing()
        del site.sessions.actors[session]
        await kill_listener(database)
        assert await page.close_code() == 4001


async def test_slow_browser_gets_the_latest_and_not_the_backlog(hub: Hub, world: World) -> None:
    may_send = asyncio.Semaphore(0)
    sent: list[str] = []

    async def send(message: str) -> None:
        await may_send.acquire()
        sent.append(json.loads(message)["text"])

    line = Line(hub, Actor(ActorKind.PATIENT, uuid4(), uuid4(), "Sofia"), msgspec.json.Decoder(Subscribe), send)
    await line.receive('{"type":"subscribe","topic":"board"}')
    await _until(lambda: world.loads == 1)
    for number in range(50):
        await world.write(str(number))
    await _until_all_is_heard(hub, world.database)
    for _ in range(3):
        may_send.release()
    await _until(lambda: len(sent) == 2)
    await line.release()
    assert sent == ["empty", "49"]
    assert world.loads == 2


async def test_stopped_hub_asks_pages_to_come_back(site: Site, world: World, database: Database) -> None:
    session = site.sessions.sign_in()
    async with site.page(session) as page:
        await page.say("presence", visible=True, audible=False)
        await page.say("subscribe", topic="board")
        await page.hear("board")
        stopping = asyncio.create_task(site.hub.stop())
        assert await page.close_code() == 1012
        await stopping
    async with database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(Socket)) == 0


async def test_who_is_in_a_call_stays_there_on_paper_while_their_process_is_replaced_g3(
    site: Site, world: World, database: Database
) -> None:
    call_id = uuid4()
    world.calls.add(call_id)
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic=f"call:{call_id}")
        await page.hear("board")
        await _until(partial(_is_in_call, database, call_id))
        stopping = asyncio.create_task(site.hub.stop())
        assert await page.close_code() == 1012
        await stopping
    assert await _is_in_call(database, call_id)
    async with database.transaction() as db:
        await sweep_sockets(db, utc_now() + SWEPT_IN_CALL_AFTER)
    assert not await _is_in_call(database, call_id)


async def _is_in_call(database: Database, call_id: UUID) -> bool:
    async with database.transaction() as db:
        return bool(await people_in_call(db, call_id))


async def test_row_that_a_crashed_database_lost_comes_back(site: Site, database: Database) -> None:
    session = site.sessions.sign_in()
    person = site.sessions.actors[session].id
    async with site.page(session) as page:
        await page.say("presence", visible=True, audible=False)
        assert await page.hears_nothing()
        async with database.transaction() as db:
            await db.execute(text("TRUNCATE sockets"))
        await kill_listener(database)

        async def is_back() -> bool:
            async with database.transaction() as db:
                return (await pages_of_person(db, person)).visible

        await _until(is_back)


async def test_a_pool_without_a_free_connection_stops_no_heartbeat(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def full() -> AsyncIterator[AsyncSession]:
        raise PoolTimeout
        yield

    monkeypatch.setattr(hub, "transaction", full)
    await hub._beat([])


class Fence:
    """Heard once everything that was notified before has been heard."""

    is_urgent = False

    def __init__(self) -> None:
        self.heard = asyncio.Event()

    def wake(self) -> None:
        self.heard.set()

    def tell(self, sender_kind: str, message: str, about: str) -> None: ...


async def _until_all_is_heard(hub: Hub, database: Database) -> None:
    fence = Fence()
    hub.follow("fence", fence)
    async with database.transaction() as db:
        await wake(db, "fence")
    await asyncio.wait_for(fence.heard.wait(), 5)
    hub.unfollow("fence", fence)


async def _until(holds: Callable[[], bool | Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not (held if isinstance(held := holds(), bool) else await held):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
