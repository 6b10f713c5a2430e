"""Who uses the product in a bench: people with sessions, asking over HTTP and following over sockets as the pages do."""

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from sqlalchemy.ext.asyncio import AsyncSession

from bench.product import Product
from narvaro.auth.actions import start_session
from narvaro.auth.actors import ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.auth.models import Session
from narvaro.auth.rules import LIFETIMES
from narvaro.auth.tokens import hash_token, new_token
from narvaro.clinics.actions import add_clinic, add_staff_member
from narvaro.clock import utc_now
from narvaro.conversations.models import Conversation
from narvaro.patients.models import Patient

Heard = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Signed in: the session is made in the database, past the identity provider, which no bench is about."""

    kind: str
    id: UUID
    name: str
    headers: Mapping[str, str]

    def path(self, rest: str) -> str:
        return f"/api/{self.kind}{rest}"


@dataclass(frozen=True, slots=True)
class Clinic:
    id: UUID
    staff: list[Person]
    patients: list[Person]
    conversations: list[UUID]
    """The one of the patient with the same index."""


async def found_clinic(product: Product, *, staff: int, patients: int, slug: str = "bench") -> Clinic:
    database = product.database(2)
    try:
        async with database.transaction() as db:
            clinic = await add_clinic(
                db, slug, name="Bench", brand="Bench", sms_per_call=1000, sms_per_staff=1_000_000, sms_per_clinic=1_000_000
            )
            team = [await _sign_in_staff(db, product, clinic.id, number) for number in range(staff)]
            people, threads = await _add_patients(db, product, clinic.id, patients)
        return Clinic(clinic.id, team, people, threads)
    finally:
        await database.close()


async def _sign_in_staff(db: AsyncSession, product: Product, clinic_id: UUID, number: int) -> Person:
    name = f"Staff {number}"
    row = await add_staff_member(db, clinic_id, iss=product.home.issuer, sub=f"staff-{number}", name=name)
    return await _sign_in(db, product, ActorKind.STAFF, row.id, clinic_id, name)


async def _add_patients(db: AsyncSession, product: Product, clinic_id: UUID, count: int) -> tuple[list[Person], list[UUID]]:
    """Signed in, each with a conversation; in bulk, for there may be ten thousand."""
    now, iss = utc_now(), product.home.issuer
    patients = [Patient(clinic_id=clinic_id, iss=iss, sub=f"patient-{n}", name=f"Patient {n}") for n in range(count)]
    db.add_all(patients)
    await db.flush()
    threads = [Conversation(clinic_id=clinic_id, patient_id=each.id, last_at=now, created_at=now) for each in patients]
    tokens = [new_token() for _ in patients]
    db.add_all([*threads, *(_session(each.id, clinic_id, token) for each, token in zip(patients, tokens, strict=True))])
    await db.flush()
    people = [_person(product, ActorKind.PATIENT, p.id, p.name, token) for p, token in zip(patients, tokens, strict=True)]
    return people, [thread.id for thread in threads]


def _session(patient_id: UUID, clinic_id: UUID, token: str) -> Session:
    now, kind = utc_now(), ActorKind.PATIENT
    lives = {"created_at": now, "seen_at": now, "expires_at": now + LIFETIMES[kind].ends_after}
    return Session(token_hash=hash_token(token), kind=kind.value, person_id=patient_id, clinic_id=clinic_id, **lives)


async def _sign_in(db: AsyncSession, product: Product, kind: ActorKind, id_: UUID, clinic_id: UUID, name: str) -> Person:
    return _person(product, kind, id_, name, await start_session(db, kind, id_, clinic_id, now=utc_now()))


def _person(product: Product, kind: ActorKind, id_: UUID, name: str, token: str) -> Person:
    cookie = f"{session_cookie_name(product.origin, kind)}={token}"
    return Person(kind.value, id_, name, {"Origin": product.origin, "Cookie": cookie})


def browser(*, within: float = 10.0) -> aiohttp.ClientSession:
    """Any number of connections; cookies only as `Person.headers` has them."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=within),
        json_serialize=json.dumps,
    )


async def ask(
    session: aiohttp.ClientSession, base: str, person: Person, method: str, path: str, body: object | None = None
) -> Any:
    """The JSON of a 2xx. Raises for anything else: in a bench nothing may be refused."""
    async with session.request(method, base + person.path(path), json=body, headers=person.headers) as answer:
        text = await answer.text()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]}")
        return json.loads(text) if text else None


async def post(session: aiohttp.ClientSession, base: str, person: Person, conversation: UUID, words: str) -> Any:
    return await ask(
        session, base, person, "POST", f"/conversations/{conversation}/messages", {"id": str(uuid4()), "text": words}
    )


@dataclass
class Page:
    """One open page: hands what it hears to `heard`, and answers pings."""

    line: aiohttp.ClientWebSocketResponse
    heard: Heard
    _reading: "asyncio.Task[None]" = field(init=False)

    def __post_init__(self) -> None:
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def open(cls, session: aiohttp.ClientSession, base: str, person: Person, heard: Heard, *topics: str) -> "Page":
        line = await session.ws_connect(base + person.path("/socket"), headers=person.headers, max_msg_size=0)
        page = cls(line, heard)
        await page.say(type="presence", visible=True, audible=True)
        for topic in topics:
            await page.say(type="subscribe", topic=topic, since=0)
        return page

    async def say(self, **message: Any) -> None:
        await self.line.send_str(json.dumps(message))

    async def close(self) -> None:
        await self.line.close()
        self._reading.cancel()
        with suppress(asyncio.CancelledError):
            await self._reading

    async def _read(self) -> None:
        async for frame in self.line:
            if frame.type is aiohttp.WSMsgType.TEXT:
                message = json.loads(frame.data)
                if message["type"] == "ping":
                    await self.say(type="pong")
                else:
                    self.heard(message)
