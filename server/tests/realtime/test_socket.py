"""A page's line to the server: who may open it, what it may say, what it is told."""

import asyncio
from uuid import UUID, uuid4

import pytest
from realtime.socket_site import Board, Site, World
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.exceptions import InvalidStatus

from narvaro.auth.actors import Actor, ActorKind
from narvaro.realtime import hub as realtime_hub
from narvaro.realtime import socket
from narvaro.realtime.topics import Loaded, register_topic, tell, wake


async def test_page_gets_what_it_lacks_and_then_what_is_new(site: Site, world: World) -> None:
    world.last_seq = 5
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="log", since=1)
        assert (await page.hear("lines"))["seqs"] == [2, 3, 4]
        assert (await page.hear("lines"))["seqs"] == [5]
        await world.append()
        assert (await page.hear("lines"))["seqs"] == [6]


async def test_same_snapshot_is_not_sent_twice(site: Site, world: World) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="board")
        await page.hear("board")
        before = world.loads
        await world.write("empty")
        await world.write("new")
        assert (await page.hear("board"))["text"] == "new"
        assert world.loads > before
        assert await page.hears_nothing()


async def test_unsubscribed_topic_is_silent(site: Site, world: World) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="board")
        await page.hear("board")
        await page.say("unsubscribe", topic="board")
        assert await page.hears_nothing()
        await world.write("new")
        assert await page.hears_nothing()


@pytest.mark.parametrize("topic", ["nowhere", "call:not-an-id", "call:01936f6e-0000-7000-8000-000000000000", "", "log:"])
async def test_topic_that_is_not_there_is_gone(site: Site, topic: str) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic=topic)
        assert (await page.hear("gone"))["topic"] == topic


async def test_what_is_told_reaches_other_kinds_only(site: Site, world: World) -> None:
    patient, staff = site.sessions.sign_in(), site.sessions.sign_in(ActorKind.STAFF)
    async with site.page(patient) as patients_page, site.page(staff) as staff_page:
        for page in (patients_page, staff_page):
            await page.say("subscribe", topic="board")
            await page.hear("board")
        async with world.database.transaction() as db:
            await tell(db, "board", site.sessions.actors[patient], Board(topic="told", text="writes"))
        assert (await staff_page.hear("board"))["topic"] == "told"
        assert await patients_page.hears_nothing()


async def test_stranger_is_told_to_sign_in(site: Site) -> None:
    async with site.page("nobody") as page:
        assert await page.close_code() == 4001


async def test_session_of_another_kind_opens_nothing(site: Site) -> None:
    session = site.sessions.sign_in(ActorKind.STAFF)
    actor = site.sessions.actors.pop(session)
    site.sessions.actors[session] = Actor(ActorKind.SYSTEM, actor.id, actor.clinic_id, actor.name)
    with pytest.raises(InvalidStatus):
        async with site.page(session):
            pass


async def test_foreign_page_is_refused(site: Site) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with site.page(site.sessions.sign_in(), origin="http://foreign"):
            pass
    assert refused.value.response.status_code == 403


async def test_sign_out_closes_the_line(site: Site, world: World) -> None:
    session = site.sessions.sign_in()
    async with site.page(session) as page, site.page(site.sessions.sign_in()) as other:
        await page.say("subscribe", topic="board")
        await page.hear("board")
        del site.sessions.actors[session]
        async with world.database.transaction() as db:
            await wake(db, f"session:{session}")
        assert await page.close_code() == 4001
        assert await other.hears_nothing()


@pytest.mark.parametrize(
    "frame",
    [
        "",
        "{",
        "[]",
        "null",
        b"\x00\xff",
        '{"type":"unknown"}',
        '{"type":"pong","extra":1}',
        '{"type":"subscribe","topic":1}',
        '{"type":"subscribe","topic":"board","since":-1}',
        '{"type":"subscribe","topic":"board","since":"5"}',
        '{"type":"presence","visible":"yes","audible":true}',
        "[" * 20_000,
        bytes(range(256)),
        bytes(range(256)).decode("latin-1"),
    ],
)
async def test_frame_that_is_no_message_closes(site: Site, frame: str | bytes) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        await page.line.send(frame)
        assert await page.close_code() == 4009


async def test_too_large_a_message_closes(site: Site) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="x" * 70_000)
        assert await page.close_code() == 4008


async def test_too_many_messages_close(site: Site) -> None:
    async with site.page(site.sessions.sign_in()) as page:
        for _ in range(200):
            await page.line.send('{"type":"pong"}')
        assert await page.close_code() == 4008


async def test_too_many_topics_close(site: Site, world: World) -> None:
    world.calls = {uuid4() for _ in range(61)}
    async with site.page(site.sessions.sign_in()) as page:
        for call_id in world.calls:
            await page.say("subscribe", topic=f"call:{call_id}")
        assert await page.close_code() == 4008


async def test_session_that_runs_out_closes_the_line(site: Site, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody wakes it: the page asks now and then (C2)."""
    monkeypatch.setattr(socket, "ASK_EVERY", 0.05)
    monkeypatch.setattr(realtime_hub, "TICK", 0.05)
    session = site.sessions.sign_in()
    async with site.page(session) as page:
        await page.say("subscribe", topic="board")
        await page.hear("board")
        del site.sessions.actors[session]
        assert await page.close_code() == 4001


async def test_a_call_is_activity_and_an_open_page_is_not_c2(site: Site, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "ASK_EVERY", 0.05)
    monkeypatch.setattr(realtime_hub, "TICK", 0.05)
    world.calls = {call := uuid4()}
    async with asyncio.timeout(5), site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="board")
        asked = [await site.sessions.activities.get() for _ in range(4)]
        assert asked == [False] * 4
        await page.say("subscribe", topic=f"call:{call}")
        while not await site.sessions.activities.get():
            pass


async def test_following_is_told_once_however_often_it_changes_d1(site: Site, world: World) -> None:
    followed = []

    async def load(_db: AsyncSession, _actor: Actor, _id: UUID | None, _since: int) -> Loaded:
        return Loaded([Board(topic="watched", text=world.board)])

    async def note(_db: AsyncSession, actor: Actor, _id: UUID | None) -> None:
        followed.append(actor.id)

    register_topic("watched", load, key=lambda _actor, _id: "board", on_follow=note)
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="watched")
        await page.hear("board")
        await world.write("new")
        assert (await page.hear("board"))["text"] == "new"
    assert len(followed) == 1


async def test_idle_line_keeps_nothing_that_it_does_not_need(site: Site, world: World) -> None:
    """Ten thousand of them lie on one process: nothing compresses, pumps or asks, and the request is forgotten."""
    async with site.page(site.sessions.sign_in()) as page:
        await page.say("subscribe", topic="board")
        await page.hear("board")
        assert await page.hears_nothing()
        (line,), (connection,) = site.hub._lines, site.server.server_state.connections
        if line._pumping:  # type: ignore[attr-defined]
            await line._pumping  # type: ignore[attr-defined]
        assert not line._pumping  # type: ignore[attr-defined]
        assert not page.line.protocol.extensions
        assert not connection.request.headers  # type: ignore[union-attr]
        assert not connection.scope["headers"]  # type: ignore[union-attr]
