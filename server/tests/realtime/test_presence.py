"""Where people are, as the database knows it, and when those who care are told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest
from realtime.socket_site import Site, Waved, World
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.db.session import Database
from narvaro.errors import NotFound
from narvaro.realtime.hub import Hub
from narvaro.realtime.line import Line
from narvaro.realtime.messages import register_client_message
from narvaro.realtime.presence import (
    Pages,
    SocketFacts,
    beat_sockets,
    has_socket_in_call,
    on_presence_changed,
    pages_of,
    pages_of_person,
    people_in_call,
    put_socket,
    remove_sockets,
    sockets_of,
    sweep_sockets,
)
from narvaro.realtime.schemas import Pong

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SOFIA = Actor(ActorKind.PATIENT, uuid4(), uuid4(), "Sofia Gunnarsson")


@pytest.fixture
async def db(database: Database) -> AsyncIterator[AsyncSession]:
    async with database.transaction() as db:
        yield db


async def test_pages_of_a_person_are_seen_together(db: AsyncSession) -> None:
    await put_socket(db, SocketFacts(uuid4(), SOFIA, visible=True), now=NOON)
    await put_socket(db, SocketFacts(uuid4(), SOFIA, audible=True), now=NOON)
    absent = uuid4()
    assert await pages_of(db, [SOFIA.id, absent]) == {SOFIA.id: Pages(2, visible=True, audible=True), absent: Pages()}
    assert [socket.visible for socket in await sockets_of(db, [SOFIA.id])].count(True) == 1


async def test_people_in_a_call_are_those_with_a_page_in_it(db: AsyncSession) -> None:
    call = uuid4()
    socket = SocketFacts(uuid4(), SOFIA, call_id=call)
    await put_socket(db, socket, now=NOON)
    assert await people_in_call(db, call) == {(ActorKind.PATIENT, SOFIA.id)}
    assert await has_socket_in_call(db, call, SOFIA.id)
    await put_socket(db, replace(socket, call_id=None), now=NOON)
    assert await people_in_call(db, call) == set()
    assert not await has_socket_in_call(db, call, SOFIA.id)


async def test_dead_process_is_swept_sooner_in_a_call(db: AsyncSession) -> None:
    told: list[Actor] = []

    @on_presence_changed
    async def remember(_db: AsyncSession, actor: Actor, _now: datetime) -> None:
        told.append(actor)

    staff = Actor(ActorKind.STAFF, uuid4(), SOFIA.clinic_id, "Selma Testkvist")
    await put_socket(db, SocketFacts(uuid4(), SOFIA), now=NOON)
    await put_socket(db, SocketFacts(uuid4(), staff, call_id=uuid4()), now=NOON)
    told.clear()
    await sweep_sockets(db, NOON + timedelta(seconds=8))
    assert told == []
    await sweep_sockets(db, NOON + timedelta(seconds=9))
    assert told == [staff]
    await sweep_sockets(db, NOON + timedelta(seconds=31))
    assert told == [staff, SOFIA]


async def test_beat_tells_which_rows_are_there(db: AsyncSession) -> None:
    known, unknown = SocketFacts(uuid4(), SOFIA), uuid4()
    await put_socket(db, known, now=NOON)
    assert await beat_sockets(db, [known.id, unknown], now=NOON + timedelta(seconds=25)) == {known.id}
    await sweep_sockets(db, NOON + timedelta(seconds=31))
    assert await pages_of_person(db, SOFIA.id) == Pages(1)
    await remove_sockets(db, [known], now=NOON)
    assert await pages_of_person(db, SOFIA.id) == Pages()


async def test_each_change_of_a_page_is_told_once(site: Site, world: World, database: Database) -> None:
    session = site.sessions.sign_in()
    person = site.sessions.actors[session].id
    seen: asyncio.Queue[tuple[Pages, set[tuple[ActorKind, UUID]]]] = asyncio.Queue()
    call = uuid4()
    world.calls = {call}

    @on_presence_changed
    async def remember(db: AsyncSession, actor: Actor, _now: datetime) -> None:
        seen.put_nowait((await pages_of_person(db, actor.id), await people_in_call(db, call)))

    here = {(ActorKind.PATIENT, person)}
    async with site.page(session) as page:
        await page.say("presence", visible=True, audible=False)
        assert await seen.get() == (Pages(1, visible=True), set())
        await page.say("presence", visible=True, audible=False)
        await page.say("presence", visible=False, audible=True)
        assert await seen.get() == (Pages(1, audible=True), set())
        await page.say("subscribe", topic=f"call:{call}")
        assert await seen.get() == (Pages(1, audible=True), here)
        assert (await page.hear("ping"))["every"] == 2
        await page.say("unsubscribe", topic=f"call:{call}")
        assert await seen.get() == (Pages(1, audible=True), set())
        await page.say("subscribe", topic=f"call:{uuid4()}")
        await page.hear("gone")
    assert await seen.get() == (Pages(), set())
    assert seen.empty()


async def test_feature_hears_its_message_with_the_facts_of_the_page(site: Site) -> None:
    heard: asyncio.Queue[SocketFacts] = asyncio.Queue()

    async def receive(_db: AsyncSession, socket: SocketFacts, message: Waved, _now: datetime) -> None:
        heard.put_nowait(socket)
        if message.rudely:
            raise NotFound

    session = site.sessions.sign_in()
    register_client_message(Waved, receive)
    async with site.page(session) as page:
        await page.say("presence", visible=True, audible=True)
        await page.say("waved", rudely=True)
        await page.say("waved", rudely=False)
        facts = [await heard.get(), await heard.get()]
        assert {(socket.actor.id, socket.visible, socket.audible) for socket in facts} == {
            (site.sessions.actors[session].id, True, True)
        }
        assert await page.hears_nothing()


async def unheard(_text: str) -> None:
    """The browser does not matter."""


async def test_line_in_a_call_is_lost_after_five_seconds(hub: Hub) -> None:
    line = Line(hub, SOFIA, msgspec.json.Decoder(Pong), unheard)
    line.facts = replace(line.facts, call_id=uuid4())
    start = asyncio.get_running_loop().time()
    line.tick(start + 4.9)
    assert line.closed_with is None
    line.tick(start + 5.1)
    assert line.closed_with == 1001


async def test_line_elsewhere_is_lost_after_thirty_seconds(hub: Hub) -> None:
    line = Line(hub, SOFIA, msgspec.json.Decoder(Pong), unheard)
    start = asyncio.get_running_loop().time()
    line.tick(start + 29.9)
    assert line.closed_with is None
    line.tick(start + 30.1)
    assert line.closed_with == 1001
