"""Does the time of an answer tell a link that once worked from a guess? Medians, asked in turns (B5)."""

import secrets
import time
from datetime import timedelta
from random import Random
from uuid import uuid4

import aiohttp
import psycopg

from bench.people import Clinic, ask, browser, found_clinic
from bench.product import Product, running_product
from bench.report import Options, Result, Row, growth, spread
from narvaro.auth.tokens import hash_token
from narvaro.clock import utc_now
from narvaro.invitations.models import InvitationLink
from narvaro.invitations.rules import LINK_LIVES_FOR

STORED, STORED_IN_SHORT = (100, 10_000, 1_000_000), (100, 10_000)
"""Links in the database."""
TOKENS = 50
"""Of each kind, so that no one row stays warmer than the others."""
MOST_APART = 50.0
"""Milliseconds between two medians (issue 4)."""


async def measure(options: Options) -> Result:
    """Without a worker, so that a call without staff is left open."""
    rounds, sizes = (150, STORED_IN_SHORT) if options.short else (1000, STORED)
    chance = Random(options.seed)
    by_size: list[dict[str, dict[str, float]]] = []
    async with running_product(webs=1, workers=0) as product, browser() as session:
        tokens = await make_links(session, product, await found_clinic(product, staff=1, patients=2))
        for size in sizes:
            await store_until(product, size)
            by_size.append(await ask_in_turns(session, product, tokens, rounds, chance))
    spreads = dict(by_size[-1])
    lines = {kind: [(size, seen[kind]["p50"]) for size, seen in zip(sizes, by_size, strict=True)] for kind in spreads}
    apart = max(abs(seen[kind]["p50"] - seen["guessed"]["p50"]) for seen in by_size for kind in tokens)
    guessed = spreads.pop("guessed")
    rows = [Row(f"{kind}, p50", seen["p50"], guessed["p50"]) for kind, seen in spreads.items()]
    rows += [Row(f"{kind}, p99", seen["p99"], guessed["p99"]) for kind, seen in spreads.items()]
    return Result(
        "links",
        rows,
        ratio_p50=max(row.ratio or 0 for row in rows if row.what.endswith("p50")),
        ratio_p99=max(row.ratio or 0 for row in rows if row.what.endswith("p99")),
        product={**spreads, "medians_apart_ms": apart},
        floor=guessed,
        notes=[f"{rounds} answers of each kind; medians at most {apart:.3f} ms apart, {MOST_APART:.0f} ms are allowed."],
        growth=growth("Links in the database", "ms until a link is answered, p50", lines),
        status=int(apart > MOST_APART),
    )


async def ask_in_turns(
    session: aiohttp.ClientSession, product: Product, tokens: dict[str, list[str]], rounds: int, chance: Random
) -> dict[str, dict[str, float]]:
    took: dict[str, list[float]] = {kind: [] for kind in ("guessed", *tokens)}
    for number in range(-20, rounds):
        for kind in chance.sample(list(took), len(took)):
            token = chance.choice(tokens[kind]) if kind in tokens else secrets.token_urlsafe(24)
            seconds = await answered_in(session, product, token, chance)
            if number >= 0:
                took[kind].append(seconds)
    return {kind: spread(values) for kind, values in took.items()}


async def store_until(product: Product, size: int) -> None:
    """As many as a year has left behind."""
    more = (
        "INSERT INTO invitation_links (token_hash, invitation_id, created_at)"
        " SELECT sha256(gen_random_uuid()::text::bytea), l.invitation_id, l.created_at"
        " FROM (SELECT * FROM invitation_links LIMIT 1) l,"
        " generate_series(1, %s - (SELECT count(*) FROM invitation_links))"
    )
    async with await psycopg.AsyncConnection.connect(product.database_url, autocommit=True) as connection:
        await connection.execute(more, [size])
        await connection.execute("VACUUM ANALYZE invitation_links")


async def answered_in(session: aiohttp.ClientSession, product: Product, token: str, chance: Random) -> float:
    """Seconds. Every one of these links is dead; each is asked from another address, past the limit that one has."""
    address = ".".join(str(chance.randrange(1, 255)) for _ in range(3))
    headers = {"origin": product.origin, "x-forwarded-for": f"10.{address}"}
    began = time.perf_counter()
    async with session.post(f"{product.bases[0]}/api/guest/links", json={"token": token}, headers=headers) as answer:
        await answer.read()
    seconds = time.perf_counter() - began
    if answer.status != 404:
        raise RuntimeError(f"a dead link: {answer.status}")
    return seconds


async def make_links(session: aiohttp.ClientSession, product: Product, clinic: Clinic) -> dict[str, list[str]]:
    """Tokens of links that once worked: older than a day in a call that goes on; of an ended call."""
    running, ended = [await invite(session, product, clinic, number) for number in range(2)]
    tokens = {kind: [secrets.token_urlsafe(24) for _ in range(TOKENS)] for kind in ("too old", "call ended")}
    database = product.database(1)
    async with database.transaction() as db:
        for kind, invitation, age in (("too old", running[1], LINK_LIVES_FOR), ("call ended", ended[1], timedelta(0))):
            made_at = utc_now() - age
            for token in tokens[kind]:
                db.add(InvitationLink(token_hash=hash_token(token), invitation_id=invitation, created_at=made_at))
    await database.close()
    await ask(session, product.bases[0], clinic.staff[0], "POST", f"/calls/{ended[0]}/end", {})
    return tokens


async def invite(session: aiohttp.ClientSession, product: Product, clinic: Clinic, number: int) -> tuple[str, str]:
    """→ (call, invitation)"""
    call_id, invitation_id = str(uuid4()), str(uuid4())
    body = {"conversation_id": str(clinic.conversations[number])}
    await ask(session, product.bases[0], clinic.staff[0], "PUT", f"/calls/{call_id}", body)
    invitations = [{"id": invitation_id, "number": f"07017406{12 + number}"}]
    path = f"/calls/{call_id}/invitations"
    await ask(session, product.bases[0], clinic.staff[0], "POST", path, {"invitations": invitations})
    return call_id, invitation_id
