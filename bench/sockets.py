"""Idle sockets on one process: kB each, and a wake-up for one of them; against a bare websockets server."""

import asyncio
import json
import resource
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import uuid4

import aiohttp
import psutil
import psycopg

from bench.crowd import Crowd, Visit
from bench.people import Clinic, browser, found_clinic, post
from bench.product import PYTHON, Product, running_product
from bench.report import Options, Result, Row, growth, spread
from bench.ring import until_listening
from narvaro.auth.actors import Actor, ActorKind
from narvaro.clock import utc_now
from narvaro.conversations.actions import post_message
from narvaro.conversations.schemas import NewMessage
from narvaro.db.session import Database
from narvaro.features import register_features

MANY = 10_000
MANY_IN_SHORT = 1_000
BESIDE_THE_SOCKETS = 200
"""Files that a process needs for everything else."""

Act = Callable[[int], Awaitable[float]]
"""A socket's number → seconds."""


async def measure(options: Options) -> Result:
    many, samples = (MANY_IN_SHORT, 150) if options.short else (MANY, 500)
    raise_limit(many)
    register_features()
    async with running_product(webs=1) as product, browser(within=30) as session, two_crowds() as (our_crowd, floor_crowd):
        clinic = await found_clinic(product, staff=1, patients=many)
        floor_port = await start_floor(product)
        floor_kb = await grow(product, "floor", floor_crowd, [floor_visit(floor_port, number) for number in range(many)])
        visits = [our_visit(product, clinic, number) for number in range(many)]
        our_kb = await grow(product, "web1", our_crowd, visits)
        database = product.database(1)
        async with await psycopg.AsyncConnection.connect(product.postgres.url("postgres")) as connection:
            ours = waking(our_crowd, stored(database, clinic))
            asked = waking(our_crowd, asked_for(session, product, clinic))
            floor = waking(floor_crowd, floor_stored(connection))
            our_times, floor_times, asked_times = map(spread, await in_turns((ours, floor, asked), samples, many))
        await database.close()
    rows = [
        Row(f"memory per socket, {many:,} open", our_kb[-1][1], floor_kb[-1][1], "kB", target=2),
        Row("a wake-up for one of them, p50", our_times["p50"], floor_times["p50"]),
        Row("a wake-up for one of them, p99", our_times["p99"], floor_times["p99"], target=2),
        Row("the same from a request over HTTP, p50", asked_times["p50"], floor_times["p50"]),
        Row("the same from a request over HTTP, p99", asked_times["p99"], floor_times["p99"]),
        *(
            Row(f"memory per socket, {count:,} open", kb, floor_kb[step][1], "kB")
            for step, (count, kb) in enumerate(our_kb[:-1])
        ),
    ]
    return Result(
        "sockets",
        rows,
        ratio_p50=rows[0].ratio,
        ratio_p99=rows[2].ratio,
        product={"kb": our_kb[-1][1], "wake": our_times, "asked": asked_times},
        floor={"kb": floor_kb[-1][1], "wake": floor_times},
        notes=[
            "Each socket has a patient of its own, is signed in and follows a list, a conversation and its log.",
            "A wake-up: a message is stored, by the product's own verb in the bench, until its one socket has it.",
        ],
        growth=growth("Sockets", "kB each", {"Närvaro": our_kb, "bare websockets server": floor_kb}),
    )


def raise_limit(many: int) -> None:
    """For the processes started from here; the sockets' other ends are in processes of their own."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most < many + BESIDE_THE_SOCKETS:
        raise SystemExit(f"{many:,} sockets need {many + BESIDE_THE_SOCKETS:,} open files; the hard limit is {most:,}.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@asynccontextmanager
async def two_crowds() -> AsyncIterator[tuple[Crowd, Crowd]]:
    crowds = await Crowd.start(PYTHON), await Crowd.start(PYTHON)
    try:
        yield crowds
    finally:
        await asyncio.gather(*(crowd.stop() for crowd in crowds))


async def start_floor(product: Product) -> int:
    port = product.home.ports.web + 8
    argv = [*PYTHON, "bench.floors.sockets", str(port), product.postgres.url("postgres")]
    await product.start("floor", argv, product.children["web1"].environ)
    await until_listening([f"http://127.0.0.1:{port}"])
    return port


def our_visit(product: Product, clinic: Clinic, number: int) -> Visit:
    patient, thread = clinic.patients[number], clinic.conversations[number]
    says = [{"type": "presence", "visible": True, "audible": False}]
    says += [
        {"type": "subscribe", "topic": topic, "since": 0} for topic in ("inbox", f"conversation:{thread}", f"entries:{thread}")
    ]
    return Visit(
        number,
        product.bases[0] + patient.path("/socket"),
        dict(patient.headers),
        [json.dumps(each) for each in says],
        opened_by='"type":"conversation"',
        heard_by='"type":"entries"',
    )


def floor_visit(port: int, number: int) -> Visit:
    return Visit(number, f"ws://127.0.0.1:{port}", says=[str(number)], heard_by="woken")


async def grow(product: Product, name: str, crowd: Crowd, visits: Sequence[Visit]) -> list[tuple[int, float]]:
    """Open them, a few at a time → (how many, kB each) at a tenth, a third and all."""
    process = psutil.Process(product.pids(name)[0])
    empty = process.memory_info().rss
    steps: list[tuple[int, float]] = []
    opened = 0
    for count in (len(visits) // 10, len(visits) // 3, len(visits)):
        await crowd.open(list(visits[opened:count]))
        opened = count
        await asyncio.sleep(1)
        steps.append((count, (process.memory_info().rss - empty) / 1024 / count))
    return steps


async def in_turns(wakes: Sequence[Act], samples: int, many: int) -> list[list[float]]:
    took: list[list[float]] = [[] for _ in wakes]
    for number in range(-10, samples):
        for wake, into in zip(wakes, took, strict=True):
            seconds = await asyncio.wait_for(wake(number * 37 % many), 30)
            if number >= 0:
                into.append(seconds)
            await asyncio.sleep(0.02)
    return took


def waking(crowd: Crowd, act: Callable[[int], Awaitable[object]]) -> Act:
    """Seconds from the act's beginning until that one socket has heard."""

    async def wake(number: int) -> float:
        heard = crowd.heard(number)
        began = time.perf_counter()
        acting = asyncio.ensure_future(act(number))
        seconds = await heard - began
        await acting
        return seconds

    return wake


def stored(database: Database, clinic: Clinic) -> Callable[[int], Awaitable[object]]:
    async def act(number: int) -> object:
        patient, thread = clinic.patients[number], clinic.conversations[number]
        actor = Actor(ActorKind.PATIENT, patient.id, clinic.id, patient.name)
        message = NewMessage(id=uuid4(), text="Ett meddelande.")
        return await database.alone(lambda db: post_message(db, actor, thread, message, now=utc_now()))

    return act


def asked_for(session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> Callable[[int], Awaitable[object]]:
    async def act(number: int) -> object:
        return await post(session, product.bases[0], clinic.patients[number], clinic.conversations[number], "Ett meddelande.")

    return act


def floor_stored(connection: psycopg.AsyncConnection) -> Callable[[int], Awaitable[object]]:
    async def act(number: int) -> None:
        await connection.execute("INSERT INTO floor (words) VALUES ('Ett meddelande.')")
        await connection.execute("SELECT pg_notify('floor', %s)", [str(number)])
        await connection.commit()

    return act
