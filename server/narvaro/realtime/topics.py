"""What a socket can subscribe to, and how a change wakes it.

A feature registers each of its topics with a loader; the same loader serves the first subscription, every wake-up and
catching up after a lost line. NOTIFY runs in the caller's transaction and carries names; content only when it is not
stored, or when somebody waits for it: then what a loader would find (ADR 20).
"""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Text, bindparam, cast, event, func, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from narvaro.auth.actors import Actor, ActorKind
from narvaro.realtime.schemas import FromServer

CHANNEL = "narvaro"
NOTIFY = text("SELECT pg_notify(:channel, :payload)")
WAITING = "narvaro.wake"
THE_PATIENT = "<patient>"
PAYLOAD = 7_500
"""Bytes; PostgreSQL takes less than 8,000, and an id is longer than what stands for it."""
KEYS_PER_NOTICE = 60
"""A key takes less than 100 bytes."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a loader found. `since`: what the client has once it has these messages. `more`: load again at once."""

    messages: Sequence[FromServer]
    since: int = 0
    more: bool = False


LoadTopic = Callable[[AsyncSession, Actor, UUID | None, int], Awaitable[Loaded | None]]
"""(db, actor, id in the topic's name, since) → what to send, or None when it is not there or not for this actor."""
WakeKey = Callable[[Actor, UUID | None], str]
FollowTopic = Callable[[AsyncSession, Actor, UUID | None], Awaitable[None]]


class Haste(Enum):
    """What goes first when much changes at once. Each has room of its own to load in (`hub.ROOM`)."""

    AT_ONCE = "at once"
    """Somebody is waiting for it."""
    IN_TURN = "in turn"
    AT_LEISURE = "at leisure"
    """Changes often, and for many: a page loads it now, and what follows within `LEISURE` together."""


LEISURE = 0.5
"""Seconds."""


@dataclass(frozen=True, slots=True)
class TopicKind:
    load: LoadTopic
    key: WakeKey
    on_follow: FollowTopic | None = None
    haste: Haste = Haste.IN_TURN


TOPIC_KINDS: dict[str, TopicKind] = {}


def register_topic(
    name: str,
    load: LoadTopic,
    *,
    key: WakeKey | None = None,
    on_follow: FollowTopic | None = None,
    haste: Haste = Haste.IN_TURN,
) -> None:
    """`key` gives the name that wakes a subscription, by default the topic's own (`call:<id>`).

    `on_follow` runs once per subscription, in the transaction of its first load, when there is something to follow.
    """
    TOPIC_KINDS[name] = TopicKind(load, key or (lambda _actor, id_: f"{name}:{id_}" if id_ else name), on_follow, haste)


async def wake(db: AsyncSession, *keys: str) -> None:
    """Make every subscription to these keys load what is new, once the transaction has committed.

    All of a transaction's wakes leave together, just before it commits.
    """
    db.info.setdefault(WAITING, {}).update(dict.fromkeys(keys))


@event.listens_for(Session, "before_commit")
def _notify_together(session: Session) -> None:
    """In the order in which they were woken; a key that was woken twice is told once."""
    keys = list(session.info.pop(WAITING, ()))
    for first in range(0, len(keys), KEYS_PER_NOTICE):
        session.execute(NOTIFY, {"channel": CHANNEL, "payload": wakes_of(*keys[first : first + KEYS_PER_NOTICE])})


def waking(patient_id: ColumnElement[Any]) -> ColumnElement[Any]:
    """In a statement that is a whole transaction: wakes `wakes`, made by `wakes_of`, where `THE_PATIENT` stands for this id."""
    return func.pg_notify(CHANNEL, func.replace(bindparam("wakes", type_=Text), THE_PATIENT, cast(patient_id, Text)))


def wakes_of(*keys: str, news: "News | None" = None) -> str:
    """`news` is told before its key's topic is loaded again; left out when a payload has no room for it."""
    wakes = {"wake": keys}
    if news is not None:
        told = _told(news.key, news.sender, news.message) | {"about": str(news.about)}
        payload = json.dumps(wakes | told, ensure_ascii=False)
        if len(payload.encode()) < PAYLOAD:
            return payload
    return json.dumps(wakes)


@dataclass(frozen=True, slots=True)
class News:
    """What is being stored, as the key's topic will load it. `about`: who has heard of it already knows as much, or more."""

    key: str
    sender: ActorKind
    message: FromServer
    about: UUID


def _told(key: str, sender: ActorKind, message: FromServer) -> dict[str, Any]:
    return {"tell": key, "kind": sender, "message": msgspec.json.encode(message).decode()}


async def tell(db: AsyncSession, key: str, sender: Actor, message: FromServer) -> None:
    """Send one message that is not stored (*skriver …*) to the key's subscribers of other kinds than the sender's."""
    await db.execute(NOTIFY, {"channel": CHANNEL, "payload": json.dumps(_told(key, sender.kind, message))})
