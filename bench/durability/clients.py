"""Staff and patients who work on while everything breaks: as the pages do, the same id again until there is an answer.

Each client is one person on one page: a socket that comes back with what it has, and requests to whichever web answers.
"""

import asyncio
import json
import random
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import aiohttp

from bench.durability.history import Attempt, Operation, Outcome, Seen
from bench.people import Person

ANSWERS_WITHIN = 6.0
FORGETS_AFTER = 0.1
"""The share of unanswered requests that a person gives up."""
SILENT_AFTER = 40.0
WRITERS = 3
"""Outboxes of one client; each sends one message after the other."""


@dataclass
class World:
    """What the clients share. `working`: new work is begun; `open`: lines and questions go on."""

    session: aiohttp.ClientSession
    bases: list[str]
    attempts: list[Attempt] = field(default_factory=list)
    working: bool = True
    open: bool = True
    pace: float = 10.0
    """Messages a second and client."""
    longest_patience: float = 6.0
    """Seconds that staff wait for an answer; longer than a ring lasts, and some are missed."""
    tasks: set["asyncio.Task[Any]"] = field(default_factory=set)
    broken: list[str] = field(default_factory=list)

    def spawn(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: "asyncio.Task[Any]") -> None:
        self.tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self.broken.append(f"a client broke: {error!r}")

    def acknowledged(self, operation: Operation) -> int:
        return len({a.id for a in self.attempts if a.operation == operation and a.outcome == "ok"})


