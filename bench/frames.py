"""Random frames through real sockets (C6): nothing breaks, nothing is stored, and a bystander hardly notices."""

import asyncio
import random
import time
from collections import Counter
from contextlib import suppress
from typing import Any
from uuid import uuid4

import aiohttp
import psutil
import psycopg

from bench.noise import frame_of
from bench.people import Clinic, Page, Person, browser, found_clinic
from bench.product import Product, running_product
from bench.report import Options, Result, Row, growth, spread

MANY, MANY_IN_SHORT = 100_000, 4_000
SENDERS = 12
EXPECTED = {1006, 1009, 4008, 4009}
"""Reset while we still sent; over 64 KB, seen by the protocol; too much; not understood."""
BARRIER, ANSWER = '{"type":"subscribe","topic":"barrier","since":0}', '{"type":"gone","topic":"barrier"}'
UNTOUCHED = ("clinics", "staff_members", "patients", "conversations", "entries", "read_marks", "calls", "rings", "invitations")
"""What a frame may never change. Following is logged, and being there is noted."""
HANGS_AFTER = 20.0
STEPS = 12
"""So often the memory is looked at."""


async def measure(options: Options) -> Result:
    many = MANY_IN_SHORT if options.short else MANY
    print(f"seed {options.seed}", flush=True)
    async with running_product(webs=1, workers=1) as product, browser(within=HANGS_AFTER) as session:
        clinic = await found_clinic(product, staff=4, patients=4)
        bystander = await Bystander.enter(session, product, await found_clinic(product, staff=1, patients=1, slug="beside"))
        quiet = [await bystander.notice() for _ in range(60 if options.short else 200)]
        pid, before = product.pids("web1"), contents(product)
        noise = Noise(session, product, clinic, random.Random(options.seed), many)
        sending = asyncio.gather(*(noise.keep_sending() for _ in range(SENDERS)))
        beside: list[float] = []
        memory: list[tuple[float, float]] = []
        began = time.perf_counter()
        while not sending.done():
            beside.append(await bystander.notice())
            if many - noise.left >= (len(memory) + 1) * many / STEPS:
                memory.append((many - noise.left, psutil.Process(pid[0]).memory_info().rss / 2**20))
        await sending
        took = time.perf_counter() - began
        changed = {table for table, digest in contents(product).items() if digest != before[table]}
        errors = errors_in(product)
        alive = product.pids("web1") == pid
        await bystander.page.close()
    result = judge(many, took, noise.ends, spread(quiet), spread(beside), faults_of(noise, changed, errors, alive))
    result.growth = growth("Frames sent", "MB of the web process", {"memory": memory})
    return result


def faults_of(noise: "Noise", changed: set[str], errors: int, alive: bool) -> list[str]:
    found = [f"{count} sockets were closed with {code}" for code, count in noise.ends.items() if code not in EXPECTED]
    found += [f"{table} has changed" for table in sorted(changed)]
    found += [f"the web's log has {errors} errors"] if errors else []
    return found + ([] if alive else ["the web process has died"])


def judge(
    many: int, took: float, ends: Counter[int | None], quiet: dict[str, float], beside: dict[str, float], faults: list[str]
) -> Result:
    rows = [
        Row("frames", many, None, ""),
        Row("a second, with all that reconnecting", many / took, None, "/s"),
        *(Row(f"sockets closed with {code}", count, None, "") for code, count in sorted(ends.items(), key=str)),
        Row("a bystander is told of typing, p50", beside["p50"], quiet["p50"]),
        Row("a bystander is told of typing, p99", beside["p99"], quiet["p99"]),
    ]
    return Result(
        "frames",
        rows,
        ratio_p50=rows[-2].ratio,
        ratio_p99=rows[-1].ratio,
        product={"frames": many, "seconds": took, "beside": beside, "faults": len(faults)},
        floor={"quiet": quiet},
        notes=["The floor is the same bystander before the noise began.", *(f"BROKEN  {fault}" for fault in faults)],
        status=int(bool(faults)),
    )


