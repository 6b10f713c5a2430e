"""The same over the socket: who may follow what, and what may be said of whose things (C3, D1)."""

import asyncio
import json
import socket as sockets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from matrix.conftest import KINDS, Log
from matrix.rows import MESSAGES, PATIENTS, ROLES, STAFF, TOPICS, Logged, Names
from matrix.test_http import KIND_OF, hidden_from
from matrix.world import World, doors_to, unknown
from sqlalchemy.ext.asyncio import create_async_engine
from test_app import BASE_URL, settings_of_test
from websockets.asyncio.client import ClientConnection, connect

from narvaro.app import create_app
from narvaro.auth.cookies import session_cookie_name
from narvaro.db.session import Database
from narvaro.features import register_features
from narvaro.realtime.messages import MESSAGE_RECEIVERS
from narvaro.realtime.topics import TOPIC_KINDS
from narvaro.realtime.uvicorn_socket import SOCKETS

SIGNED_OUT = 4001


def test_no_topic_and_no_message_is_without_a_row_c3() -> None:
    register_features()
    assert set(TOPICS) == set(TOPIC_KINDS), "give each a row in tests/matrix/rows.py"
    assert set(MESSAGES) == {kind.__struct_config__.tag for kind in MESSAGE_RECEIVERS}


@dataclass
class Lines:
    port: int
    log: Log


@pytest.fixture
async def lines(world_for_sockets: World) -> AsyncIterator[Lines]:
    """A server, and somebody who looks at its tables beside it."""
    doors = doors_to(Database(world_for_sockets.url, pool_size=4))
    app = create_app(settings_of_test(), doors=doors)
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", **SOCKETS))
    beside = create_async_engine(doors.database.engine.url, isolation_level="AUTOCOMMIT")
    with sockets.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        async with beside.connect() as connection:
            yield Lines(listening.getsockname()[1], Log(connection))
        server.should_exit = True
        await serving
    await beside.dispose()


@asynccontextmanager
async def line_of(port: int, kind: str, token: str | None) -> AsyncIterator[ClientConnection]:
    cookies = "; ".join(f"{session_cookie_name(BASE_URL, each)}={token}" for each in KINDS) if token else ""
    headers = {"Origin": BASE_URL, "Cookie": cookies}
    async with connect(f"ws://127.0.0.1:{port}/api/{kind}/socket", additional_headers=headers, max_size=None) as line:
        yield line


async def hear(line: ClientConnection, topic: str) -> dict[str, Any]:
    """The first message of this topic."""
    async with asyncio.timeout(10):
        while True:
            message: dict[str, Any] = json.loads(await line.recv())
            if message.get("topic") == topic:
                return message


async def follow(line: ClientConnection, topic: str) -> dict[str, Any]:
    await line.send(json.dumps({"type": "subscribe", "topic": topic}))
    return await hear(line, topic)


def name_of(topic: str, of: Names) -> str:
    thing = TOPICS[topic].of
    return f"{topic}:{of[thing]}" if thing else topic


@pytest.mark.parametrize("topic", TOPICS)
async def test_a_topic_is_told_to_those_who_may_and_gone_for_others_c3_d1(
    topic: str, world_for_sockets: World, lines: Lines
) -> None:
    row, ours, theirs = TOPICS[topic], world_for_sockets.ours, world_for_sockets.theirs
    for role in (role for role in ROLES if role in KIND_OF):
        end = await lines.log.end()
        async with line_of(lines.port, KIND_OF[role], ours.who[role]) as line:
            told = await follow(line, name_of(topic, ours.of))
            assert (told["type"] != "gone") == (role in row.may), role
            assert {name for name in hidden_from(ours, role) if name in json.dumps(told, ensure_ascii=False)} == set()
            for of in (theirs.of, unknown(theirs)) if row.of else ():
                assert (await follow(line, name_of(topic, of)))["type"] == "gone", role
        logged = [action for action, _ in await lines.log.rows(ours, role, end)]
        assert logged == ([row.log.action] if isinstance(row.log, Logged) and role in row.may else []), role


@pytest.mark.parametrize("kind", KINDS)
async def test_a_socket_opens_for_its_own_kind_only_c3(kind: str, world_for_sockets: World, lines: Lines) -> None:
    for role in (role for role in ROLES if KIND_OF.get(role) != kind):
        async with line_of(lines.port, kind, world_for_sockets.ours.who.get(role)) as line, asyncio.timeout(10):
            await line.wait_closed()
        assert line.close_code == SIGNED_OUT, role


@pytest.mark.parametrize("message", MESSAGES)
async def test_what_is_said_of_anothers_things_changes_nothing_c3(message: str, world_for_sockets: World, lines: Lines) -> None:
    """Nor does anybody hear it: the other side's page gets its own answer next."""
    ours, theirs = world_for_sockets.ours, world_for_sockets.theirs
    before = await things(lines)
    async with line_of(lines.port, "patient", theirs.who["patient"]) as page:
        await follow(page, name_of("conversation", theirs.of))
        for role in (*STAFF, *PATIENTS, "guest"):
            async with line_of(lines.port, KIND_OF[role], ours.who[role]) as line:
                await line.send(json.dumps(MESSAGES[message](theirs.of)))
                await follow(line, "nowhere")
        await page.send(json.dumps({"type": "subscribe", "topic": "nowhere"}))
        async with asyncio.timeout(10):
            while (heard := json.loads(await page.recv()))["type"] == "ping":
                pass
        assert heard == {"type": "gone", "topic": "nowhere"}
    assert await things(lines) == before


async def things(lines: Lines) -> dict[str, str]:
    """What somebody else's page must not be able to touch; where people are, they may say."""
    contents = await lines.log.contents()
    return {name: contents[name] for name in ("conversations", "entries", "read_marks", "rings", "ring_devices")}