class Client:
    """`seen.logs` holds what came over the socket; `latest` the last snapshot of each call that it follows."""

    def __init__(self, world: World, person: Person, conversations: list[UUID], seed: int) -> None:
        self.world = world
        self.person = person
        self.conversations = [str(conversation) for conversation in conversations]
        self.chance = random.Random(seed)
        self.seen = Seen({conversation: [] for conversation in self.conversations})
        self.latest: dict[str, dict[str, Any]] = {}
        self.changed = asyncio.Event()
        self.line: aiohttp.ClientWebSocketResponse | None = None
        self.follows: set[str] = set()
        self.base = self.chance.choice(world.bases)

    @property
    def name(self) -> str:
        return str(self.person.id)

    def start(self) -> None:
        self.world.spawn(self.stay_connected())
        for _ in range(WRITERS):
            self.world.spawn(self.write())

    # Asking

    async def ask(
        self, operation: Operation | None, id_: str, method: str, path: str, body: object | None = None, **facts: Any
    ) -> Attempt:
        """Once, to the web that answered last; next time perhaps to another. Without `operation`: not for the history."""
        began = time.monotonic()
        outcome: Outcome = "unknown"
        code = ""
        told: dict[str, Any] = {}
        try:
            url = self.base + self.person.path(path)
            async with self.world.session.request(method, url, json=body, headers=self.person.headers) as answer:
                told = await answer.json(content_type=None) or {}
                outcome = "ok" if answer.status < 300 else "failed" if answer.status < 500 else "unknown"
                code = told.get("code", str(answer.status)) if outcome != "ok" else ""
        except aiohttp.ClientConnectorError:
            outcome, code = "failed", "unreachable"
        except (aiohttp.ClientError, TimeoutError, OSError, json.JSONDecodeError) as error:
            outcome, code = "unknown", type(error).__name__
        if outcome != "ok":
            self.base = self.chance.choice(self.world.bases)
        attempt = Attempt(
            self.name, operation or "post", id_, began, time.monotonic(), outcome, code, facts | _seq(told, outcome)
        )
        if operation is not None:
            self.world.attempts.append(attempt)
        return attempt

    async def insist(
        self, operation: Operation, id_: str, method: str, path: str, body: object | None = None, **facts: Any
    ) -> Attempt:
        """Until it is answered, or forgotten."""
        pause = 0.1
        while True:
            attempt = await self.ask(operation, id_, method, path, body, **facts)
            is_answered = attempt.outcome == "ok" or (attempt.outcome == "failed" and attempt.code != "unreachable")
            may_forget = operation not in {"end", "cancel"} and attempt.outcome == "unknown"
            if is_answered or not self.world.open or (may_forget and self.chance.random() < FORGETS_AFTER):
                return attempt
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def write(self) -> None:
        while self.world.working:
            await asyncio.sleep(self.chance.expovariate(self.world.pace))
            message, conversation = str(uuid4()), self.chance.choice(self.conversations)
            sending = [self.post(message, conversation)]
            if self.chance.random() < 0.03:
                sending.append(self.post(message, conversation))
            await asyncio.gather(*sending)

    async def post(self, message: str, conversation: str) -> None:
        words = f"{message[:8]} av {self.person.name}"
        body = {"id": message, "text": words}
        await self.insist(
            "post", message, "POST", f"/conversations/{conversation}/messages", body, conversation=conversation, text=words
        )

    # Following

    async def stay_connected(self) -> None:
        """As the pages: back after a short pause, with the numbers reached."""
        while self.world.open:
            with suppress(aiohttp.ClientError, TimeoutError, OSError, ConnectionError):
                await self.follow(self.chance.choice(self.world.bases))
            self.line = None
            await asyncio.sleep(self.chance.uniform(0.05, 0.4))

    async def follow(self, base: str) -> None:
        url = base + self.person.path("/socket")
        timeout = aiohttp.ClientWSTimeout(ws_receive=SILENT_AFTER, ws_close=1.0)
        async with self.world.session.ws_connect(url, headers=self.person.headers, max_msg_size=0, timeout=timeout) as line:
            self.line = line
            await self.say(type="presence", visible=True, audible=True)
            for conversation, log in self.seen.logs.items():
                await self.say(type="subscribe", topic=f"entries:{conversation}", since=len(log))
            for topic in self.topics():
                await self.say(type="subscribe", topic=topic, since=0)
            async for frame in line:
                if frame.type is not aiohttp.WSMsgType.TEXT:
                    return
                await self.hear(json.loads(frame.data))

    def topics(self) -> list[str]:
        return ["inbox", *(f"conversation:{c}" for c in self.conversations[:1]), *(f"call:{call}" for call in self.follows)]

    async def say(self, **message: Any) -> None:
        if self.line is not None and not self.line.closed:
            with suppress(ConnectionError, aiohttp.ClientError):
                await self.line.send_str(json.dumps(message))

    async def hear(self, message: dict[str, Any]) -> None:
        match message["type"]:
            case "ping":
                await self.say(type="pong")
            case "entries":
                self.take(message["topic"].partition(":")[2], message["entries"])
            case "call":
                self.take_call(message["call"])
            case "gone":
                if not message["topic"].startswith("call:"):
                    self.seen.wrong.append(f"was told that {message['topic']} is gone")
                self.follows.discard(message["topic"].partition(":")[2])

    def take(self, conversation: str, entries: list[dict[str, Any]]) -> None:
        log = self.seen.logs[conversation]
        for entry in entries:
            if entry["seq"] == len(log) + 1:
                log.append(entry["id"])
            elif entry["seq"] > len(log) + 1:
                self.seen.wrong.append(f"got number {entry['seq']} of conversation {conversation} after {len(log)}")
            elif log[entry["seq"] - 1] != entry["id"]:
                self.seen.wrong.append(f"got another number {entry['seq']} of conversation {conversation}")

    def take_call(self, call: dict[str, Any]) -> None:
        known = self.latest.get(call["id"])
        if known is None or known["version"] <= call["version"]:
            self.latest[call["id"]] = call
            self.changed.set()

    def cut(self) -> None:
        """The cable is pulled: no goodbye."""
        if self.line is not None and (connection := self.line._writer.transport) is not None:
            connection.abort()

    # Calls

    async def enter(self, call: str) -> None:
        self.follows.add(call)
        await self.say(type="subscribe", topic=f"call:{call}", since=0)

    async def leave(self, call: str) -> None:
        self.follows.discard(call)
        await self.say(type="unsubscribe", topic=f"call:{call}")

    async def until_call(self, call: str, holds: Callable[[dict[str, Any]], bool], patience: float) -> bool:
        """Whether the call's snapshot came to hold in time."""
        deadline = time.monotonic() + patience
        while not holds(self.latest.get(call, {})):
            self.changed.clear()
            left = deadline - time.monotonic()
            if left <= 0 or not self.world.open:
                return False
            with suppress(TimeoutError):
                await asyncio.wait_for(self.changed.wait(), min(left, 1.0))
        return True

    async def answer_question(self, call: str) -> None:
        answer = self.chance.choice(["yes", "no", "skipped"])
        await self.insist("feedback", call, "PUT", f"/calls/{call}/feedback", {"answer": answer}, answer=answer)


def _seq(told: Any, outcome: Outcome) -> dict[str, Any]:
    return {"seq": told["seq"]} if outcome == "ok" and isinstance(told, dict) and "seq" in told else {}


