"""Calls placed, answered and ended per second and core, the media server faked; and what bounds it.

Each call is four requests, as the pages make them: place, join, answer, end. There is no floor: the figure is its own.
"""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from uuid import uuid4

import aiohttp
from aiohttp import web

from bench.people import Clinic, ask, browser, found_clinic
from bench.product import Product, cpu_of, running_product
from bench.report import Options, Result, Row, growth, percentile

PAIRS = (1, 4, 16)
STEPS = ("place", "join", "ring", "answer", "end")


async def measure(options: Options) -> Result:
    seconds = 8.0 if options.short else 40.0
    async with AsyncExitStack() as stack:
        media_url = await stack.enter_async_context(running_media())
        product = await stack.enter_async_context(running_product(webs=1, workers=1, media_url=media_url))
        session = await stack.enter_async_context(browser())
        clinic = await found_clinic(product, staff=PAIRS[-1], patients=PAIRS[-1])
        await run(session, product, clinic, PAIRS[-1], 2.0)
        runs = [await run(session, product, clinic, pairs, seconds) for pairs in PAIRS]
    took, wall, cpu = runs[-1]
    calls = len(took["end"])
    parts = {name: used / calls * 1000 for name, used in cpu.items()}
    per_core = calls / sum(cpu.values())
    bound = max(parts, key=lambda name: parts[name])
    rows = [
        Row("calls per second and core", per_core, unit="/s"),
        Row("calls per second", calls / wall, unit="/s"),
        *(Row(f"CPU of {name} per call", used) for name, used in parts.items()),
        *(Row(f"{step}, p50", percentile(took[step], 50) * 1000) for step in STEPS),
        *(Row(f"{step}, p99", percentile(took[step], 99) * 1000) for step in STEPS),
    ]
    product_facts = {"per_core": per_core, "per_second": calls / wall, "calls": calls, "cpu_ms_per_call": parts, "bound": bound}
    notes = [f"{PAIRS[-1]} pairs at once, one web, one worker. Bound by the CPU of {bound}."]
    lines = {
        f"CPU of {name}": [
            (pairs, used[name] / len(steps["end"]) * 1000) for pairs, (steps, _, used) in zip(PAIRS, runs, strict=True)
        ]
        for name in parts
    }
    return Result(
        "calls", rows, product=product_facts, notes=notes, growth=growth("Pairs at once", "ms of CPU for each call", lines)
    )


async def run(
    session: aiohttp.ClientSession, product: Product, clinic: Clinic, pairs: int, seconds: float
) -> tuple[dict[str, list[float]], float, dict[str, float]]:
    """→ seconds of each step, of the whole, and of CPU by process."""
    took: defaultdict[str, list[float]] = defaultdict(list)
    before, began = used(product), time.perf_counter()

    async def timed(step: str, *request: object) -> None:
        at = time.perf_counter()
        await ask(session, product.bases[0], *request)  # type: ignore[arg-type]
        took[step].append(time.perf_counter() - at)

    async def call_on_and_on(number: int) -> None:
        staff, patient = clinic.staff[number], clinic.patients[number]
        thread, device = {"conversation_id": str(clinic.conversations[number])}, {"device_id": "device-0001"}
        while time.perf_counter() < began + seconds:
            call = str(uuid4())
            await timed("place", staff, "PUT", f"/calls/{call}", thread)
            await timed("join", staff, "POST", f"/calls/{call}/join", device)
            at = time.perf_counter()
            ring = await ask(session, product.bases[0], patient, "GET", "/rings/current")
            took["ring"].append(time.perf_counter() - at)
            await timed("answer", patient, "POST", f"/rings/{ring['id']}/answer", device)
            await timed("end", staff, "POST", f"/calls/{call}/end")

    await asyncio.gather(*(call_on_and_on(number) for number in range(pairs)))
    return took, time.perf_counter() - began, {name: after - before[name] for name, after in used(product).items()}


def used(product: Product) -> dict[str, float]:
    postgres = product.postgres.process
    roots = {"web": product.pids("web")[0], "worker": product.pids("worker")[0], "PostgreSQL": postgres.pid if postgres else 0}
    return {name: cpu_of(pid) for name, pid in roots.items()}


@asynccontextmanager
async def running_media() -> AsyncIterator[str]:
    """Says yes to everything at once: an empty protobuf message is every answer of LiveKit's with nothing in it."""

    async def agree(_request: web.Request) -> web.Response:
        return web.Response(body=b"", content_type="application/protobuf")

    application = web.Application()
    application.router.add_post("/{path:.*}", agree)
    runner = web.AppRunner(application)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()
