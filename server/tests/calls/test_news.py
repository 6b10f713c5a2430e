"""A ring is told in the notice that wakes the patient's page: before anything is loaded, in the loader's own words (ADR 20)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from builders import Practice, build_practice

from narvaro.auth.actors import ActorKind
from narvaro.calls import actions, topics
from narvaro.calls.schemas import IncomingRing, Rings
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.realtime import hub as hubs
from narvaro.realtime.hub import Hub
from narvaro.realtime.line import Line
from narvaro.realtime.schemas import Gone, Subscribe
from narvaro.realtime.topics import TOPIC_KINDS, Haste, News, TopicKind, wakes_of


@dataclass
class Page:
    """The patient's: what it has heard of rings."""

    hub: Hub
    database: Database
    at: Practice
    heard: list[Any] = field(default_factory=list)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def hear(self, message: str) -> None:
        self.heard.append(json.loads(message)["ring"])
        self.stirred.set()

    async def until_heard(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.heard) < count:
                self.stirred.clear()
                await self.stirred.wait()

    def notice(self, ring_id: UUID, staff_name: str) -> None:
        """As if another process had committed a ring."""
        ring = msgspec.convert(self.heard[1] | {"id": str(ring_id), "staff_name": staff_name}, IncomingRing)
        key = f"rings:{self.at.patient.id}"
        self.hub._on_notify(wakes_of(key, news=News(key, ActorKind.STAFF, Rings(topic="rings", ring=ring), ring_id)))

    async def place(self) -> tuple[UUID, UUID]:
        """→ (call, ring)"""
        now, call_id = utc_now(), uuid4()
        at = self.at
        call = await self.database.alone(lambda db: actions.place_call(db, at.staff, call_id, at.conversation_id, now=now))
        return call.id, call.ring_id


@pytest.fixture
async def page(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Page]:
    kind = TopicKind(topics.load_rings, topics._rings_key, None, Haste.AT_ONCE)
    monkeypatch.setitem(TOPIC_KINDS, "rings", kind)
    async with database.transaction() as db:
        at = await build_practice(db)
    hub = Hub(database)
    await hub.start()
    page = Page(hub, database, at)
    async with _follows(page):
        await page.until_heard(1)
        assert page.heard == [None]
        yield page
    await hub.stop()


@asynccontextmanager
async def _follows(page: Page) -> AsyncIterator[None]:
    line = Line(page.hub, page.at.patient, msgspec.json.Decoder(Subscribe), page.hear)
    await line.receive('{"type": "subscribe", "topic": "rings"}')
    yield
    await line.release()


async def test_a_ring_is_heard_before_anything_is_loaded(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "HEAD_START", 3600)
    _, ring_id = await page.place()
    await page.until_heard(2)
    assert (page.heard[1]["id"], page.heard[1]["status"]) == (str(ring_id), "ringing")


async def test_it_says_what_the_page_then_loads(page: Page) -> None:
    await page.place()
    await page.until_heard(3)
    assert page.heard[1] == page.heard[2]


async def test_a_notice_that_comes_late_does_not_make_it_ring_again(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    call_id, ring_id = await page.place()
    await page.until_heard(3)
    async with page.database.transaction() as db:
        await actions.cancel_call(db, page.at.staff, call_id, now=utc_now())
    await page.until_heard(4)
    assert page.heard[3]["status"] == "cancelled"
    monkeypatch.setattr(hubs, "HEAD_START", 3600)
    page.notice(ring_id, "late")
    page.notice(uuid4(), "another")
    await page.until_heard(5)
    assert page.heard[4]["staff_name"] == "another"


def test_news_that_has_no_room_in_a_notice_is_left_to_the_load() -> None:
    long = News("rings:1", ActorKind.STAFF, Gone(topic="o" * 9_000), uuid4())
    assert json.loads(wakes_of("rings:1", news=long)) == {"wake": ["rings:1"]}
    crowd = ["k" * 9_000]
    assert json.loads(wakes_of(*crowd)) == {"wake": crowd}


async def test_a_ring_of_somebody_with_a_very_long_name_is_loaded(page: Page) -> None:
    page.at = replace(page.at, staff=replace(page.at.staff, name="Å" * 4_000))
    await page.place()
    await page.until_heard(2)
    assert page.heard[1]["staff_name"] == "Å" * 4_000
