"""A running server, its pages, and what they look at."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from narvaro.auth.actors import Actor, ActorKind
from narvaro.db.session import Database
from narvaro.realtime.hub import Hub
from narvaro.realtime.schemas import FromClient, FromServer
from narvaro.realtime.socket import AnyConnection, Doorkeeper
from narvaro.realtime.topics import wake

PAGE = 3


class Lines(FromServer, kw_only=True, tag="lines"):
    topic: str
    seqs: list[int]


class Waved(FromClient, kw_only=True, forbid_unknown_fields=True, tag="waved"):
    """A feature's message."""

    rudely: bool


class Board(FromServer, kw_only=True, tag="board"):
    topic: str
    text: str


@dataclass
class World:
    """What the topics show; change it and wake in one transaction."""

    database: Database
    last_seq: int = 0
    board: str = "empty"
    loads: int = 0
    calls: set[UUID] = field(default_factory=set)

    async def append(self, count: int = 1) -> None:
        async with self.database.transaction() as db:
            self.last_seq += count
            await wake(db, "log")

    async def write(self, text: str) -> None:
        async with self.database.transaction() as db:
            self.board = text
            await wake(db, "board")


@dataclass
class Sessions:
    """The stub of `auth`: `?session=` names who is signed in."""

    actors: dict[str, Actor] = field(default_factory=dict)
    activities: asyncio.Queue[bool] = field(default_factory=asyncio.Queue)

    def sign_in(self, kind: ActorKind = ActorKind.PATIENT) -> str:
        name = uuid4().hex
        self.actors[name] = Actor(kind, uuid4(), uuid4(), "Sofia Gunnarsson")
        return name

    async def authenticate(self, connection: AnyConnection, kind: ActorKind) -> tuple[Actor, bytes] | None:
        session = connection.query_params.get("session", "")
        actor = self.actors.get(session)
        return (actor, session.encode()) if actor and actor.kind is kind else None

    async def is_signed_in(self, _kind: ActorKind, token_hash: bytes, is_activity: bool) -> bool:
        self.activities.put_nowait(is_activity)
        return token_hash.decode() in self.actors

    def doorkeeper(self) -> Doorkeeper:
        return Doorkeeper(
            authenticate=self.authenticate,
            is_signed_in=self.is_signed_in,
            is_own_origin=lambda connection: connection.headers.get("origin") == "http://own",
            session_key=lambda token_hash: f"session:{token_hash.decode()}",
        )


class Browser:
    """A page's end of the line."""

    def __init__(self, line: ClientConnection) -> None:
        self.line = line

    async def say(self, kind: str, **content: object) -> None:
        await self.line.send(json.dumps({"type": kind, **content}))

    async def hear(self, kind: str) -> dict[str, Any]:
        """The next message of this kind; others are passed over."""
        async with asyncio.timeout(5):
            while True:
                message: dict[str, Any] = json.loads(await self.line.recv())
                if message["type"] == kind:
                    return message

    async def hears_nothing(self) -> bool:
        """Nothing more comes before the answer to a question asked now."""
        await self.say("subscribe", topic="nowhere")
        async with asyncio.timeout(5):
            return bool(json.loads(await self.line.recv()) == {"type": "gone", "topic": "nowhere"})

    async def close_code(self) -> int | None:
        async with asyncio.timeout(5):
            await self.line.wait_closed()
        return self.line.close_code


@dataclass
class Site:
    """A running server."""

    hub: Hub
    sessions: Sessions
    port: int
    server: uvicorn.Server

    @asynccontextmanager
    async def page(self, session: str, *, origin: str = "http://own") -> AsyncIterator[Browser]:
        actor = self.sessions.actors.get(session)
        kind = actor.kind.value if actor else "patient"
        address = f"ws://127.0.0.1:{self.port}/api/{kind}/socket?session={session}"
        async with connect(address, additional_headers={"Origin": origin}, max_size=None) as line:
            yield Browser(line)
