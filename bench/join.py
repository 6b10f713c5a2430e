"""The patient's click on *Acceptera* → both see each other, in Chromium; on loopback and 60 ms away."""

import asyncio
import random
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

from playwright.async_api import Browser, Page

from bench.browsers import (
    PHONE,
    chromium,
    clicked,
    context_of,
    first_picture,
    floor_address,
    floor_media,
    floor_page,
    until_sending,
)
from bench.link import NEAR, Link, NoLink, link
from bench.people import Clinic, ask, found_clinic
from bench.people import browser as http
from bench.product import LOOPBACK, Product, running_product
from bench.report import Options, Result, Row, distribution, spread
from narvaro.media.livekit import LiveKit

ROUND_TRIP = 60
WHO = ("product", "floor")
AFTER = 1.5
"""Seconds from when everything is ready until the click, and up to one more at random: key frames come at intervals.

LiveKit asks a new layer for a key frame when it is a second old, and Chromium answers no request within 300 ms of another:
sooner clicks hit that, the product's more often than the floor's, whose staff are there for longer. No person is that quick.
"""


@dataclass(slots=True)
class Took:
    """Seconds after the click."""

    patient: list[float] = field(default_factory=list)
    staff: list[float] = field(default_factory=list)

    @property
    def both(self) -> list[float]:
        return [max(pair) for pair in zip(self.patient, self.staff, strict=True)]

    def note(self, patient: float, staff: float) -> None:
        self.patient.append(patient)
        self.staff.append(staff)

    def summary(self) -> Mapping[str, float]:
        more = {"patient_p50": spread(self.patient)["p50"], "staff_p50": spread(self.staff)["p50"]}
        return spread(self.both) | more


Sample = Callable[[], Awaitable[tuple[float, float]]]


async def measure(options: Options) -> Result:
    rounds = 2 if options.short else 30
    notes = [f"{rounds} of each on loopback, half as many at {ROUND_TRIP} ms, turn by turn."]
    async with AsyncExitStack() as all_:
        places: dict[str, Link | None] = {"loopback": None}
        try:
            places[f"{ROUND_TRIP} ms"] = await all_.enter_async_context(link(ROUND_TRIP))
        except NoLink as missing:
            notes.append(f"Not at {ROUND_TRIP} ms: {missing}")
        stages = await all_.enter_async_context(stages_at(places))
        found = {where: (Took(), Took()) for where in stages}
        for number in range(-1, rounds):
            for where, samples in stages.items():
                if places[where] is not None and number % 2 == 0:
                    continue
                for sample, took in zip(samples, found[where], strict=True):
                    seen = await sample()
                    if number >= 0:  # the first warms up
                        took.note(*seen)
    return result_of(found, notes)


def result_of(found: Mapping[str, tuple[Took, Took]], notes: list[str]) -> Result:
    rows: list[Row] = []
    for where, (product, floor) in found.items():
        ours, theirs = product.summary(), floor.summary()
        is_near = where == "loopback"
        rows += [
            Row(f"{where}, both see, p50", ours["p50"], theirs["p50"], target=0.45 if is_near else 0.40),
            Row(f"{where}, both see, p95", ours["p95"], theirs["p95"], target=1 if is_near else None),
            Row(f"{where}, patient sees, p50", ours["patient_p50"], theirs["patient_p50"]),
            Row(f"{where}, staff see, p50", ours["staff_p50"], theirs["staff_p50"]),
        ]
    near = [took.summary() for took in found["loopback"]]
    lines = {f"{who}, {where}": took.both for where, pair in found.items() for who, took in zip(WHO, pair, strict=True)}
    return Result(
        "join",
        rows,
        growth=distribution("Both see each other, ms after the click", lines),
        ratio_p50=rows[0].ratio,
        ratio_p99=near[0]["p99"] / near[1]["p99"],
        product={where: took[0].summary() for where, took in found.items()},
        floor={where: took[1].summary() for where, took in found.items()},
        notes=notes,
    )


@asynccontextmanager
async def stages_at(places: Mapping[str, Link | None]) -> AsyncIterator[dict[str, tuple[Sample, Sample]]]:
    """At each place staff's and the patient's browser, and what a round of the product's and the floor's does with them."""
    async with AsyncExitStack() as all_:
        host = NEAR if any(places.values()) else LOOPBACK
        product = await all_.enter_async_context(running_product(workers=1, livekit=True, host=host))
        clinic = await found_clinic(product, staff=len(places), patients=len(places))
        base = await all_.enter_async_context(floor_page(product))
        media = await all_.enter_async_context(floor_media(product))
        stages = {}
        for number, (where, line) in enumerate(places.items()):
            pair = [await all_.enter_async_context(chromium(product, line=line)) for _ in range(2)]
            ours = await product_sample(product, clinic, number, *pair)
            stages[where] = (ours, await floor_sample(product, base, media, *pair))
        yield stages


async def product_sample(
    product: Product, clinic: Clinic, number: int, staff_browser: Browser, patient_browser: Browser
) -> Sample:
    """Staff place a call; the page rings and prepares; the patient accepts."""
    staff, patient, conversation = clinic.staff[number], clinic.patients[number], clinic.conversations[number]
    inbox = await (await context_of(staff_browser, product, staff)).new_page()
    home = await (await context_of(patient_browser, product, patient, **PHONE)).new_page()
    await inbox.goto(f"/staff/bench/conversations/{conversation}")

    async def sample() -> tuple[float, float]:
        await home.goto("/patient/bench")
        async with inbox.expect_popup() as popup:
            await inbox.get_by_role("button", name="Starta videosamtal").click()
        window = await popup.value
        accept = home.get_by_role("alertdialog").get_by_role("button", name="Acceptera")
        await accept.wait_for()
        seen = await see_each_other(window, home, accept.click)
        call = window.url.rsplit("/", 1)[1].split("?")[0]
        await window.close()
        async with http() as session:
            await ask(session, product.bases[0], staff, "POST", f"/calls/{call}/end")
        return seen

    return sample


async def floor_sample(product: Product, base: str, media: LiveKit, staff_browser: Browser, patient_browser: Browser) -> Sample:
    """A room that is there and staff in it; the patient connects, then publishes."""
    staff = await context_of(staff_browser, product)
    patient = await context_of(patient_browser, product, **PHONE)

    async def sample() -> tuple[float, float]:
        room = f"floor-{secrets.token_hex(4)}"
        await media.create_room(room)
        window, home = await staff.new_page(), await patient.new_page()
        await window.goto(floor_address(base, media, room, "staff", at_once=True))
        await home.goto(floor_address(base, media, room, "patient", at_once=False))
        seen = await see_each_other(window, home, home.get_by_role("button").click)
        await window.close()
        await home.close()
        await media.delete_room(room)
        return seen

    return sample


async def see_each_other(staff: Page, patient: Page, click: Callable[[], Awaitable[None]]) -> tuple[float, float]:
    """→ seconds after the click until the patient sees staff, and staff the patient."""
    await until_sending(staff)
    await asyncio.sleep(AFTER + random.random())
    await click()
    seen = await asyncio.gather(first_picture(patient), first_picture(staff))
    at = await clicked(patient)
    return seen[0] - at, seen[1] - at
