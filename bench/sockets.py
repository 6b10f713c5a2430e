"""Idle sockets on one process: kB each, and a wake-up for one of them; against a bare websockets server."""

import asyncio
import json
import resource
import time
from typing import Any

import aiohttp
import psutil
import psycopg

from bench.people import Clinic, browser, found_clinic, post
from bench.product import PYTHON, Product, running_product
from bench.report import Options, Result, Row, spread
from bench.ring import until_listening

MANY = 10_000
MANY_IN_SHORT = 1_000
PATIENTS = 200
"""All but the last have one socket, and are woken; the last has all the others. Each follows its list and log."""


async def measure(options: Options) -> Result:
    many, samples = (MANY_IN_SHORT, 60) if options.short else (MANY, 300)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    many = min(many, (most - 500) // 2)
    async with running_product(webs=1) as product, browser(within=30) as session:
        clinic = await found_clinic(product, staff=1, patients=PATIENTS)
        floor_port = product.home.ports.web + 8
        await product.start(
            "floor",
            [*PYTHON, "bench.floors.sockets", str(floor_port), product.postgres.url("postgres")],
            product.children["web1"].environ,
        )
        await until_listening([f"http://127.0.0.1:{floor_port}"])
        ours, floor = (
            Bench(session, product, clinic),
            Floor(session, f"ws://127.0.0.1:{floor_port}", product.postgres.url("postgres")),
        )
        grown = [await grow(product, which, name, many) for which, name in ((floor, "floor"), (ours, "web1"))]
        took: tuple[list[float], list[float]] = ([], [])
        for number in range(samples):
            for which, into in ((ours, took[0]), (floor, took[1])):
                into.append(await which.wake(number * 37 % (PATIENTS - 1)))
    floor_kb, our_kb = (steps[-1][1] for steps in grown)
    our_times, floor_times = spread(took[0]), spread(took[1])
    rows = [
        Row(f"memory per socket, {many:,} open", our_kb, floor_kb, "kB", target=2),
        Row("a wake-up for one of them, p50", our_times["p50"], floor_times["p50"]),
        Row("a wake-up for one of them, p99", our_times["p99"], floor_times["p99"], target=2),
        *(Row(f"memory per socket, {count:,} open", kb, grown[0][step][1], "kB") for step, (count, kb) in enumerate(grown[1])),
    ]
    return Result(
        "sockets",
        rows,
        ratio_p50=rows[0].ratio,
        ratio_p99=rows[2].ratio,
        product={"kb": our_kb, "wake": our_times},
        floor={"kb": floor_kb, "wake": floor_times},
        notes=["Each of the product's sockets is signed in and follows a list, a conversation and its log."],
    )


class Crowd:
    """Many sockets, and the wake-up of one."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.session = session
        self.lines: list[aiohttp.ClientWebSocketResponse] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.waiting: dict[int, asyncio.Future[float]] = {}

    async def open(self, number: int) -> None:
        raise NotImplementedError

    async def wake(self, number: int) -> float:
        """Seconds until that one has heard."""
        raise NotImplementedError

    def woken(self, number: int) -> None:
        if (arrived := self.waiting.pop(number, None)) is not None:
            arrived.set_result(time.perf_counter())


class Bench(Crowd):
    def __init__(self, session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> None:
        super().__init__(session)
        self.product = product
        self.clinic = clinic

    async def open(self, number: int) -> None:
        patient, thread = self.clinic.patients[min(number, PATIENTS - 1)], self.clinic.conversations[min(number, PATIENTS - 1)]
        url = self.product.bases[0] + patient.path("/socket")
        line = await self.session.ws_connect(url, headers=patient.headers)
        await line.send_str(json.dumps({"type": "presence", "visible": True, "audible": False}))
        for topic in ("inbox", f"conversation:{thread}", f"entries:{thread}"):
            await line.send_str(json.dumps({"type": "subscribe", "topic": topic, "since": 0}))
        self.lines.append(line)
        loaded = asyncio.get_running_loop().create_future()
        self.tasks.append(asyncio.create_task(self.read(number, line, loaded)))
        await loaded

    async def read(self, number: int, line: aiohttp.ClientWebSocketResponse, loaded: "asyncio.Future[None]") -> None:
        async for frame in line:
            message: dict[str, Any] = json.loads(frame.data)
            if message["type"] == "ping":
                await line.send_str('{"type":"pong"}')
            elif message["type"] == "entries":
                self.woken(number)
            elif message["type"] == "conversation" and not loaded.done():
                loaded.set_result(None)

    async def wake(self, number: int) -> float:
        """The message itself is stored first; the clock starts with the request."""
        arrived = self.waiting[number] = asyncio.get_running_loop().create_future()
        patient, thread = self.clinic.patients[number], self.clinic.conversations[number]
        began = time.perf_counter()
        posting = asyncio.create_task(post(self.session, self.product.bases[0], patient, thread, "Ett meddelande."))
        seconds = await asyncio.wait_for(arrived, 30) - began
        await posting
        return float(seconds)


class Floor(Crowd):
    def __init__(self, session: aiohttp.ClientSession, url: str, database_url: str) -> None:
        super().__init__(session)
        self.url = url
        self.database_url = database_url
        self.connection: psycopg.AsyncConnection | None = None

    async def open(self, number: int) -> None:
        line = await self.session.ws_connect(self.url)
        await line.send_str(str(number))
        self.lines.append(line)
        self.tasks.append(asyncio.create_task(self.read(number, line)))

    async def read(self, number: int, line: aiohttp.ClientWebSocketResponse) -> None:
        async for _ in line:
            self.woken(number)

    async def wake(self, number: int) -> float:
        arrived = self.waiting[number] = asyncio.get_running_loop().create_future()
        if self.connection is None:
            self.connection = await psycopg.AsyncConnection.connect(self.database_url)
        began = time.perf_counter()
        await self.connection.execute("INSERT INTO floor (words) VALUES ('Ett meddelande.')")
        await self.connection.execute("SELECT pg_notify('floor', %s)", [str(number)])
        await self.connection.commit()
        return float(await asyncio.wait_for(arrived, 30) - began)


async def grow(product: Product, crowd: Crowd, name: str, many: int) -> list[tuple[int, float]]:
    """Open them, a few at a time → (how many, kB each) at a tenth, a third and all."""
    process = psutil.Process(product.pids(name)[0])
    empty = process.memory_info().rss
    steps: list[tuple[int, float]] = []
    room = asyncio.Semaphore(20)

    async def open_one(number: int) -> None:
        async with room:
            await crowd.open(number)

    opened = 0
    for count in (many // 10, many // 3, many):
        await asyncio.gather(*(open_one(number) for number in range(opened, count)))
        opened = count
        await asyncio.sleep(0.5)
        steps.append((count, (process.memory_info().rss - empty) / 1024 / count))
    return steps
