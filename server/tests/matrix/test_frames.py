"""Random frames at the sockets, random reports at the hooks: refused, never broken, nothing stored (C6).

`FUZZ_FRAMES` makes it longer.
"""

import asyncio
import base64
import hashlib
import os
import random
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import msgspec
import pytest
from builders import build_sms
from livekit.api import AccessToken
from matrix.rows import MESSAGES, TOPICS
from matrix.test_topics import name_of
from matrix.world import World
from sms.vendors import SECRET
from test_app import BASE_URL, settings_of_test

from bench.noise import frame_of
from narvaro.app import create_app
from narvaro.auth.actors import Actor
from narvaro.clinics.models import Clinic
from narvaro.db.session import Database
from narvaro.jobs import Doors
from narvaro.media.memory import API_KEY, API_SECRET, MemoryMedia
from narvaro.realtime.hub import Hub
from narvaro.realtime.line import NOT_UNDERSTOOD, TOO_MUCH, Line
from narvaro.sms.elks import Elks
from narvaro.sms.twilio import Twilio
from narvaro.sms.webhook import SIGNATURE, Webhook, signature
from narvaro.wire import ClientMessage

FRAMES = int(os.environ.get("FUZZ_FRAMES", "2000"))
SEED = 20261124
DECODER = msgspec.json.Decoder(ClientMessage)


def valid_messages(world: World) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"type": "pong"}, {"type": "presence", "visible": True, "audible": False}]
    for side in (world.ours.of, world.theirs.of):
        found += [make(side) for make in MESSAGES.values()]
        found += [{"type": verb, "topic": name_of(topic, side)} for topic in TOPICS for verb in ("subscribe", "unsubscribe")]
    return found


@pytest.fixture
async def hub(world_for_sockets: World) -> AsyncIterator[Hub]:
    database = Database(world_for_sockets.url, pool_size=4)
    hub = Hub(database)
    await hub.start()
    yield hub
    await hub.stop()
    await database.close()


async def test_random_frames_are_refused_or_obeyed_and_never_break_a_line_c6(world_for_sockets: World, hub: Hub) -> None:
    chance = random.Random(SEED)  # noqa: S311
    valid = valid_messages(world_for_sockets)
    actors = [world_for_sockets.ours.actors[role] for role in ("staff", "patient", "guest")]
    codes: dict[int | None, int] = {}
    line = await open_line(hub, actors[0])
    for number in range(FRAMES):
        frame = frame_of(chance, valid)
        async with asyncio.timeout(20):
            await line.receive(frame)
            if line._pumping is not None:
                await line._pumping
        code = line.closed_with
        codes[code] = codes.get(code, 0) + 1
        if code is not None or number % 50 == 0:
            await line.release()
            await hub.remove(line)
            line = await open_line(hub, chance.choice(actors))
    await line.release()
    await hub.remove(line)
    assert set(codes) <= {None, NOT_UNDERSTOOD, TOO_MUCH}
    assert min(codes.get(None, 0), codes.get(NOT_UNDERSTOOD, 0)) > FRAMES / 10, codes


async def open_line(hub: Hub, actor: Actor) -> Line:
    line = Line(hub, actor, DECODER, swallow)
    hub.add(line)
    return line


async def swallow(_text: str) -> None:
    """The browser does not matter."""


@pytest.fixture
async def hooks(database: Database) -> AsyncIterator[tuple[httpx2.AsyncClient, Doors]]:
    sms = build_sms(Elks("u", "p"), Twilio("a", "t"), Webhook("http://127.0.0.1:1/", SECRET))
    doors = Doors(database=database, media=MemoryMedia(), sms=sms)
    app = create_app(settings_of_test(), doors=doors)
    async with database.transaction() as db:
        db.add(Clinic(slug="c", name="C", brand="C"))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url=BASE_URL) as http:  # type: ignore[arg-type]
        yield http, doors
    await sms.close()


def noise(chance: random.Random) -> bytes:
    kinds = [
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"status":"delivered"}',
        b'{"status":5}',
        b"status=delivered&status=failed",
        b'{"event":"participant_joined","room":{"name":5}}',
        b'{"event":"participant_joined","room":{"name":"\\u0000"},"participant":{"identity":"\\u0000"}}',
        b'{"event":"participant_joined","room":null,"participant":[]}',
        b"[" * 3000,
        bytes(chance.randrange(256) for _ in range(chance.randrange(200))),
    ]
    return chance.choice(kinds)


@pytest.mark.parametrize("gateway", ["46elks", "twilio", "webhook", "nowhere", "%00"])
async def test_malformed_receipts_change_nothing_c6(gateway: str, hooks: tuple[httpx2.AsyncClient, Doors]) -> None:
    http, doors = hooks
    chance = random.Random(SEED)  # noqa: S311
    for _ in range(60):
        body, text_id = noise(chance), uuid4()
        key = chance.choice([doors.sms.receipt_key(text_id), "x", "%00", "å"])
        given = chance.choice(["", "t=1,v1=", f"t={'9' * 5000},v1=x", signature(SECRET.encode(), body, int(time.time()))])
        twilios = chance.choice(["", "å", "x"])
        headers = [(SIGNATURE.encode(), given.encode()), (b"x-twilio-signature", twilios.encode())]
        answer = await http.post(f"/hooks/sms/{gateway}/{text_id}/{key}", content=body, headers=headers)
        assert answer.status_code in {204, 400, 401, 404}, (body, headers, answer.text)


async def test_malformed_reports_of_the_media_server_change_nothing_c6(hooks: tuple[httpx2.AsyncClient, Doors]) -> None:
    """Also those that are signed as they should be."""
    http, _ = hooks
    chance = random.Random(SEED)  # noqa: S311
    for _ in range(60):
        body = noise(chance)
        signed = sign_report(body)
        given = chance.choice([signed, f"Bearer {signed}", "", "x.y.z", "Bearer " + "å" * 40])
        answer = await http.post("/hooks/livekit", content=body, headers=[(b"authorization", given.encode())])
        assert answer.status_code in {204, 400, 401}, (body, given, answer.text)


def sign_report(body: bytes) -> str:
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    return AccessToken(API_KEY, API_SECRET).with_sha256(digest).to_jwt()
