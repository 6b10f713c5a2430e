"""The click on a text's link → in the call, on a phone's poor line: 1.6 Mbit/s, 150 ms there and back, a quarter of the CPU."""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
from playwright.async_api import Browser, Page
from sqlalchemy import select

from bench.browsers import PHONE, chromium, context_of, first_picture, floor_address, floor_media, floor_page, until_sending
from bench.link import NEAR, link
from bench.people import Clinic, ask, found_clinic
from bench.people import browser as http
from bench.product import Product, running_product
from bench.report import Options, Result, Row, distribution, spread
from narvaro.clinics.actions import set_clinic
from narvaro.invitations.models import InvitationLink
from narvaro.media.livekit import LiveKit
from narvaro.sms.links import link as link_to
from narvaro.sms.links import link_token
from narvaro.sms.models import TextMessage

ROUND_TRIP = 150
BYTES_PER_SECOND = 1_600_000 / 8
CPU_RATE = 4
AT_THE_DOOR = 4.0
"""Seconds that a person takes to write a name and press, in one of the two ways through the door."""

HURRY = """
const pause = %d;
const enter = () => {
    const field = document.querySelector("form input");
    const button = document.querySelector("form button[type=submit]");
    if (!field || !button || window.doorAt) return;
    window.doorAt = performance.timeOrigin + performance.now();
    field.focus();
    setTimeout(() => {
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, "Gäst");
        field.dispatchEvent(new Event("input", { bubbles: true }));
        setTimeout(() => { window.enteredAt = performance.timeOrigin + performance.now(); button.click(); }, 0);
    }, pause);
};
new MutationObserver(enter).observe(document, { childList: true, subtree: true });
"""
"""Somebody who writes and presses `pause` milliseconds after the door is there."""

RESOURCES = """
() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")].map(
    ({ name, transferSize }) => [new URL(name).pathname, transferSize])
"""


@dataclass(slots=True)
class Took:
    """Seconds from the click on the link; what the person took is out of it."""

    times: list[float] = field(default_factory=list)
    doors: list[float] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def kilobytes(self) -> float:
        return sum(self.sizes.values()) / 1000


Sample = Callable[[Took], Awaitable[None]]


async def measure(options: Options) -> Result:
    rounds = 1 if options.short else 12
    async with AsyncExitStack() as all_:
        line = await all_.enter_async_context(link(ROUND_TRIP, BYTES_PER_SECOND))
        product = await all_.enter_async_context(running_product(workers=1, livekit=True, host=NEAR))
        clinic = await direct_clinic(product)
        base = await all_.enter_async_context(floor_page(product))
        media = await all_.enter_async_context(floor_media(product))
        near = await all_.enter_async_context(chromium(product))
        far = await all_.enter_async_context(chromium(product, line=line))
        session = await all_.enter_async_context(http())
        ways: dict[str, tuple[Sample, Took]] = {
            "at once": (product_sample(session, product, clinic, near, far, 0), Took()),
            "slowly": (product_sample(session, product, clinic, near, far, AT_THE_DOOR), Took()),
            "floor": (floor_sample(product, base, media, near, far), Took()),
        }
        for _ in range(rounds):
            for sample, took in ways.values():
                await sample(took)
    return result_of(*(took for _, took in ways.values()), rounds=rounds)


def result_of(at_once: Took, slowly: Took, floor: Took, *, rounds: int) -> Result:
    ours, theirs = spread(at_once.times), spread(floor.times)
    rows = [
        Row("link → sees the call, p50", ours["p50"], theirs["p50"], target=1.3),
        Row("link → sees the call, p95", ours["p95"], theirs["p95"]),
        Row(f"{AT_THE_DOOR:g} s at the door and taken out, p50", spread(slowly.times)["p50"], theirs["p50"]),
        Row("link → the door, p50", spread(at_once.doors)["p50"]),
        Row("bytes over the line", at_once.kilobytes, floor.kilobytes, unit="kB"),
    ]
    notes = [f"{rounds} of each, turn by turn, each in a browser that has been nowhere. What came over HTTP, in kB:"]
    for took, who in ((at_once, "product"), (floor, "floor")):
        largest = sorted(took.sizes.items(), key=lambda one: -one[1])
        notes += [f"  {who:8}{size / 1000:7.1f}  {path}" for path, size in largest]
    return Result(
        "guest",
        rows,
        growth=distribution(
            "Sees the call, ms after the link", {"product": at_once.times, "after the door": slowly.times, "floor": floor.times}
        ),
        ratio_p50=rows[0].ratio,
        ratio_p99=ours["p99"] / theirs["p99"],
        product={"at_once": ours, "slowly": spread(slowly.times), "door": spread(at_once.doors), "bytes": at_once.sizes},
        floor={"all": theirs, "bytes": floor.sizes},
        notes=notes,
    )


