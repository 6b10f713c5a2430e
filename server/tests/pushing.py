"""Devices that have asked for push, and the worker's part done by hand."""

from dataclasses import dataclass, field
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import msgspec
from builders import Practice, build_practice, build_sms
from sqlalchemy import text

from narvaro.auth.actions import start_session
from narvaro.auth.actors import ActorKind
from narvaro.auth.tokens import hash_token
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.features import register_features
from narvaro.jobs import Doors
from narvaro.jobs.tasks import jobs_app
from narvaro.media.memory import MemoryMedia
from narvaro.realtime.presence import SocketFacts, put_socket
from narvaro.webpush import Device
from narvaro.webpush.actions import subscribe
from narvaro.webpush.memory import MemoryPush

DUE = text(
    "SELECT id, task_name, args FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
)


@dataclass
class House:
    """A clinic whose patient has devices, and the push service that they subscribe at."""

    database: Database
    at: Practice
    push: MemoryPush = field(default_factory=MemoryPush)

    @property
    def doors(self) -> Doors:
        return Doors(self.database, MemoryMedia(), build_sms(), push=self.push)

    async def device(self, name: str, *, shows: str = "all") -> bytes:
        """→ its session."""
        async with self.database.transaction() as db:
            token = await start_session(db, ActorKind.PATIENT, self.at.patient.id, self.at.clinic_id, now=utc_now())
            session = hash_token(token)
            device = Device(f"https://push.example/{name}", "BAAA", "AAAA")
            await subscribe(db, session, self.at.patient.id, device, shows=shows, now=utc_now())
        return session

    async def look_at(self, session: bytes) -> None:
        async with self.database.transaction() as db:
            socket = SocketFacts(uuid4(), self.at.patient, visible=True, session_hash=session)
            await put_socket(db, socket, now=utc_now())

    async def work(self) -> None:
        """Every job that is due, until there is none; the others wait."""
        while True:
            async with self.database.transaction() as db:
                rows = (await db.execute(DUE)).all()
                for row in rows:
                    await db.execute(text("DELETE FROM procrastinate_jobs WHERE id = :id"), {"id": row.id})
            if not rows:
                return
            for row in rows:
                await self.run(row.task_name, row.args)

    async def run(self, name: str, args: dict[str, Any]) -> None:
        context = SimpleNamespace(additional_context={"doors": self.doors}, job=SimpleNamespace(id=1))
        await jobs_app.tasks[name].func(context, **args)

    async def waiting(self, name: str) -> list[tuple[datetime, dict[str, Any]]]:
        query = text("SELECT scheduled_at, args FROM procrastinate_jobs WHERE task_name = :name AND status = 'todo'")
        async with self.database.transaction() as db:
            return [(row.scheduled_at, row.args) for row in await db.execute(query, {"name": name})]

    def taken(self) -> list[tuple[str, dict[str, Any]]]:
        """(device, what it was told), and forget it."""
        told = [(endpoint.rpartition("/")[2], msgspec.json.decode(push.payload)) for endpoint, push in self.push.taken]
        self.push.taken.clear()
        return sorted(told, key=lambda each: each[0])

    async def devices(self) -> set[str]:
        async with self.database.transaction() as db:
            rows = await db.execute(text("SELECT endpoint FROM push_subscriptions"))
            return {str(row.endpoint).rpartition("/")[2] for row in rows}


async def open_house(database: Database) -> House:
    register_features()
    async with database.transaction() as db:
        at = await build_practice(db)
    return House(database, at)


def ids(*values: UUID) -> list[str]:
    return [str(value) for value in values]
