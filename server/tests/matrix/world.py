"""Two clinics that know nothing of each other, each with everything that there is to get at."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID, uuid4

from builders import build_patient, build_sms, build_staff
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from narvaro.auth.actions import end_session, start_session
from narvaro.auth.actors import Actor
from narvaro.auth.models import Session
from narvaro.auth.rules import LIFETIMES
from narvaro.auth.tokens import hash_token, new_token
from narvaro.calls import actions as calls
from narvaro.calls import attendance_actions as attendances
from narvaro.calls import ring_actions as rings
from narvaro.calls.models import Ring
from narvaro.clinics.models import Clinic, StaffMember
from narvaro.clock import utc_now
from narvaro.conversations import actions as threads
from narvaro.conversations import wait_actions as waits
from narvaro.conversations.schemas import NewMessage
from narvaro.db.session import Database
from narvaro.features import register_features
from narvaro.invitations import actions as invitations
from narvaro.invitations import knock_actions as knocks
from narvaro.invitations.models import InvitationLink, Knock
from narvaro.invitations.schemas import NewInvitation, NewKnock
from narvaro.jobs import Doors
from narvaro.media.memory import MemoryMedia
from narvaro.oversight import actions as oversight
from narvaro.webpush.memory import MemoryPush

DEVICE = "device-00001"
NUMBERS = iter([f"+4670174{number:04}" for number in range(605, 699)])


@dataclass
class Side:
    """One clinic. `who`: each role's session token; `actors`: who holds it; `of`: what can be asked for, by name."""

    name: str
    who: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    of: dict[str, str] = field(default_factory=dict)

    def names_of(self, *roles: str) -> set[str]:
        return {self.actors[role].name for role in roles}

    def secrets(self) -> set[str]:
        """What nobody outside may ever read."""
        return {actor.name for actor in self.actors.values()} | set(self.of.values())


