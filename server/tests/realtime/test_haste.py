"""What rings goes before everything else; a list rests between two loads, and misses nothing of what happens meanwhile."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import msgspec
import pytest
from realtime.socket_site import Board
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.db.session import Database
from narvaro.realtime import hub as hubs
from narvaro.realtime import line as lines
from narvaro.realtime.hub import Hub
from narvaro.realtime.line import Line
from narvaro.realtime.schemas import Subscribe
from narvaro.realtime.topics import Haste, Loaded, register_topic, wake

TOPICS = {"list": Haste.AT_LEISURE, "log": Haste.IN_TURN, "ring": Haste.AT_ONCE}


@dataclass
class Shown:
    """What each topic shows, and what a page that follows all of them has heard: (topic, what it showed)."""

    database: Database
    now: dict[str, str] = field(default_factory=lambda: dict.fromkeys(TOPICS, "before"))
    heard: list[tuple[str, str]] = field(default_factory=list)
    stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def change(self, text: str, *topics: str) -> None:
        """In one transaction, which wakes them in this order."""
        async with self.database.transaction() as db:
            self.now |= dict.fromkeys(topics, text)
            await wake(db, *topics)

    async def until(self, holds: Callable[[list[tuple[str, str]]], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds(self.heard):
                self.stirred.clear()
                await self.stirred.wait()


@pytest.fixture
def shown(database: Database, registries: None) -> Shown:
    shown = Shown(database)

    def register(name: str, haste: Haste) -> None:
        async def load(_db: AsyncSession, _actor: Actor, _id: UUID | None, _since: int) -> Loaded:
            return Loaded([Board(topic=name, text=shown.now[name])])

        register_topic(name, load, haste=haste)

    for name, haste in TOPICS.items():
        register(name, haste)
    return shown


@asynccontextmanager
async def page_that_follows(hub: Hub, shown: Shown, *topics: str) -> AsyncIterator[None]:
    async def send(message: str) -> None:
        told = json.loads(message)
        shown.heard.append((told["topic"], told["text"]))
        shown.stirred.set()

    line = Line(hub, Actor(ActorKind.PATIENT, uuid4(), uuid4(), "Sofia"), msgspec.json.Decoder(Subscribe), send)
    for topic in topics:
        await line.receive(json.dumps({"type": "subscribe", "topic": topic}))
    await shown.until(lambda heard: len(heard) == len(topics))
    shown.heard.clear()
    yield
    await line.release()


async def test_what_rings_is_sent_before_what_was_woken_before_it(hub: Hub, shown: Shown) -> None:
    async with page_that_follows(hub, shown, "log", "ring"):
        await shown.change("now", "log", "ring")
        await shown.until(lambda heard: len(heard) == 2)
    assert shown.heard == [("ring", "now"), ("log", "now")]


async def test_what_rings_on_one_page_goes_before_lists_on_others(
    hub: Hub, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubs, "HEAD_START", 3600)
    async with page_that_follows(hub, shown, "log"), page_that_follows(hub, shown, "ring"):
        await shown.change("now", "log", "ring")
        await shown.until(lambda heard: bool(heard))
        await shown.change("later", "log")
        await shown.until(lambda heard: len(heard) == 2)
    assert shown.heard == [("ring", "now"), ("log", "later")]


async def test_the_first_change_of_a_list_is_told_at_once_and_the_next_ones_wait(
    hub: Hub, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LEISURE", 0.0)
    async with page_that_follows(hub, shown, "list", "log"):
        monkeypatch.setattr(lines, "LEISURE", 3600)
        await shown.change("first", "list")
        await shown.until(lambda heard: ("list", "first") in heard)
        for number in range(5):
            await shown.change(str(number), "list", "log")
            await shown.until(lambda heard, text=str(number): ("log", text) in heard)  # type: ignore[misc]
    assert [text for topic, text in shown.heard if topic == "list"] == ["first"]


async def test_the_last_change_of_a_list_is_told_without_another_one(hub: Hub, shown: Shown) -> None:
    async with page_that_follows(hub, shown, "list"):
        for number in range(40):
            await shown.change(str(number), "list")
        await shown.until(lambda heard: ("list", "39") in heard)


async def test_a_list_that_is_no_longer_followed_is_not_loaded_after_its_rest(hub: Hub, shown: Shown) -> None:
    async def send(message: str) -> None: ...

    line = Line(hub, Actor(ActorKind.PATIENT, uuid4(), uuid4(), "Sofia"), msgspec.json.Decoder(Subscribe), send)
    await line.receive('{"type": "subscribe", "topic": "list"}')
    subscription = line._subscriptions["list"]
    subscription.rests_until = asyncio.get_running_loop().time() + 3600
    line.refresh(subscription)
    rest = subscription.rest
    assert rest is not None
    await line.release()
    assert rest.cancelled()
