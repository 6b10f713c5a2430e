"""List, search, open and unread with 1,000,000 conversations and 10,000,000 entries, against the same with 1,000.

The floor is the same requests to the same product on a small clinic beside: what is measured is how cost grows.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any
from uuid import UUID

import aiohttp
import psycopg

from bench.people import Person, ask, browser, found_clinic
from bench.product import Product, running_product
from bench.report import Options, Result, Row, spread

SMALL = 1_000
LARGE = 1_000_000
LARGE_IN_SHORT = 30_000
ENTRIES_EACH = 10

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

Do = Callable[[aiohttp.ClientSession, str, Person, UUID], Awaitable[Any]]


async def load_list(session: aiohttp.ClientSession, base: str, staff: Person, _thread: UUID) -> Any:
    return await ask(session, base, staff, "GET", "/conversations")


async def search(session: aiohttp.ClientSession, base: str, staff: Person, _thread: UUID) -> Any:
    """A whole name, as staff type it: rare in both."""
    return await ask(session, base, staff, "GET", "/conversations?search=Sofia%20Holm26")


async def find_patient(session: aiohttp.ClientSession, base: str, staff: Person, _thread: UUID) -> Any:
    return await ask(session, base, staff, "GET", "/patients?search=Sofia%20Holm26")


async def open_one(session: aiohttp.ClientSession, base: str, staff: Person, thread: UUID) -> Any:
    return await ask(session, base, staff, "GET", f"/conversations/{thread}")


async def mark_read(session: aiohttp.ClientSession, base: str, staff: Person, thread: UUID) -> Any:
    return await ask(session, base, staff, "PUT", f"/conversations/{thread}/read", {"seq": ENTRIES_EACH})


KINDS: dict[str, Do] = {
    "list": load_list,
    "search": search,
    "find a patient": find_patient,
    "open": open_one,
    "unread → read": mark_read,
}


async def measure(options: Options) -> Result:
    large, samples = (LARGE_IN_SHORT, 60) if options.short else (LARGE, 300)
    async with running_product(webs=1) as product, browser(within=60) as session:
        clinics = [await found_clinic(product, staff=1, patients=0, slug=slug) for slug in ("small", "large")]
        filled = await asyncio.gather(*(fill(product, c.id, n) for c, n in zip(clinics, (SMALL, large), strict=True)))
        await tidy(product)
        threads = [await some_threads(product, clinic.id, samples + 10) for clinic in clinics]
        took: dict[str, tuple[list[float], list[float]]] = {kind: ([], []) for kind in KINDS}
        for number in range(samples + 10):
            for kind, do in KINDS.items():
                for which, clinic in enumerate(clinics):
                    began = time.perf_counter()
                    await do(session, product.bases[0], clinic.staff[0], threads[which][number])
                    if number >= 10:
                        took[kind][which].append(time.perf_counter() - began)
    small, big = [{kind: spread(times[which]) for kind, times in took.items()} for which in (0, 1)]
    rows = [Row(f"{kind}, p50", big[kind]["p50"], small[kind]["p50"], target=1.3) for kind in KINDS]
    rows += [Row(f"{kind}, p99", big[kind]["p99"], small[kind]["p99"]) for kind in KINDS]
    worst = max(KINDS, key=lambda kind: big[kind]["p50"] / small[kind]["p50"])
    notes = [f"{large:,} conversations of {ENTRIES_EACH} entries, filled in {filled[1]:.0f} s, against {SMALL:,}; one web."]
    return Result(
        "inbox",
        rows,
        ratio_p50=big[worst]["p50"] / small[worst]["p50"],
        ratio_p99=big[worst]["p99"] / small[worst]["p99"],
        product={"conversations": large} | big,
        floor={"conversations": SMALL} | small,
        notes=notes,
    )


async def fill(product: Product, clinic: UUID, count: int) -> float:
    began = time.perf_counter()
    async with await psycopg.AsyncConnection.connect(product.database_url, autocommit=True) as connection:
        await connection.execute("SET synchronous_commit = off")
        for statement in FILL:
            await connection.execute(statement, {"clinic": clinic, "count": count, "each": ENTRIES_EACH})
    return time.perf_counter() - began


async def tidy(product: Product) -> None:
    """As autovacuum does within minutes."""
    async with await psycopg.AsyncConnection.connect(product.database_url, autocommit=True) as connection:
        await connection.execute("VACUUM ANALYZE patients, conversations, entries")
        await connection.execute("CHECKPOINT")


async def some_threads(product: Product, clinic: UUID, count: int) -> Sequence[UUID]:
    """Spread over the whole clinic; as many are cold as a real day's."""
    query = "SELECT id FROM conversations WHERE clinic_id = %s ORDER BY hashtext(id::text) LIMIT %s"
    async with await psycopg.AsyncConnection.connect(product.database_url) as connection:
        rows = await (await connection.execute(query, [clinic, count])).fetchall()
    return [row[0] for row in rows]