@dataclass
class Lives:
    """Makes one clinic's life in a transaction."""

    db: AsyncSession
    side: Side
    clinic_id: UUID = field(default_factory=uuid4)

    async def unfold(self) -> None:
        clinic = Clinic(id=self.clinic_id, slug=f"c{uuid4().hex[:12]}", name=f"{self.side.name} mottagning", brand="Region")
        self.db.add(clinic)
        await self.db.flush()
        for role in ("staff", "helper", "colleague", "administrator"):
            self.side.actors[role] = await build_staff(self.db, self.clinic_id, f"{self.side.name} {role}")
        person = await self.db.get_one(StaffMember, self.side.actors["administrator"].id)
        person.role = "administrator"
        for role in ("patient", "rung", "declining", "calm"):
            actor = await build_patient(self.db, self.clinic_id, f"{self.side.name} {role}")
            self.side.actors[role] = actor
            await self.talk(role, actor)
        await self.ended_call()
        await self.running_call()
        await self.ringing_calls()
        drawn = await oversight.draw_spot_check(self.db, self.side.actors["administrator"], None, now=utc_now())
        self.side.of["spot-check"] = str(drawn.summary.id)
        for role, actor in self.side.actors.items():
            token = await start_session(self.db, actor.kind, actor.id, actor.clinic_id, now=utc_now())
            self.side.who[role] = token
        await self.lost_sessions()
        await self.other_device()

    async def talk(self, role: str, patient: Actor) -> None:
        thread = await threads.start_conversation(self.db, patient, patient.id, now=utc_now())
        self.side.of[f"conversation of {role}"] = str(thread)
        self.side.of[f"{role} as patient"] = str(patient.id)
        for author in (patient, self.side.actors["staff"]):
            words = NewMessage(id=uuid4(), text=f"{self.side.name} hemlighet {role}")
            await threads.post_message(self.db, author, thread, words, now=utc_now())

    async def place(self, role: str) -> tuple[UUID, UUID]:
        staff = self.side.actors["staff"]
        thread = UUID(self.side.of[f"conversation of {role}"])
        call = await calls.place_call(self.db, staff, uuid4(), thread, now=utc_now())
        await attendances.join_call(self.db, staff, call.id, device_id=DEVICE, now=utc_now())
        return call.id, call.ring_id

    async def answered(self) -> UUID:
        call_id, ring_id = await self.place("patient")
        await rings.answer_ring(self.db, self.side.actors["patient"], ring_id, device_id=DEVICE, now=utc_now())
        helper = self.side.actors["helper"]
        knock = await knocks.ask_to_join(self.db, helper, call_id, now=utc_now())
        await knocks.admit(self.db, self.side.actors["staff"], knock.id, now=utc_now())
        await attendances.join_call(self.db, helper, call_id, device_id=DEVICE, now=utc_now())
        return call_id

    async def invited(self, call_id: UUID) -> tuple[UUID, str]:
        new = NewInvitation(id=uuid4(), number=next(NUMBERS))
        await invitations.invite(self.db, self.side.actors["staff"], call_id, [new], now=utc_now())
        token = new_token()
        self.db.add(InvitationLink(token_hash=hash_token(token), invitation_id=new.id, created_at=utc_now()))
        await self.db.flush()
        return new.id, token

    async def knocked(self, call_id: UUID, role: str) -> Actor:
        _, link = await self.invited(call_id)
        guest, _ = await knocks.knock(self.db, NewKnock(token=link, name=f"{self.side.name} {role}"), None, now=utc_now())
        self.side.actors[role] = guest
        self.side.of[f"knock of {role}"] = str(guest.id)
        return guest

    async def ended_call(self) -> None:
        call_id = await self.answered()
        guest = await self.knocked(call_id, "former guest")
        await knocks.admit(self.db, self.side.actors["staff"], guest.id, now=utc_now())
        await attendances.join_call(self.db, guest, call_id, device_id=DEVICE, now=utc_now())
        await calls.end_call(self.db, self.side.actors["staff"], call_id, now=utc_now())
        self.side.of["ended call"] = str(call_id)

    async def running_call(self) -> None:
        call_id = await self.answered()
        self.side.of["call"] = str(call_id)
        for role in ("guest", "removed guest"):
            guest = await self.knocked(call_id, role)
            await knocks.admit(self.db, self.side.actors["staff"], guest.id, now=utc_now())
            await attendances.join_call(self.db, guest, call_id, device_id=DEVICE, now=utc_now())
        await knocks.remove(self.db, self.side.actors["staff"], self.side.actors["removed guest"].id, now=utc_now())
        await self.knocked(call_id, "knocking guest")
        invitation_id, link = await self.invited(call_id)
        await self.db.execute(text("UPDATE text_messages SET created_at = created_at - interval '2 minutes'"))
        self.side.of |= {"invitation": str(invitation_id), "link": link}

    async def ringing_calls(self) -> None:
        call_id, ring_id = await self.place("declining")
        await rings.decline_ring(self.db, self.side.actors["declining"], ring_id, now=utc_now())
        self.side.of["declined call"] = str(call_id)
        thread = UUID(self.side.of["conversation of declining"])
        await waits.become_ready(self.db, self.side.actors["declining"], thread, now=utc_now())
        call_id, ring_id = await self.place("rung")
        token = new_token()
        ring = await self.db.get_one(Ring, ring_id)
        ring.link_hash = hash_token(token)
        ring.expires_at += timedelta(hours=1)
        number = text("UPDATE patients SET number = '+46701740603' WHERE id = :id")
        await self.db.execute(number, {"id": self.side.actors["rung"].id})
        self.side.of |= {"ringing call": str(call_id), "ring": str(ring_id), "ring's link": token}

    async def lost_sessions(self) -> None:
        """Of the one who may do most: signed out, and left alone for too long."""
        staff = self.side.actors["staff"]
        idle, ended = [await start_session(self.db, staff.kind, staff.id, staff.clinic_id, now=utc_now()) for _ in range(2)]
        await end_session(self.db, hash_token(ended))
        row = await self.db.get_one(Session, hash_token(idle))
        row.seen_at -= LIFETIMES[staff.kind].idles_for
        self.side.who |= {"signed out": ended, "idle": idle}

    async def other_device(self) -> None:
        patient = self.side.actors["patient"]
        token = await start_session(self.db, patient.kind, patient.id, patient.clinic_id, now=utc_now())
        self.side.of["other session of patient"] = str((await self.db.get_one(Session, hash_token(token))).id)


@dataclass
class World:
    """`url`: of its database."""

    url: str
    ours: Side
    theirs: Side


async def make_world(url: str) -> World:
    register_features()
    database = Database(url, pool_size=1)
    sides = Side("Vår"), Side("Främmande")
    async with database.transaction() as db:
        for side in sides:
            await Lives(db, side).unfold()
        assert await db.scalar(select(Knock.id).limit(1)) is not None
    await database.close()
    return World(url, *sides)


def unknown(side: Side) -> dict[str, str]:
    """What looks like everything of a side's and is nothing."""
    return {name: new_token() if name.endswith("link") else str(uuid4()) for name in side.of}


class Undone(Database):
    """Everything in one connection's transaction, which the caller rolls back; one request at a time."""

    connection: AsyncConnection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        mode = "create_savepoint"
        async with AsyncSession(self.connection, expire_on_commit=False, join_transaction_mode=mode) as db, db.begin():
            yield db

    reading = transaction
    quick = transaction  # type: ignore[assignment]


def doors_to(database: Database) -> Doors:
    return Doors(database=database, media=MemoryMedia(), sms=build_sms(), push=MemoryPush())


def build_world(url: str) -> World:
    return asyncio.run(make_world(url))
