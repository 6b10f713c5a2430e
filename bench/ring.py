"""Staff's PUT → the ring is on the patient's socket at another web process; idle, and with 200 messages a second beside it."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import psycopg

from bench.people import Clinic, Page, ask, browser, found_clinic, post
from bench.product import PYTHON, Product, running_product
from bench.report import Options, Result, Row, growth, spread

RATES = (25, 75, 200)
"""Messages a second beside it; the last is what is asked for."""
BESIDE = RATES[-1]
WRITERS = 20
BLOCK = 10
"""Samples of the one before it is the other's turn."""

Sample = Callable[[], Awaitable[float]]


async def measure(options: Options) -> Result:
    rounds = 3 if options.short else 12
    async with running_product(webs=2, workers=1, livekit=True) as product, browser() as session:
        clinic = await found_clinic(product, staff=2, patients=WRITERS + 1)
        async with running_floor(product) as ports:
            ring = await product_sample(session, product, clinic)
            floor, floor_post = await floor_sample(session, ports)
            writing = await followed_writers(session, product, clinic)
            idle = await interleaved(ring, floor, rounds)
            by_rate = [
                await interleaved(
                    beside(ring, writing, rate), beside(floor, floor_post, rate), rounds if rate == BESIDE else rounds // 3
                )
                for rate in RATES
            ]
            busy = by_rate[-1]
    (idle_ring, idle_floor), (busy_ring, busy_floor) = [(spread(a), spread(b)) for a, b in (idle, busy)]
    rows = [
        Row("idle, p50", idle_ring["p50"], idle_floor["p50"], target=3),
        Row("idle, p99", idle_ring["p99"], idle_floor["p99"], target=5),
        Row(f"{BESIDE} msg/s beside, p50", busy_ring["p50"], busy_floor["p50"], target=3),
        Row(f"{BESIDE} msg/s beside, p99", busy_ring["p99"], busy_floor["p99"], target=5),
    ]
    return Result(
        "ring",
        rows,
        ratio_p50=rows[0].ratio,
        ratio_p99=rows[1].ratio,
        product={"idle": idle_ring, "beside": busy_ring},
        floor={"idle": idle_floor, "beside": busy_floor},
        notes=[f"{rounds * BLOCK} rings and as many of the floor's, idle and beside; two web processes each."],
        growth=growth(
            "Messages a second beside it",
            "ms until the ring is there, p50",
            {
                name: [(rate, spread(took[which])["p50"]) for rate, took in zip(RATES, by_rate, strict=True)]
                for which, name in enumerate(("Närvaro", "floor"))
            },
        ),
    )


async def interleaved(product: Sample, floor: Sample, rounds: int) -> tuple[list[float], list[float]]:
    """Block by block; the first samples of each block warm up."""
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for sample, into in ((product, took[0]), (floor, took[1])):
            for number in range(-2, BLOCK):
                seconds = await sample()
                if number >= 0:
                    into.append(seconds)
                await asyncio.sleep(0.02)
    return took


def beside(sample: Sample, write: Callable[[int], Awaitable[Any]], rate: int = BESIDE) -> Sample:
    """The sample, while so many messages a second are written; what the machine cannot keep up with is not piled up."""

    async def sampled() -> float:
        stop = asyncio.Event()
        writing = asyncio.create_task(keep_writing(write, stop, rate))
        await asyncio.sleep(0.05)
        seconds = await sample()
        stop.set()
        await writing
        return seconds

    return sampled


async def keep_writing(write: Callable[[int], Awaitable[Any]], stop: asyncio.Event, rate: int) -> None:
    under_way: set[asyncio.Task[Any]] = set()
    number = 0
    due = time.perf_counter()
    while not stop.is_set():
        if len(under_way) < WRITERS:
            task = asyncio.ensure_future(write(number % WRITERS))
            under_way.add(task)
            task.add_done_callback(under_way.discard)
        number += 1
        due += 1 / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
    await asyncio.gather(*under_way)