class Noise:
    """`ends`: by which code sockets were closed."""

    def __init__(
        self, session: aiohttp.ClientSession, product: Product, clinic: Clinic, chance: random.Random, many: int
    ) -> None:
        self.session = session
        self.product = product
        self.people = [*clinic.staff, *clinic.patients]
        self.valid = valid_messages(clinic)
        self.chance = chance
        self.left = many
        self.ends: Counter[int | None] = Counter()

    async def keep_sending(self) -> None:
        while self.left > 0:
            person = self.chance.choice(self.people)
            url = self.product.bases[0] + person.path("/socket")
            async with self.session.ws_connect(url, headers=person.headers, max_msg_size=0) as line:
                await self.send_until_closed(line)

    async def send_until_closed(self, line: aiohttp.ClientWebSocketResponse) -> None:
        """After each frame a question that is always answered: the frame has been dealt with by then."""
        while self.left > 0:
            self.left -= 1
            with suppress(ConnectionError, aiohttp.ClientError):
                await line.send_str(frame_of(self.chance, self.valid))
                await line.send_str(BARRIER)
            if await is_closed_before_answer(line):
                self.ends[line.close_code] += 1
                return


async def is_closed_before_answer(line: aiohttp.ClientWebSocketResponse) -> bool:
    async with asyncio.timeout(HANGS_AFTER):
        while True:
            frame = await line.receive()
            if frame.type is not aiohttp.WSMsgType.TEXT:
                return True
            if frame.data == ANSWER:
                return False


def valid_messages(clinic: Clinic) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"type": "pong"}, {"type": "presence", "visible": True, "audible": False}]
    things = [*map(str, clinic.conversations), str(uuid4())]
    for thing in things:
        found += [{"type": "typing", "conversation_id": thing}, {"type": "delivered", "ring_id": thing}]
        for topic in ("inbox", "rings", f"conversation:{thing}", f"entries:{thing}", f"call:{thing}", f"messages:{thing}"):
            found += [{"type": verb, "topic": topic} for verb in ("subscribe", "unsubscribe")]
    return found


class Bystander:
    """Staff of another clinic, who are told when their patient types; nothing of it is stored."""

    def __init__(self, page: Page, patient: Page, conversation: str, told: asyncio.Event) -> None:
        self.page = page
        self.patient = patient
        self.conversation = conversation
        self.told = told

    @classmethod
    async def enter(cls, session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> "Bystander":
        told = asyncio.Event()
        staff: Person = clinic.staff[0]

        def heard(message: dict[str, Any]) -> None:
            if message["type"] == "typing":
                told.set()

        topic = f"conversation:{clinic.conversations[0]}"
        page = await Page.open(session, product.bases[0], staff, heard, topic)
        patient = await Page.open(session, product.bases[0], clinic.patients[0], lambda _: None, topic)
        return cls(page, patient, str(clinic.conversations[0]), told)

    async def notice(self) -> float:
        """Seconds from the patient's key to the staff's screen. A socket may say twenty things a second."""
        await asyncio.sleep(0.1)
        self.told.clear()
        began = time.perf_counter()
        await self.patient.say(type="typing", conversation_id=self.conversation)
        await asyncio.wait_for(self.told.wait(), HANGS_AFTER)
        return time.perf_counter() - began


def contents(product: Product) -> dict[str, str | None]:
    """A digest of each table that noise may not touch."""
    with psycopg.connect(product.database_url) as connection:
        digest = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {} t"
        return {table: row_of(connection, digest.format(table)) for table in UNTOUCHED}


def row_of(connection: psycopg.Connection, query: str) -> str | None:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def errors_in(product: Product) -> int:
    log = (product.home.data / "logs" / "web1.log").read_text(encoding="utf-8", errors="replace")
    return sum('"level":"error"' in line.replace(" ", "") for line in log.splitlines())
