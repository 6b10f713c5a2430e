"""One open socket: what it follows, what it is owed, and whether anybody is still there.

A pump sends one thing at a time, and is there only while something is owed: most lines are idle. While a slow browser takes its
time, a topic that changes again is only marked again: the backlog is never longer than the list of topics.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

import msgspec
import structlog
from sqlalchemy.exc import DataError
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor
from narvaro.clock import utc_now
from narvaro.errors import Problem
from narvaro.realtime.hub import DatabaseDown, Hub
from narvaro.realtime.messages import MESSAGE_RECEIVERS
from narvaro.realtime.presence import CALL_TOPIC, SocketFacts
from narvaro.realtime.schemas import FromClient, FromServer, Gone, Ping, Pong, Presence, Subscribe, Unsubscribe
from narvaro.realtime.topics import LEISURE, TOPIC_KINDS, Haste, Loaded, TopicKind

log = structlog.get_logger()

SIGNED_OUT: Final = 4001
TOO_MUCH: Final = 4008
NOT_UNDERSTOOD: Final = 4009
LOST: Final = 1001
BROKEN: Final = 1011

MAX_BYTES: Final = 64 * 1024
MAX_SUBSCRIPTIONS: Final = 60
MESSAGES_PER_SECOND: Final = 20
MESSAGES_AT_ONCE: Final = 120
MAX_TOLD: Final = 16
"""Unstored messages that wait for a slow line; older ones are forgotten."""
PING_EVERY: Final = 15
LOST_AFTER: Final = 30.0
PING_IN_CALL_EVERY: Final = 2
LOST_IN_CALL_AFTER: Final = 5.0
LONGEST_PAUSE: Final = 5.0

Send = Callable[[str], Awaitable[None]]


class Subscription:
    """One topic on one line. `since`: what the browser has; `sent`: digest of what it got last; `said`: that itself, if urgent.

    `rests_until`: on the loop's clock; `rest`: what wakes it then, when something has changed meanwhile.
    """

    __slots__ = ("_line", "id", "is_followed", "key", "kind", "name", "rest", "rests_until", "said", "sent", "since", "topic")

    def __init__(self, line: "Line", topic: str, since: int, name: str, id_: UUID | None, kind: TopicKind) -> None:
        self._line = line
        self.topic = topic
        self.since = since
        self.name = name
        self.id = id_
        self.kind = kind
        self.key = kind.key(line.facts.actor, id_)
        self.sent = b""
        self.said = ""
        self.is_followed = False
        self.rests_until = 0.0
        self.rest: asyncio.TimerHandle | None = None

    @property
    def is_urgent(self) -> bool:
        return self.kind.haste is Haste.AT_ONCE

    def wake(self) -> None:
        self._line.refresh(self)

    def tell(self, sender_kind: str, message: str, about: str) -> None:
        """Unless the browser has it: a notice may come after a load that knew more."""
        if sender_kind != self._line.facts.actor.kind and not (about and about in self.said):
            self._line.tell(message)


class Line:
    """`send` takes one text to the browser. `on_close` runs once, when anything closes the line. `on_tick`: as `tick`."""

    __slots__ = (
        "_budget",
        "_decoder",
        "_heard_at",
        "_hub",
        "_owes_ping",
        "_pinged_at",
        "_pumping",
        "_recording",
        "_send",
        "_stale",
        "_subscriptions",
        "_told",
        "closed_with",
        "facts",
        "is_recorded",
        "on_close",
        "on_tick",
    )

    def __init__(
        self, hub: Hub, actor: Actor, decoder: msgspec.json.Decoder[Any], send: Send, *, session_hash: bytes | None = None
    ) -> None:
        self.facts = SocketFacts(uuid4(), actor, session_hash=session_hash)
        self.is_recorded = False
        self.closed_with: int | None = None
        self.on_close: Callable[[], None] | None = None
        self.on_tick: Callable[[float], None] | None = None
        self._hub = hub
        self._decoder = decoder
        self._send = send
        self._subscriptions: dict[str, Subscription] = {}
        self._stale: dict[Subscription, None] = {}
        self._told: list[str] = []
        self._pumping: asyncio.Task[None] | None = None
        self._recording = asyncio.Lock()
        self._budget = Budget(MESSAGES_PER_SECOND, MESSAGES_AT_ONCE)
        self._heard_at = self._pinged_at = asyncio.get_running_loop().time()
        self._owes_ping = False

    def close(self, code: int) -> None:
        if self.closed_with is None:
            self.closed_with = code
            if self.on_close is not None:
                self.on_close()

    async def release(self) -> None:
        """Follow nothing more and send nothing more."""
        for subscription in list(self._subscriptions.values()):
            self._drop(subscription)
        if self._pumping is not None:
            self._pumping.cancel()
            await asyncio.gather(self._pumping, return_exceptions=True)

    def tick(self, now: float) -> None:
        every, lost_after = (PING_IN_CALL_EVERY, LOST_IN_CALL_AFTER) if self.facts.call_id else (PING_EVERY, LOST_AFTER)
        if now - self._heard_at > lost_after:
            self.close(LOST)
        elif now - self._pinged_at >= every:
            self._ping(now)
        if self.on_tick is not None:
            self.on_tick(now)

    def refresh(self, subscription: Subscription) -> None:
        """Load and send it when its turn comes; asking twice is asking once. What is resting is asked for after its rest."""
        loop = asyncio.get_running_loop()
        if loop.time() >= subscription.rests_until:
            self._owe(subscription)
        elif subscription.rest is None:
            subscription.rest = loop.call_at(subscription.rests_until, self._owe, subscription)

    def _owe(self, subscription: Subscription) -> None:
        subscription.rest = None
        self._stale[subscription] = None
        self._stir()

    def tell(self, message: str) -> None:
        self._told.append(message)
        del self._told[:-MAX_TOLD]
        self._stir()

    # What the browser says

    async def receive(self, text: str) -> None:
        """Obey one message, or close."""
        with self._closing_if_broken():
            await self._receive(text)

    async def _receive(self, text: str) -> None:
        loop = asyncio.get_running_loop()
        if len(text.encode()) > MAX_BYTES or not self._budget.spend(loop.time()):
            self.close(TOO_MUCH)
            return
        try:
            message = self._decoder.decode(text)
        except (msgspec.MsgspecError, RecursionError):
            self.close(NOT_UNDERSTOOD)
            return
        self._heard_at = loop.time()
        if not isinstance(message, Pong):
            await self._obey(message)

    async def _obey(self, message: FromClient) -> None:
        match message:
            case Presence(visible=visible, audible=audible):
                await self._record(replace(self.facts, visible=visible, audible=audible))
            case Subscribe():
                self._subscribe(message)
            case Unsubscribe(topic=topic):
                await self._unsubscribe(topic)
            case _:
                await self._pass_on(message)

    def _subscribe(self, wish: Subscribe) -> None:
        if known := self._subscriptions.get(wish.topic):
            self._drop(known)
        elif len(self._subscriptions) >= MAX_SUBSCRIPTIONS:
            self.close(TOO_MUCH)
            return
        name, _, tail = wish.topic.partition(":")
        id_ = _as_id(tail)
        kind = NOWHERE if tail and id_ is None else TOPIC_KINDS.get(name, NOWHERE)
        subscription = Subscription(self, wish.topic, wish.since, name, id_, kind)
        self._subscriptions[wish.topic] = subscription
        self._hub.follow(subscription.key, subscription)
        self.refresh(subscription)

    async def _unsubscribe(self, topic: str) -> None:
        if subscription := self._subscriptions.get(topic):
            self._drop(subscription)
            await self._leave_call(subscription)

    async def _pass_on(self, message: FromClient) -> None:
        """To the feature that registered it; what it refuses is between us."""
        receive = MESSAGE_RECEIVERS[type(message)]
        if not self.is_recorded:
            await self._record(self.facts)
        try:
            async with self._hub.transaction() as db:
                await receive(db, self.facts, message, utc_now())
        except Problem as problem:
            log.info("message_refused", message=type(message).__name__, problem=problem.code())

    # What the browser gets

    def _stir(self) -> None:
        if self._pumping is None and self.closed_with is None:
            self._pumping = asyncio.create_task(self._pump())

    async def _pump(self) -> None:
        """Send what is owed."""
        with self._closing_if_broken():
            while self._owes_ping or self._told or self._stale:
                await self._send_next()
        self._pumping = None

    async def _send_next(self) -> None:
        if self._owes_ping:
            self._owes_ping = False
            await self._send(_encode(Ping(every=PING_IN_CALL_EVERY if self.facts.call_id else PING_EVERY)))
        elif self._told:
            await self._send(self._told.pop(0))
        else:
            subscription = min(self._stale, key=lambda owed: not owed.is_urgent)
            del self._stale[subscription]
            if subscription.kind.haste is Haste.AT_LEISURE:
                subscription.rests_until = asyncio.get_running_loop().time() + LEISURE
            await self._bring_up_to_date(subscription)

    @contextmanager
    def _closing_if_broken(self) -> Iterator[None]:
        """The browser comes back and starts again from what it has."""
        try:
            yield
        except OSError:
            self.close(1000)
        except Exception as error:
            log.error("socket_broke", error=type(error).__name__)
            self.close(BROKEN)

    async def _bring_up_to_date(self, subscription: Subscription) -> None:
        loaded = await self._load(subscription)
        if self._subscriptions.get(subscription.topic) is not subscription:
            return
        if loaded is None:
            self._drop(subscription)
            await self._send(_encode(Gone(topic=subscription.topic)))
            await self._leave_call(subscription)
            return
        await self._send_if_new(subscription, loaded)
        if loaded.more:
            self.refresh(subscription)
        if subscription.name == CALL_TOPIC and subscription.id != self.facts.call_id:
            await self._record(replace(self.facts, call_id=subscription.id))
            self._ping(asyncio.get_running_loop().time())

    async def _send_if_new(self, subscription: Subscription, loaded: Loaded) -> None:
        messages = [_encode(message) for message in loaded.messages]
        digest = hashlib.blake2b("\n".join(messages).encode(), digest_size=16).digest()
        if messages and digest != subscription.sent:
            for message in messages:
                await self._send(message)
            subscription.sent = digest
            subscription.said = messages[-1] if subscription.is_urgent else ""
        subscription.since = max(subscription.since, loaded.since)

    async def _load(self, subscription: Subscription) -> Loaded | None:
        """As soon as the database answers."""
        pause = 0.1
        while True:
            await self._hub.listening.wait()
            try:
                kind = subscription.kind
                must_note = kind.on_follow is not None and not subscription.is_followed
                async with self._hub.transaction() if must_note else self._hub.reading(kind.haste) as db:
                    loaded = await kind.load(db, self.facts.actor, subscription.id, subscription.since)
                    if loaded is not None and kind.on_follow is not None and must_note:
                        await kind.on_follow(db, self.facts.actor, subscription.id)
                subscription.is_followed = True
                return loaded
            except DataError:
                raise
            except DatabaseDown as error:
                log.warning("load_failed", topic=subscription.name, error=type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    # Where the person is

    async def _leave_call(self, subscription: Subscription) -> None:
        if subscription.name == CALL_TOPIC and subscription.id == self.facts.call_id:
            await self._record(replace(self.facts, call_id=None))

    async def _record(self, facts: SocketFacts) -> None:
        if self.is_recorded and facts == self.facts:
            return
        self.facts = facts
        async with self._recording:
            await self._hub.record(self)

    def _drop(self, subscription: Subscription) -> None:
        self._subscriptions.pop(subscription.topic, None)
        self._stale.pop(subscription, None)
        if subscription.rest is not None:
            subscription.rest.cancel()
        self._hub.unfollow(subscription.key, subscription)

    def _ping(self, now: float) -> None:
        self._pinged_at = now
        self._owes_ping = True
        self._stir()


class Budget:
    """A token bucket: so many a second, so many at once."""

    __slots__ = ("_at", "_left", "_most", "_per_second")

    def __init__(self, per_second: float, at_once: float) -> None:
        self._per_second = per_second
        self._most = self._left = at_once
        self._at = 0.0

    def spend(self, now: float) -> bool:
        """False when there is nothing left. `now`: seconds on a clock that never goes back."""
        self._left = min(self._most, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            return False
        self._left -= 1
        return True


async def _load_nothing(_db: AsyncSession, _actor: Actor, _id: UUID | None, _since: int) -> None:
    """What is behind a name that is no topic."""


NOWHERE: Final = TopicKind(_load_nothing, lambda _actor, _id: "")


def _as_id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _encode(message: FromServer) -> str:
    return msgspec.json.encode(message).decode()