async def product_sample(session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> Sample:
    staff, patient, conversation = clinic.staff[0], clinic.patients[-1], clinic.conversations[-1]
    waiting: dict[str, asyncio.Future[float]] = {}

    def heard(message: dict[str, Any]) -> None:
        ring = message.get("ring") if message["type"] == "rings" else None
        if ring and ring["status"] == "ringing" and ring["call_id"] in waiting:
            arrived = waiting.pop(ring["call_id"])
            arrived.set_result(time.perf_counter())

    topics = ("rings", "inbox", f"conversation:{conversation}", f"entries:{conversation}")
    await Page.open(session, product.bases[1], patient, heard, *topics)
    await Page.open(session, product.bases[1], staff, lambda _: None, "inbox", f"conversation:{conversation}")
    await asyncio.sleep(0.5)

    async def sample() -> float:
        call = str(uuid4())
        waiting[call] = asyncio.get_running_loop().create_future()
        arrived = waiting[call]
        began = time.perf_counter()
        placing = asyncio.create_task(
            ask(session, product.bases[0], staff, "PUT", f"/calls/{call}", {"conversation_id": str(conversation)})
        )
        seconds = await asyncio.wait_for(arrived, 10) - began
        await placing
        await ask(session, product.bases[0], staff, "POST", f"/calls/{call}/cancel")
        return seconds

    return sample


async def followed_writers(session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> Callable[[int], Awaitable[Any]]:
    """Patients who write, each from a page that follows its own conversation."""
    for number in range(WRITERS):
        topics = (f"entries:{clinic.conversations[number]}", f"conversation:{clinic.conversations[number]}")
        await Page.open(session, product.bases[number % 2], clinic.patients[number], lambda _: None, *topics)

    async def write(number: int) -> None:
        patient, conversation = clinic.patients[number], clinic.conversations[number]
        await post(session, product.bases[number % 2], patient, conversation, "Ett meddelande om ingenting.")

    return write


@asynccontextmanager
async def running_floor(product: Product) -> AsyncIterator[list[str]]:
    """Two processes of the script, on the product's own PostgreSQL."""
    async with await psycopg.AsyncConnection.connect(product.postgres.url("postgres"), autocommit=True) as connection:
        await connection.execute("CREATE DATABASE floor")
    url = product.postgres.url("floor")
    async with await psycopg.AsyncConnection.connect(url, autocommit=True) as connection:
        await connection.execute("CREATE TABLE floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, words text)")
    ports = [product.home.ports.web + 6 + number for number in range(2)]
    for port in ports:
        environ = os.environ | {"FLOOR_DATABASE": url, "FLOOR_PORT": str(port)}
        await product.start(f"floor{port}", [*PYTHON, "bench.floors.notify"], environ)
    bases = [f"http://127.0.0.1:{port}" for port in ports]
    await until_listening(bases)
    yield bases


async def until_listening(bases: list[str]) -> None:
    async with browser() as session:
        for base in bases:
            for _ in range(200):
                try:
                    async with session.get(base):
                        break
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)


async def floor_sample(session: aiohttp.ClientSession, bases: list[str]) -> tuple[Sample, Callable[[int], Awaitable[Any]]]:
    waiting: dict[str, asyncio.Future[float]] = {}

    async def read(line: aiohttp.ClientWebSocketResponse) -> None:
        async for frame in line:
            if frame.data in waiting:
                waiting.pop(frame.data).set_result(time.perf_counter())

    line = await session.ws_connect(bases[1].replace("http", "ws"))
    sample_reading = asyncio.create_task(read(line))

    async def send(number: int, words: str) -> None:
        async with session.post(bases[number % 2], data=words) as answer:
            await answer.read()

    async def sample() -> float:
        words = str(uuid4())
        arrived = waiting[words] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        sending = asyncio.create_task(send(0, words))
        seconds = await asyncio.wait_for(arrived, 10) - began
        await sending
        assert not sample_reading.done()
        return float(seconds)

    async def write(number: int) -> None:
        await send(number, f"{UUID(int=number)} Ett meddelande om ingenting.")

    return sample, write
