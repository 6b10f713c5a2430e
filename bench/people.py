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
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.clinics.actions import add_clinic, add_staff_member
from narvaro.clock import utc_now
from narvaro.conversations.actions import start_conversation
from narvaro.patients.actions import add_patient

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
            people = [await _sign_in_patient(db, product, clinic.id, number) for number in range(patients)]
            threads = [await _start(db, clinic.id, person) for person in people]
        return Clinic(clinic.id, team, people, threads)
    finally:
        await database.close()


async def _sign_in_staff(db: AsyncSession, product: Product, clinic_id: UUID, number: int) -> Person:
    name = f"Staff {number}"
    row = await add_staff_member(db, clinic_id, iss=product.home.issuer, sub=f"staff-{number}", name=name)
    return await _sign_in(db, product, ActorKind.STAFF, row.id, clinic_id, name)


async def _sign_in_patient(db: AsyncSession, product: Product, clinic_id: UUID, number: int) -> Person:
    name = f"Patient {number}"
    row = await add_patient(db, clinic_id, iss=product.home.issuer, sub=f"patient-{number}", name=name)
    return await _sign_in(db, product, ActorKind.PATIENT, row.id, clinic_id, name)


async def _sign_in(db: AsyncSession, product: Product, kind: ActorKind, id_: UUID, clinic_id: UUID, name: str) -> Person:
    token = await start_session(db, kind, id_, clinic_id, now=utc_now())
    cookie = f"{session_cookie_name(product.origin, kind)}={token}"
    return Person(kind.value, id_, name, {"Origin": product.origin, "Cookie": cookie})


async def _start(db: AsyncSession, clinic_id: UUID, patient: Person) -> UUID:
    actor = Actor(ActorKind.PATIENT, patient.id, clinic_id, patient.name)
    return await start_conversation(db, actor, patient.id, now=utc_now())


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
