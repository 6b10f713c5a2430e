"""List, search, open and unread with 1,000,000 conversations and 10,000,000 entries, against the same with 1,000.

The floor is the same requests to the same product on a small clinic beside: what is measured is how cost grows.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import aiohttp
import psycopg

from bench.people import Clinic, Person, ask, browser, found_clinic
from bench.product import Product, running_product
from bench.report import Options, Result, Row, growth, spread

SIZES, SIZES_IN_SHORT = (1_000, 30_000, 1_000_000), (1_000, 30_000)
"""Conversations of each clinic."""
ENTRIES_EACH = 10

BEFORE = (
    "SET synchronous_commit = off",
    "SET session_replication_role = replica",
    "SET maintenance_work_mem = '1GB'",
    "ALTER TABLE entries DROP CONSTRAINT entries_id_key",
)
"""What is filled points where it should; the ids' index is built once, which takes a tenth of the time."""
AFTER = (
    "ALTER TABLE entries ADD CONSTRAINT entries_id_key UNIQUE (id)",
    "VACUUM ANALYZE patients, conversations, entries",
    "CHECKPOINT",
)
FILL = (
    "INSERT INTO patients (clinic_id, iss, sub, name)"
    " SELECT %(clinic)s, 'https://idp.test', 'filled-' || n,"
    " (ARRAY['Anna','Erik','Sofia','Karl','Amina','Maria','Oskar','Selma'])[1 + n %% 8] || ' '"
    " || (ARRAY['Lind','Ek','Berg','Holm','Nyberg','Hassan','Dahl'])[1 + n / 8 %% 7] || n FROM generate_series(1, %(count)s) n",
    "INSERT INTO conversations (clinic_id, patient_id, version, last_seq, last_at, last_kind, patient_messages,"
    " staff_messages, created_at) SELECT clinic_id, id, %(each)s, %(each)s, now() - random() * interval '300 days',"
    " 'message', %(each)s - %(each)s / 2, %(each)s / 2, now() - interval '301 days'"
    " FROM patients WHERE clinic_id = %(clinic)s AND sub LIKE 'filled-%%'",
    "INSERT INTO entries (conversation_id, seq, id, kind, author_kind, author_id, author_name, text, at)"
    " SELECT c.id, s, gen_random_uuid(), 'message', CASE s %% 2 WHEN 1 THEN 'patient' ELSE 'staff' END, c.patient_id,"
    " 'Någon', 'Ett meddelande om ingenting.', c.last_at - (%(each)s - s) * interval '1 hour'"
    " FROM conversations c JOIN patients p ON p.id = c.patient_id, generate_series(1, %(each)s) s"
    " WHERE c.clinic_id = %(clinic)s AND p.sub LIKE 'filled-%%' ORDER BY c.id, s",
)


@dataclass(frozen=True, slots=True)
class Office:
    """A clinic, one of its staff, and what they ask for. `rare`: a surname that one patient has."""

    conversations: int
    staff: Person
    rare: str
    threads: Sequence[UUID]


Do = Callable[[aiohttp.ClientSession, str, Office, int], Awaitable[Any]]


async def load_list(session: aiohttp.ClientSession, base: str, office: Office, _number: int) -> Any:
    return await ask(session, base, office.staff, "GET", "/conversations")


async def search_one(session: aiohttp.ClientSession, base: str, office: Office, _number: int) -> Any:
    return await ask(session, base, office.staff, "GET", f"/conversations?search={office.rare}")


async def search_many(session: aiohttp.ClientSession, base: str, office: Office, _number: int) -> Any:
    """An eighth of the clinic; the newest 50 are shown."""
    return await ask(session, base, office.staff, "GET", f"/conversations?search={COMMON}")


async def find_one(session: aiohttp.ClientSession, base: str, office: Office, _number: int) -> Any:
    return await ask(session, base, office.staff, "GET", f"/patients?search={office.rare}")


async def find_many(session: aiohttp.ClientSession, base: str, office: Office, _number: int) -> Any:
    return await ask(session, base, office.staff, "GET", f"/patients?search={COMMON}")


async def open_one(session: aiohttp.ClientSession, base: str, office: Office, number: int) -> Any:
    return await ask(session, base, office.staff, "GET", f"/conversations/{office.threads[number]}")