class Staff(Client):
    """Rings its own patient again and again, and now and then a colleague's."""

    def __init__(self, world: World, person: Person, conversations: list[UUID], seed: int, own: int) -> None:
        super().__init__(world, person, conversations, seed)
        self.own = self.conversations[own]
        self.loose: set[str] = set()
        """Calls that may be open because of this client."""
        self.invited = 0

    def start(self) -> None:
        super().start()
        self.world.spawn(self.call_again_and_again())

    async def call_again_and_again(self) -> None:
        while self.world.working:
            await asyncio.sleep(self.chance.uniform(0.2, 1.5))
            await self.one_call(self.own if self.chance.random() < 0.85 else self.chance.choice(self.conversations))
        await self.end_loose()

    async def one_call(self, conversation: str) -> None:
        call = str(uuid4())
        self.loose.add(call)
        body = {"conversation_id": conversation}
        placed = await self.insist("place", call, "PUT", f"/calls/{call}", body, conversation=conversation)
        if placed.outcome != "ok":
            await self.end_loose()
            return
        await self.ask(None, call, "POST", f"/calls/{call}/join", {"device_id": f"device-{self.name[:8]}"})
        await self.enter(call)
        patience = self.world.longest_patience if self.chance.random() < 0.1 else self.chance.uniform(1, 5)
        await self.until_call(call, _is_decided, patience)
        if self.latest.get(call, {}).get("status") == "active":
            await self.talk(call)
        await self.finish(call)
        await self.leave(call)

    async def talk(self, call: str) -> None:
        if self.chance.random() < 0.6:
            await self.invite(call)
        await asyncio.sleep(self.chance.uniform(0.1, 1.5))

    async def invite(self, call: str) -> None:
        invitation, number = str(uuid4()), f"+4670{self.chance.randrange(10**6, 10**7):07}"
        body = {"invitations": [{"id": invitation, "number": number, "role": "relative"}]}
        await self.insist("invite", invitation, "POST", f"/calls/{call}/invitations", body, call=call, number=number)

    async def finish(self, call: str) -> None:
        """Cancel what nobody has answered, end the rest, say how it was."""
        if self.latest.get(call, {}).get("status") != "active":
            cancelled = await self.insist("cancel", call, "POST", f"/calls/{call}/cancel")
            if cancelled.outcome == "ok":
                self.loose.discard(call)
                return
        ended = await self.insist("end", call, "POST", f"/calls/{call}/end")
        if ended.outcome == "ok":
            self.loose.discard(call)
        has_heard = await self.until_call(call, lambda seen: seen.get("status") == "ended", 5)
        if has_heard and self.latest[call]["must_ask_feedback"]:
            await self.answer_question(call)

    async def end_loose(self) -> None:
        for call in list(self.loose):
            ended = await self.insist("end", call, "POST", f"/calls/{call}/end")
            if ended.outcome == "ok" or ended.code == "not-found":
                self.loose.discard(call)


class Patient(Client):
    """Answers most rings, sometimes on two devices at once; declines some, lets some ring."""

    def __init__(self, world: World, person: Person, conversations: list[UUID], seed: int) -> None:
        super().__init__(world, person, conversations, seed)
        self.reacted: set[str] = set()

    def topics(self) -> list[str]:
        return ["rings", *super().topics()]

    async def hear(self, message: dict[str, Any]) -> None:
        ring = message.get("ring") if message["type"] == "rings" else None
        if ring and ring["status"] == "ringing" and ring["id"] not in self.reacted:
            self.reacted.add(ring["id"])
            self.world.spawn(self.react(ring))
        await super().hear(message)

    async def react(self, ring: dict[str, Any]) -> None:
        await self.say(type="delivered", ring_id=ring["id"])
        await self.say(type="seen", ring_id=ring["id"])
        await asyncio.sleep(self.chance.uniform(0, 1.2))
        mood = self.chance.random()
        if mood < 0.6:
            await self.answer(ring)
        elif mood < 0.85:
            await self.insist("decline", ring["id"], "POST", f"/rings/{ring['id']}/decline")

    async def answer(self, ring: dict[str, Any]) -> None:
        devices = ["telefon-01", "surfplatta-02"][: 2 if self.chance.random() < 0.3 else 1]
        path = f"/rings/{ring['id']}/answer"
        answers = [self.insist("answer", ring["id"], "POST", path, {"device_id": each}, device=each) for each in devices]
        if not any(answer.outcome == "ok" for answer in await asyncio.gather(*answers)):
            return
        call = ring["call_id"]
        await self.enter(call)
        await self.until_call(call, lambda seen: seen.get("status") == "ended", 60)
        if self.latest.get(call, {}).get("must_ask_feedback"):
            await self.answer_question(call)
        await self.leave(call)


def _is_decided(call: dict[str, Any]) -> bool:
    return call.get("status") in {"active", "ended"} or (call.get("ring") or {}).get("status") in {"declined", "missed"}
