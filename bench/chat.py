"""Acknowledged messages per second and core, 32 senders; and how soon the other side has them."""

import asyncio
import json
import time
from typing import Any
from uuid import uuid4

import aiohttp

from bench.people import Clinic, Page, ask, browser, found_clinic
from bench.product import PYTHON, Product, cpu_of, running_product
from bench.report import Options, Result, Row, growth, percentile

SIZES = (2, 8, 32)
"""Senders at once; the last is what is asked for."""
SENDERS = SIZES[-1]
READERS = 8


async def measure(options: Options) -> Result:
    rounds, seconds = (2, 4.0) if options.short else (4, 10.0)
    ours: list[dict[str, Any]] = []
    floors: list[dict[str, Any]] = []
    async with running_product(webs=1, workers=1) as product, browser() as session:
        clinic = await found_clinic(product, staff=READERS, patients=SENDERS)
        unread = await found_clinic(product, staff=0, patients=SENDERS, slug="floor")
        heard = await follow(session, product, clinic)
        await run(session, product, clinic, heard, 2.0)
        fewer = [
            (await run(session, product, clinic, heard, seconds, size), await run_floor(product, unread, seconds, size))
            for size in SIZES[:-1]
        ]
        for _ in range(rounds):
            ours.append(await run(session, product, clinic, heard, seconds))
            floors.append(await run_floor(product, unread, seconds))
    mine, floor = summed(ours), summed(floors)
    by_size = [*((summed([a]), summed([b])) for a, b in fewer), (mine, floor)]
    rows = [
        Row("acknowledged per second and core", mine["per_core"], floor["per_core"], "/s", 0.4, more_is_better=True),
        Row("acknowledged per second", mine["per_second"], floor["per_second"], "/s"),
        Row("until acknowledged, p50", mine["ack_p50"], floor["ack_p50"]),
        Row("until acknowledged, p99", mine["ack_p99"], floor["ack_p99"]),
        Row("until on the other side, p50", mine["delivery_p50"], floor["delivery_p50"]),
        Row("until on the other side, p99", mine["delivery_p99"], floor["delivery_p99"]),
    ]
    notes = ["Per core: messages through CPU seconds of the web process (the floor's script) and PostgreSQL together."]
    delivery = mine["delivery_p99"] / floor["delivery_p99"]
    lines = {
        name: [(size, 1000 / each[which]["per_core"]) for size, each in zip(SIZES, by_size, strict=True)]
        for which, name in enumerate(("Närvaro", "floor"))
    }
    grown = growth("Senders at once", "ms of CPU for each message", lines)
    return Result(
        "chat", rows, ratio_p50=rows[0].ratio, ratio_p99=delivery, product=mine, floor=floor, notes=notes, growth=grown
    )


class Heard:
    """When each message began, and how long it took to the reader."""

    def __init__(self) -> None:
        self.begun: dict[str, float] = {}
        self.delivered: list[float] = []

    def __call__(self, message: dict[str, Any]) -> None:
        if message["type"] == "entries":
            now = time.perf_counter()
            for entry in message["entries"]:
                if began := self.begun.pop(entry["id"], None):
                    self.delivered.append(now - began)


async def follow(session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> Heard:
    """Each of the staff's pages follows some of the logs that are written to."""
    heard = Heard()
    for number, staff in enumerate(clinic.staff):
        topics = [f"entries:{conversation}" for conversation in clinic.conversations[number::READERS]]
        await Page.open(session, product.bases[0], staff, heard, *topics)
    await asyncio.sleep(0.5)
    return heard


async def run(
    session: aiohttp.ClientSession, product: Product, clinic: Clinic, heard: Heard, seconds: float, senders: int = SENDERS
) -> dict[str, Any]:
    heard.delivered = []
    took: list[float] = []
    began, cpu = time.perf_counter(), product.cpu("web")

    async def send(number: int) -> None:
        patient, conversation = clinic.patients[number], clinic.conversations[number]
        while (at := time.perf_counter()) < began + seconds:
            message = str(uuid4())
            heard.begun[message] = at
            body = {"id": message, "text": "Ett meddelande om ingenting."}
            await ask(session, product.bases[0], patient, "POST", f"/conversations/{conversation}/messages", body)
            took.append(time.perf_counter() - at)

    await asyncio.gather(*(send(number) for number in range(senders)))
    wall = time.perf_counter() - began
    for _ in range(100):
        if not heard.begun:
            break
        await asyncio.sleep(0.05)
    cpu = product.cpu("web") - cpu
    return {"messages": len(took), "seconds": wall, "cpu": cpu, "acknowledged": took, "delivered": heard.delivered}


async def run_floor(product: Product, unread: Clinic, seconds: float, senders: int = SENDERS) -> dict[str, Any]:
    """PostgreSQL's part is counted like the product's. It writes in `unread`: who followed that would have to catch up."""
    postgres = product.postgres.process
    assert postgres
    cpu = cpu_of(postgres.pid)
    command = [*PYTHON, "bench.floors.rows", product.database_url, str(unread.id), str(senders), str(seconds)]
    script = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE, limit=2**26)
    said: dict[str, Any] = json.loads((await script.communicate())[0])
    said["cpu"] += cpu_of(postgres.pid) - cpu
    return said


def summed(runs: list[dict[str, Any]]) -> dict[str, float]:
    messages, wall, cpu = (sum(run[key] for run in runs) for key in ("messages", "seconds", "cpu"))
    acknowledged = [seconds for run in runs for seconds in run["acknowledged"]]
    delivered = [seconds for run in runs for seconds in run["delivered"]]
    return {
        "per_core": messages / cpu,
        "per_second": messages / wall,
        "ack_p50": percentile(acknowledged, 50) * 1000,
        "ack_p99": percentile(acknowledged, 99) * 1000,
        "delivery_p50": percentile(delivered, 50) * 1000,
        "delivery_p99": percentile(delivered, 99) * 1000,
    }