async def direct_clinic(product: Product) -> Clinic:
    """Where guests enter without a knock: how long staff take to let them in is not the product's time."""
    clinic = await found_clinic(product, staff=1, patients=1)
    database = product.database(1)
    async with database.transaction() as db:
        await set_clinic(db, "bench", guest_admission="direct")
    await database.close()
    return clinic


def product_sample(
    session: aiohttp.ClientSession, product: Product, clinic: Clinic, near: Browser, far: Browser, pause: float
) -> Sample:
    """Staff sit in a call and invite; the link is opened far away."""
    (staff,), (patient,), (conversation,) = clinic.staff, clinic.patients, clinic.conversations
    base = product.bases[0]

    async def sample(took: Took) -> None:
        call = str(uuid4())
        await ask(session, base, staff, "PUT", f"/calls/{call}", {"conversation_id": str(conversation)})
        ring = await ask(session, base, patient, "GET", "/rings/current")
        await ask(session, base, patient, "POST", f"/rings/{ring['id']}/answer", {"device_id": "bench-phone", "camera": True})
        context = await context_of(near, product, staff)
        window = await context.new_page()
        await window.goto(f"/staff/bench/call/{call}?conversation={conversation}")
        await until_sending(window)
        address = await invite(session, product, clinic, call)
        page = await open_far(product, far, HURRY % round(pause * 1000))
        await page.goto(address, wait_until="commit")
        await note(page, took, pause)
        await page.context.close()
        await context.close()
        await ask(session, base, staff, "POST", f"/calls/{call}/end")

    return sample


numbers = iter(f"+46701740{number}" for number in range(605, 699))
"""Kept for tests by the regulator; one to a round, for a number gets few texts a day."""


async def invite(session: aiohttp.ClientSession, product: Product, clinic: Clinic, call: str) -> str:
    """→ the link in the text, once it works."""
    (staff,) = clinic.staff
    invitation = {"id": str(uuid4()), "number": next(numbers), "role": None, "language": "sv"}
    await ask(session, product.bases[0], staff, "POST", f"/calls/{call}/invitations", {"invitations": [invitation]})
    database = product.database(1)
    try:
        for _ in range(200):
            async with database.transaction() as db:
                query = select(TextMessage.id, TextMessage.salt).join(
                    InvitationLink, InvitationLink.invitation_id == TextMessage.object_id
                )
                found = (await db.execute(query.where(TextMessage.object_id == UUID(invitation["id"])))).first()
            if found is not None:
                return link_to(f"{product.origin}/g", link_token(product.home.secrets["link_secret"], found.id, found.salt))
            await asyncio.sleep(0.05)
        raise RuntimeError("The text was not sent.")
    finally:
        await database.close()


def floor_sample(product: Product, base: str, media: LiveKit, near: Browser, far: Browser) -> Sample:
    """Staff in a room that is there; an empty page that connects, then publishes."""

    async def sample(took: Took) -> None:
        room = f"floor-{secrets.token_hex(4)}"
        await media.create_room(room)
        context = await context_of(near, product)
        window = await context.new_page()
        await window.goto(floor_address(base, media, room, "staff", at_once=True))
        await until_sending(window)
        page = await open_far(product, far, "")
        await page.goto(floor_address(base, media, room, "guest", at_once=True), wait_until="commit")
        await note(page, took, 0)
        await page.context.close()
        await context.close()
        await media.delete_room(room)

    return sample


async def open_far(product: Product, far: Browser, script: str) -> Page:
    """A browser that has been nowhere, on a slow machine."""
    context = await context_of(far, product, **PHONE)
    await context.add_init_script(script)
    page = await context.new_page()
    tools = await context.new_cdp_session(page)
    await tools.send("Emulation.setCPUThrottlingRate", {"rate": CPU_RATE})
    return page


async def note(page: Page, took: Took, pause: float) -> None:
    seen = await first_picture(page)
    began, door = await page.evaluate("[performance.timeOrigin, window.doorAt ?? NaN]")
    took.times.append(seen - began / 1000 - pause)
    took.doors.append((door - began) / 1000)
    loaded: list[tuple[str, int]] = await page.evaluate(RESOURCES)
    took.sizes = sizes_of(loaded)


def sizes_of(loaded: list[tuple[str, int]]) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for path, size in loaded:
        sizes[path] = sizes.get(path, 0) + size
    return sizes