async def mark_read(session: aiohttp.ClientSession, base: str, office: Office, number: int) -> Any:
    return await ask(session, base, office.staff, "PUT", f"/conversations/{office.threads[number]}/read", {"seq": ENTRIES_EACH})


KINDS: dict[str, Do] = {
    "list": load_list,
    "search, one has the name": search_one,
    "search, an eighth has it": search_many,
    "find a patient, one has the name": find_one,
    "find a patient, an eighth has it": find_many,
    "open": open_one,
    "unread → read": mark_read,
}
COMMON = "Sofia"
WARM_UP = 10


async def measure(options: Options) -> Result:
    sizes, samples = (SIZES_IN_SHORT, 60) if options.short else (SIZES, 300)
    async with running_product(webs=1) as product, browser(within=60) as session:
        clinics = [await found_clinic(product, staff=1, patients=0, slug=f"of-{size}") for size in sizes]
        filled = await fill(product, clinics, sizes)
        offices = [await furnish(product, *each, samples) for each in zip(clinics, sizes, strict=True)]
        took: dict[str, list[list[float]]] = {kind: [[] for _ in offices] for kind in KINDS}
        for number in range(-WARM_UP, samples):
            for kind, do in KINDS.items():
                for office, into in zip(offices, took[kind], strict=True):
                    began = time.perf_counter()
                    await do(session, product.bases[0], office, number)
                    if number >= 0:
                        into.append(time.perf_counter() - began)
    spreads = {kind: [spread(times) for times in by_size] for kind, by_size in took.items()}
    small, big = [{kind: each[which] for kind, each in spreads.items()} for which in (0, -1)]
    rows = [Row(f"{kind}, p50", big[kind]["p50"], small[kind]["p50"], target=1.3) for kind in KINDS]
    rows += [Row(f"{kind}, p99", big[kind]["p99"], small[kind]["p99"]) for kind in KINDS]
    worst = max(KINDS, key=lambda kind: big[kind]["p50"] / small[kind]["p50"])
    lines = {kind: [(size, each["p50"]) for size, each in zip(sizes, spreads[kind], strict=True)] for kind in KINDS}
    notes = [f"{sizes[-1]:,} conversations of {ENTRIES_EACH} entries against {sizes[0]:,}, filled in {filled:.0f} s; one web."]
    return Result(
        "inbox",
        rows,
        ratio_p50=big[worst]["p50"] / small[worst]["p50"],
        ratio_p99=big[worst]["p99"] / small[worst]["p99"],
        product={"conversations": sizes[-1]} | big,
        floor={"conversations": sizes[0]} | small,
        notes=notes,
        growth=growth("Conversations in the clinic", "ms, p50", lines),
    )


async def fill(product: Product, clinics: Sequence[Clinic], sizes: Sequence[int]) -> float:
    """Seconds. Afterwards as autovacuum leaves it within minutes."""
    began = time.perf_counter()
    async with await psycopg.AsyncConnection.connect(product.database_url, autocommit=True) as connection:
        for statement in BEFORE:
            await connection.execute(statement)
        for clinic, size in zip(clinics, sizes, strict=True):
            for statement in FILL:
                await connection.execute(statement, {"clinic": clinic.id, "count": size, "each": ENTRIES_EACH})
        for statement in AFTER:
            await connection.execute(statement)
    return time.perf_counter() - began


async def furnish(product: Product, clinic: Clinic, size: int, samples: int) -> Office:
    """Conversations from all over the clinic; as many are cold as a real day's."""
    query = "SELECT id FROM conversations WHERE clinic_id = %s ORDER BY hashtext(id::text) LIMIT %s"
    async with await psycopg.AsyncConnection.connect(product.database_url) as connection:
        rows = await (await connection.execute(query, [clinic.id, samples + WARM_UP])).fetchall()
        rare = "SELECT name FROM patients WHERE clinic_id = %s AND sub = %s"
        named: Any = await (await connection.execute(rare, [clinic.id, f"filled-{size - 1}"])).fetchone()
    return Office(size, clinic.staff[0], named[0].split()[-1], [row[0] for row in rows])
