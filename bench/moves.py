"""Sockets move to another process (G3): web processes are ended in turn, in good order and by kill -9, and pages come back."""

import asyncio
import json
import os
import random
import signal
import time
from contextlib import suppress

import aiohttp

from bench.people import Clinic, Person, browser, found_clinic
from bench.product import Product, running_product, until_ready
from bench.report import Options, Result, Row, growth, percentile

SIZES, SIZES_IN_SHORT = (50, 150, 400), (25, 100)
"""Pages, of all processes together."""
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 10.0
"""As `web/src/api/socket.ts` has them."""
LONGEST_GAP = 5.0
WAYS = {"SIGTERM": signal.SIGTERM, "kill -9": signal.SIGKILL}


async def measure(options: Options) -> Result:
    sizes = SIZES_IN_SHORT if options.short else SIZES
    async with running_product(webs=2, workers=1) as product, browser(within=10) as session:
        clinic = await found_clinic(product, staff=1, patients=sizes[-1])
        product.keep_alive()
        crowd = [
            Follower(session, product, clinic, number, random.Random(options.seed + number)) for number in range(sizes[-1])
        ]
        following: list[asyncio.Task[None]] = []
        steps: list[dict[str, list[float]]] = []
        for size in sizes:
            following += [asyncio.create_task(one.follow_for_ever()) for one in crowd[len(following) : size]]
            await asyncio.gather(*(one.until_there() for one in crowd[:size]))
            steps.append({way: await end_in_turn(product, crowd[:size], sign) for way, sign in WAYS.items()})
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    rows, gaps = [], steps[-1]
    lines = {
        f"{way}, {name}": [(size, percentile(step[way], at)) for size, step in zip(sizes, steps, strict=True)]
        for way in WAYS
        for name, at in (("p50", 50), ("longest", 100))
    }
    for way, seconds in gaps.items():
        rows += [Row(f"sockets moved by {way}", len(seconds), None, "")]
        rows += [Row(f"gap after {way}, {name}", percentile(seconds, at), None, "s") for name, at in (("p50", 50), ("p99", 99))]
        rows += [Row(f"gap after {way}, longest", max(seconds), None, "s")]
    return Result(
        "moves",
        rows,
        product={way: {"n": len(seconds), "longest": max(seconds)} for way, seconds in gaps.items()},
        notes=["A gap: from the line's end to the first thing that another process has sent."],
        growth=growth("Pages", "s without a line", lines),
        status=int(max(max(seconds) for seconds in gaps.values()) > LONGEST_GAP),
    )


async def end_in_turn(product: Product, crowd: list["Follower"], sign: signal.Signals) -> list[float]:
    """One, and when it is back the other."""
    for one in crowd:
        one.gaps.clear()
    for name in ("web1", "web2"):
        [pid] = product.pids(name)
        os.kill(pid, sign)
        while product.pids(name) in ([pid], []):
            await asyncio.sleep(0.05)
        await until_ready(product)
        await asyncio.gather(*(one.until_there() for one in crowd))
    return [gap for one in crowd for gap in one.gaps]


class Follower:
    """One page of a patient's, on whichever process answers."""

    def __init__(
        self, session: aiohttp.ClientSession, product: Product, clinic: Clinic, number: int, chance: random.Random
    ) -> None:
        self.session = session
        self.bases = product.bases
        self.person: Person = clinic.patients[number]
        self.topic = f"conversation:{clinic.conversations[number]}"
        self.chance = chance
        self.gaps: list[float] = []
        self.there = asyncio.Event()
        self.lost_at: float | None = None

    async def until_there(self) -> None:
        await asyncio.wait_for(self.there.wait(), 60)

    async def follow_for_ever(self) -> None:
        pause = FIRST_PAUSE
        while True:
            for base in self.chance.sample(self.bases, len(self.bases)):
                with suppress(aiohttp.ClientConnectorError):
                    await self.follow_while_it_lasts(base)
                    break
            if self.there.is_set():
                self.there.clear()
                self.lost_at, pause = time.monotonic(), FIRST_PAUSE
            await asyncio.sleep(pause if pause == FIRST_PAUSE else pause * self.chance.uniform(0.5, 1))
            pause = min(pause * 2, LONGEST_PAUSE)

    async def follow_while_it_lasts(self, base: str) -> None:
        """Raises ClientConnectorError when nobody listens; a balancer then asks the next."""
        try:
            await self.follow(base)
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientError, TimeoutError, OSError):
            return

    async def follow(self, base: str) -> None:
        async with self.session.ws_connect(base + self.person.path("/socket"), headers=self.person.headers) as line:
            await line.send_str(json.dumps({"type": "subscribe", "topic": self.topic, "since": 0}))
            async for frame in line:
                message = json.loads(frame.data)
                if message["type"] == "ping":
                    await line.send_str('{"type":"pong"}')
                elif not self.there.is_set():
                    self.there.set()
                    if self.lost_at is not None:
                        self.gaps.append(time.monotonic() - self.lost_at)
