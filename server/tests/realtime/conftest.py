"""A server with sockets, a topic that is a log, one that is a snapshot, and one for a call."""

import asyncio
import socket as sockets
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec
import pytest
import uvicorn
from litestar import Litestar
from realtime.socket_site import PAGE, Board, Lines, Sessions, Site, Waved, World
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor
from narvaro.db.session import Database
from narvaro.realtime import line, messages, presence, topics
from narvaro.realtime.hub import Hub
from narvaro.realtime.schemas import FromClient, Pong, Presence, Subscribe, Unsubscribe
from narvaro.realtime.socket import socket_routes
from narvaro.realtime.topics import Loaded, TopicKind, register_topic
from narvaro.realtime.uvicorn_socket import SOCKETS


@pytest.fixture(autouse=True)
def registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test registers, no other sees."""
    kinds: dict[str, TopicKind] = {}
    receivers: dict[type[FromClient], messages.MessageReceiver[Any]] = {}
    monkeypatch.setattr(line, "TOPIC_KINDS", kinds)
    monkeypatch.setattr(topics, "TOPIC_KINDS", kinds)
    monkeypatch.setattr(line, "MESSAGE_RECEIVERS", receivers)
    monkeypatch.setattr(messages, "MESSAGE_RECEIVERS", receivers)
    monkeypatch.setattr(presence, "_hooks", [])


@pytest.fixture
def world(database: Database, registries: None) -> World:
    world = World(database)

    async def load_log(_db: AsyncSession, _actor: Actor, _id: UUID | None, since: int) -> Loaded:
        world.loads += 1
        seqs = list(range(since + 1, world.last_seq + 1))[:PAGE]
        found = [Lines(topic="log", seqs=seqs)] if seqs else []
        return Loaded(found, since=seqs[-1] if seqs else since, more=len(seqs) == PAGE)

    async def load_board(_db: AsyncSession, _actor: Actor, _id: UUID | None, _since: int) -> Loaded:
        world.loads += 1
        return Loaded([Board(topic="board", text=world.board)])

    async def load_call(_db: AsyncSession, _actor: Actor, id_: UUID | None, _since: int) -> Loaded | None:
        return Loaded([Board(topic=f"call:{id_}", text="call")]) if id_ in world.calls else None

    register_topic("log", load_log)
    register_topic("board", load_board)
    register_topic("call", load_call)
    return world


@pytest.fixture
async def hub(database: Database) -> AsyncIterator[Hub]:
    hub = Hub(database)
    await hub.start()
    yield hub
    await hub.stop()


@pytest.fixture
async def site(hub: Hub) -> AsyncIterator[Site]:
    sessions = Sessions()
    decoder = msgspec.json.Decoder(Subscribe | Unsubscribe | Presence | Pong | Waved)
    app = Litestar(socket_routes(hub, sessions.doorkeeper(), decoder))
    config = uvicorn.Config(app, log_level="warning", lifespan="off", **SOCKETS | {"ws_max_size": 2**20})
    server = uvicorn.Server(config)
    with sockets.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        yield Site(hub, sessions, listening.getsockname()[1], server)
        server.should_exit = True
        await serving
