"""`bin/bench durability`: everybody works, everything breaks, and then the checker reads what is left."""

import asyncio
import random
import time
from contextlib import suppress
from dataclasses import dataclass

import psycopg

from bench.durability.checker import check
from bench.durability.clients import ANSWERS_WITHIN, Client, Patient, Staff, World
from bench.durability.dump import read, unsettled
from bench.durability.faults import Fault, Saboteur, draw
from bench.durability.history import Run, save
from bench.people import Clinic, browser, found_clinic
from bench.product import Product, running_product, until_ready
from bench.report import RESULTS, Options, Result, Row, growth
from narvaro.media.livekit import LiveKit

PAIRS = 4
"""Staff, each with a patient of their own."""


@dataclass(frozen=True, slots=True)
class Size:
    faults: int
    messages: int
    pause: float
    pace: float
    longest_patience: float
    settle_within: float


LONG = Size(faults=100, messages=10_000, pause=2.6, pace=8, longest_patience=50, settle_within=120)
SHORT = Size(faults=8, messages=300, pause=1.6, pace=6, longest_patience=3, settle_within=35)


async def measure(options: Options) -> Result:
    size = SHORT if options.short else LONG
    count = options.faults or size.faults
    messages = size.messages * count // size.faults
    print(f"seed {options.seed}", flush=True)
    async with running_product(webs=2, workers=2, livekit=True) as product:
        clinic = await found_clinic(product, staff=PAIRS, patients=PAIRS)
        product.keep_alive()
        async with browser(within=ANSWERS_WITHIN) as session:
            world = World(session, product.bases, pace=size.pace, longest_patience=size.longest_patience)
            clients = meet(world, clinic, options.seed)
            began = time.monotonic()
            saboteur = Saboteur(product, lambda chance: cut_some(clients, chance))
            faults = draw(options.seed, count, mean_pause=size.pause)
            unanswered: list[tuple[float, float]] = []
            for tenth in batches(faults, max(1, count // 10)):
                await saboteur.carry_out(tenth)
                unanswered.append((sum(saboteur.done.values()), sum(each.outcome == "unknown" for each in world.attempts)))
            while world.acknowledged("post") < messages:
                await asyncio.sleep(0.2)
            worked = time.monotonic() - began
            settled = await settle(product, world, clients, size.settle_within)
            run = await gather(product, world, clients)
        save(run, RESULTS / "durability-run.json")
        result = judge(run, world, saboteur, product, worked, settled)
        grown = {"requests": [point for point in unanswered if point[1]]}
        result.growth = growth("Faults", "requests that were not answered", grown)
        return result


def batches(faults: list[Fault], size: int) -> list[list[Fault]]:
    return [faults[first : first + size] for first in range(0, len(faults), size)]


def meet(world: World, clinic: Clinic, seed: int) -> list[Client]:
    """Every staff member follows every log, each patient their own."""
    clients: list[Client] = [
        Staff(world, person, clinic.conversations, seed + number, own=number) for number, person in enumerate(clinic.staff)
    ]
    for number, person in enumerate(clinic.patients):
        clients.append(Patient(world, person, [clinic.conversations[number]], seed + 100 + number))
    for client in clients:
        client.start()
    return clients


def cut_some(clients: list[Client], chance: random.Random) -> None:
    for client in clients:
        if chance.random() < 0.5:
            client.cut()


async def settle(product: Product, world: World, clients: list[Client], within: float) -> float:
    """Nothing new is begun; what is under way ends; everybody catches up. Returns how long it took."""
    began = time.monotonic()
    world.working = False
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            await until_ready(product, livekit=True)
            while not await is_quiet(product, world, clients):
                await asyncio.sleep(0.2)
    world.open = False
    for client in clients:
        client.cut()
    for task in list(world.tasks):
        task.cancel()
    await asyncio.gather(*world.tasks, return_exceptions=True)
    return time.monotonic() - began


async def is_quiet(product: Product, world: World, clients: list[Client]) -> bool:
    """Only the sockets' tasks are left, the database has nothing to do, and every copy is as long as its log."""
    if len(world.tasks) > len(clients):
        return False
    with suppress(psycopg.Error):
        if await unsettled(product.database_url):
            return False
        async with await psycopg.AsyncConnection.connect(product.database_url) as connection:
            rows = await (await connection.execute("SELECT id::text, last_seq FROM conversations")).fetchall()
        lengths: dict[str, int] = dict(rows)
        return all(len(log) == lengths[id_] for client in clients for id_, log in client.seen.logs.items())
    return False


async def gather(product: Product, world: World, clients: list[Client]) -> Run:
    home = product.home
    media = LiveKit(
        api_url=f"http://127.0.0.1:{home.ports.media}", url="", api_key="demo", api_secret=home.secrets["livekit_api_secret"]
    )
    try:
        rooms = await media.room_names()
    finally:
        await media.close()
    seen = {client.name: client.seen for client in clients}
    return Run(world.attempts, seen, await read(product.database_url, rooms))


def judge(run: Run, world: World, saboteur: Saboteur, product: Product, worked: float, settled: float) -> Result:
    verdicts = check(run) | {"clients: none broke": world.broken}
    unknown = sum(attempt.outcome == "unknown" for attempt in run.attempts)
    facts = {
        "messages": world.acknowledged("post"),
        "calls": world.acknowledged("place"),
        "answered": world.acknowledged("answer"),
        "declined": world.acknowledged("decline"),
        "feedback": world.acknowledged("feedback"),
        "invitations": world.acknowledged("invite"),
        "requests": len(run.attempts),
        "unanswered": unknown,
        "faults": sum(saboteur.done.values()),
        "restarts": product.restarts,
        "violations": sum(map(len, verdicts.values())),
    }
    rows = [Row(name, float(count), None, "") for name, count in facts.items()]
    rows += [Row("worked for", worked, None, "s"), Row("quiet after", settled, None, "s")]
    notes = ["", *(f"  {count:3} × {kind}" for kind, count in saboteur.done.items() if count), ""]
    for claim, violations in verdicts.items():
        notes.append(f"{'holds ' if not violations else 'BROKEN'}  {claim}")
        notes += [f"        {violation}" for violation in violations[:5]]
    return Result("durability", rows, product=facts, notes=notes, status=int(facts["violations"] > 0))
