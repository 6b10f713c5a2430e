"""Staff's PUT → a push service has the ring: placed, job run, encrypted, signed, posted; and over → all have been told."""

import asyncio
import base64
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.people import Clinic, Page, ask, browser, found_clinic
from bench.product import Product, running_product
from bench.report import Options, Result, Row, growth, spread
from bench.ring import Sample, floor_sample, interleaved, running_floor

PAYLOAD = 350
"""Bytes of a ring's push, encrypted."""


@dataclass
class Service:
    """Takes everything, and says when."""

    origin: str = ""
    taken: "asyncio.Queue[float]" = field(default_factory=asyncio.Queue)

    async def take(self, request: web.Request) -> web.Response:
        await request.read()
        self.taken.put_nowait(time.perf_counter())
        return web.Response(status=201)


async def measure(options: Options) -> Result:
    rounds = 3 if options.short else 12
    async with running_product(webs=2, workers=1, livekit=True) as product, browser() as session, serving() as service:
        clinic = await found_clinic(product, staff=1, patients=1)
        async with running_floor(product) as ports:
            down: list[float] = []
            ladder = await product_sample(session, product, clinic, service, down)
            notify, _ = await floor_sample(session, ports)
            took = await interleaved(ladder, with_a_post(session, notify, service), rounds)
    ours, floor = (spread(each) for each in took)
    over = spread(down)
    rows = [
        Row("place → push handed over, p50", ours["p50"], floor["p50"]),
        Row("place → push handed over, p95", ours["p95"], floor["p95"]),
        Row("place → push handed over, p99", ours["p99"], floor["p99"]),
        Row("over → gone from page and push, p50", over["p50"]),
        Row("over → gone from page and push, longest", max(down) * 1000),
    ]
    return Result(
        "ladder",
        rows,
        ratio_p50=rows[0].ratio,
        ratio_p99=rows[2].ratio,
        product=ours | {"over": over},
        floor=floor,
        notes=[f"{ours['n']:.0f} rings and as many of the floor's; one worker, one device."],
        growth=growth("Rings until then", "ms until the push is handed over, p50 of a third", by_thirds(took)),
    )


def by_thirds(took: tuple[list[float], list[float]]) -> dict[str, list[tuple[float, float]]]:
    """Whether a ring costs more, the more there have been."""
    third = len(took[0]) // 3
    return {
        name: [((part + 1) * third, spread(values[part * third : (part + 1) * third])["p50"]) for part in range(3)]
        for name, values in zip(("Närvaro", "floor"), took, strict=True)
    }


@asynccontextmanager
async def serving() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_post("/push", service.take)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    service.origin = f"http://{host}:{port}"
    try:
        yield service
    finally:
        await runner.cleanup()


def encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


async def product_sample(
    session: aiohttp.ClientSession, product: Product, clinic: Clinic, service: Service, down: list[float]
) -> Sample:
    """The patient's device is reached by push and has a page in the background, at another process than staff's.

    After each sample the ring is cancelled; `down` gets the seconds until both have been told.
    """
    staff, patient, conversation = clinic.staff[0], clinic.patients[0], clinic.conversations[0]
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    p256dh = encoded(key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    device = {"endpoint": f"{service.origin}/push", "p256dh": p256dh, "auth": encoded(os.urandom(16))}
    await ask(session, product.bases[0], patient, "PUT", "/push/subscription", device)
    told: asyncio.Queue[float] = asyncio.Queue()

    def heard(message: dict[str, Any]) -> None:
        if message["type"] == "rings" and message["ring"] and message["ring"]["status"] == "cancelled":
            told.put_nowait(time.perf_counter())

    page = await Page.open(session, product.bases[1], patient, heard, "rings")
    await page.say(type="presence", visible=False, audible=False)
    await asyncio.sleep(0.5)

    async def sample() -> float:
        call = str(uuid4())
        began = time.perf_counter()
        body = {"conversation_id": str(conversation)}
        placing = asyncio.create_task(ask(session, product.bases[0], staff, "PUT", f"/calls/{call}", body))
        seconds = await asyncio.wait_for(service.taken.get(), 10) - began
        await placing
        began = time.perf_counter()
        await ask(session, product.bases[0], staff, "POST", f"/calls/{call}/cancel")
        async with asyncio.timeout(10):
            down.append(max(await service.taken.get(), await told.get()) - began)
        return seconds

    return sample


def with_a_post(session: aiohttp.ClientSession, notify: Sample, service: Service) -> Sample:
    """The floor: a row and a notice that another process hears, and then one bare POST to the same service."""

    async def sample() -> float:
        seconds = await notify()
        began = time.perf_counter()
        async with session.post(f"{service.origin}/push", data=b"x" * PAYLOAD) as answer:
            await answer.read()
        return seconds + await service.taken.get() - began

    return sample
