"""Somebody in a call floods the media server with signals: do others notice? (C6)"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import aiohttp
from livekit.protocol.models import TrackType
from livekit.protocol.rtc import (
    AddTrackRequest,
    MuteTrackRequest,
    Ping,
    SignalRequest,
    SignalResponse,
    TrickleRequest,
    UpdateParticipantMetadata,
    UpdateSubscription,
)

from bench.people import browser
from bench.product import Product, running_product
from bench.report import Options, Result, Row, growth, spread
from narvaro.media import MediaRights
from narvaro.media.livekit import LiveKit
from narvaro.media.tokens import mint_token

ROOMS = ("flooded", "beside")
WITHIN = 20.0
EVERYTHING = MediaRights(("camera", "microphone"), may_subscribe=True)


async def measure(options: Options) -> Result:
    samples, floods = (60, (1, 2)) if options.short else (400, (1, 2, 4))
    print(f"seed {options.seed}", flush=True)
    async with running_product(livekit=True) as product, browser(within=WITHIN) as session:
        media = Media(session, product)
        for room in ROOMS:
            await media.door.create_room(room)
        watched = {room: await media.join(room, f"watched-{room}") for room in ROOMS}
        quiet = await pings(watched, samples)
        quiet_joins = await joins(media, samples // 4)
        flood = Flood(media, random.Random(options.seed))
        flooding: list[asyncio.Task[None]] = []
        steps: list[dict[str, list[float]]] = []
        began = time.perf_counter()
        for count in floods:
            flooding += [asyncio.create_task(flood.keep_on(number)) for number in range(len(flooding), count)]
            steps.append(await pings(watched, samples))
        beside = steps[-1]
        beside_joins = await joins(media, samples // 4)
        took = time.perf_counter() - began
        alive = not any(task.done() for task in flooding)
        for task in flooding:
            task.cancel()
        await asyncio.gather(*flooding, return_exceptions=True)
        await media.door.close()
    rows = [Row("signals a second from the flood", flood.sent / took, None, "/s")]
    for what, now, then in (
        ("a signal's way and back, same call", beside["flooded"], quiet["flooded"]),
        ("a signal's way and back, another call", beside["beside"], quiet["beside"]),
        ("entering another call", beside_joins, quiet_joins),
    ):
        rows += [Row(f"{what}, {p}", spread(now)[p], spread(then)[p]) for p in ("p50", "p99")]
    return Result(
        "signals",
        rows,
        ratio_p50=rows[3].ratio,
        ratio_p99=rows[4].ratio,
        product={"signals": flood.sent, "seconds": took, "reconnects": flood.reconnects},
        notes=[
            f"{floods[-1]} connections of one person flood as fast as they may; thrown out {flood.reconnects} times.",
            "The floor is the same before the flood.",
        ],
        growth=growth(
            "Connections that flood",
            "ms for a signal's way and back, p50",
            {
                "in the same call": [
                    (count, spread(step["flooded"])["p50"]) for count, step in zip(floods, steps, strict=True)
                ],
                "in another call": [(count, spread(step["beside"])["p50"]) for count, step in zip(floods, steps, strict=True)],
                "before the flood": [(count, spread(quiet["beside"])["p50"]) for count in floods],
            },
        ),
        status=int(not alive),
    )


class Media:
    def __init__(self, session: aiohttp.ClientSession, product: Product) -> None:
        self.session = session
        self.secret = product.home.secrets["livekit_api_secret"]
        self.url = f"http://127.0.0.1:{product.home.ports.media}"
        self.door = LiveKit(api_url=self.url, url="", api_key="demo", api_secret=self.secret)

    async def join(self, room: str, identity: str) -> aiohttp.ClientWebSocketResponse:
        """As a browser begins: until the server has said who is there."""
        token = mint_token("demo", self.secret, room, identity, name="", kind="patient", rights=EVERYTHING)
        line = await self.session.ws_connect(
            f"{self.url}/rtc", params={"access_token": token, "protocol": "16", "auto_subscribe": "1", "sdk": "js"}
        )
        await until(line, lambda answer: answer.HasField("join"))
        return line


async def until(line: aiohttp.ClientWebSocketResponse, is_it: Callable[[SignalResponse], bool]) -> None:
    async with asyncio.timeout(WITHIN):
        while True:
            frame = await line.receive()
            if frame.type is not aiohttp.WSMsgType.BINARY:
                raise ConnectionError(f"the media server closed the line: {line.close_code}")
            if is_it(SignalResponse.FromString(frame.data)):
                return


async def timed(work: Awaitable[object]) -> float:
    began = time.perf_counter()
    await work
    return time.perf_counter() - began


async def pings(watched: dict[str, aiohttp.ClientWebSocketResponse], samples: int) -> dict[str, list[float]]:
    """In turns, for LiveKit closes a line that has said nothing for a while."""

    async def one(line: aiohttp.ClientWebSocketResponse, number: int) -> None:
        await line.send_bytes(SignalRequest(ping_req=Ping(timestamp=number)).SerializeToString())
        await until(line, lambda answer: answer.HasField("pong_resp"))

    took: dict[str, list[float]] = {room: [] for room in watched}
    for number in range(samples):
        for room, line in watched.items():
            took[room].append(await timed(one(line, number)))
        await asyncio.sleep(0.01)
    return took


async def joins(media: Media, samples: int) -> list[float]:
    async def one(number: int) -> None:
        line = await media.join("beside", f"joiner-{number % 4}")
        await line.close()

    return [await timed(one(number)) for number in range(samples)]


class Flood:
    """Well-formed signals about nothing, and noise."""

    def __init__(self, media: Media, chance: random.Random) -> None:
        self.media = media
        self.chance = chance
        self.sent = 0
        self.reconnects = -1

    async def keep_on(self, number: int) -> None:
        while True:
            self.reconnects += 1
            with suppress(ConnectionError, aiohttp.ClientError, TimeoutError):
                line = await self.media.join("flooded", f"flood-{number}")
                reading = asyncio.create_task(drain(line))
                try:
                    while not line.closed:
                        for _ in range(50):
                            await line.send_bytes(self.signal())
                            self.sent += 1
                        await asyncio.sleep(0)
                finally:
                    reading.cancel()
                    await line.close()

    def signal(self) -> bytes:
        word = f"{self.chance.randrange(1 << 60):x}"
        made = [
            SignalRequest(mute=MuteTrackRequest(sid=word, muted=True)),
            SignalRequest(subscription=UpdateSubscription(track_sids=[word] * 20, subscribe=True)),
            SignalRequest(update_metadata=UpdateParticipantMetadata(metadata=word * 50, name=word)),
            SignalRequest(trickle=TrickleRequest(candidateInit='{"candidate":"' + word + '"}')),
            SignalRequest(add_track=AddTrackRequest(cid=word, name=word, type=TrackType.AUDIO)),
            SignalRequest(ping_req=Ping(timestamp=self.sent)),
        ]
        if self.chance.random() < 0.001:
            return self.chance.randbytes(60)
        return self.chance.choice(made).SerializeToString()


async def drain(line: aiohttp.ClientWebSocketResponse) -> None:
    async for _ in line:
        pass
