"""Who holds a token, and who asks in a prepared statement."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal

from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.models import Session
from narvaro.auth.people import people_of
from narvaro.auth.rules import is_live
from narvaro.auth.schemas import SignedInDevice
from narvaro.db.prepared import Db, Prepared


@dataclass(frozen=True, slots=True)
class Known:
    """A signed-in person and the session they are known by."""

    actor: Actor
    role: Literal["staff", "administrator"] | None
    token_hash: bytes
    seen_at: datetime


async def find_known(db: Db, kind: ActorKind, token_hash: bytes, *, now: datetime) -> Known | None:
    """None when the session is unknown, ended, idle or old, or its person is gone."""
    held = await _held(kind).first(db, token_hash=token_hash, now=now)
    if held is None or not is_live(kind, seen_at=held.seen_at, expires_at=held.expires_at, now=now):
        return None
    actor = Actor(kind, held.id, held.clinic_id, held.name)
    return Known(actor=actor, role=held.role, token_hash=held.token_hash, seen_at=held.seen_at)


@cache
def _held(kind: ActorKind) -> Prepared:
    """The session with its person: every request begins with it."""
    person = people_of(kind).known.subquery("person")
    whose = (person.c.id == Session.person_id) & (person.c.clinic_id == Session.clinic_id)
    held = select(Session.token_hash, Session.seen_at, Session.expires_at, person).join(person, whose)
    return Prepared(held.where(Session.token_hash == bindparam("token_hash"), Session.kind == kind.value))


async def list_devices(db: AsyncSession, known: Known, *, now: datetime) -> list[SignedInDevice]:
    """Where this person is signed in, last seen first; dead sessions that nobody has swept yet are left out."""
    actor = known.actor
    own = select(Session).where(Session.kind == actor.kind.value, Session.person_id == actor.id)
    return [
        SignedInDevice(
            id=session.id,
            user_agent=session.user_agent,
            signed_in_at=session.created_at,
            seen_at=session.seen_at,
            is_this=session.token_hash == known.token_hash,
        )
        for session in await db.scalars(own.order_by(Session.seen_at.desc()))
        if is_live(actor.kind, seen_at=session.seen_at, expires_at=session.expires_at, now=now)
    ]


def whoever(kind: ActorKind) -> Actor:
    """Stands in a prepared statement for the one it will run for; `by(actor)` then says who."""
    stand_in: Any = bindparam
    return Actor(kind, stand_in("actor_id"), stand_in("actor_clinic_id"), "")


def by(actor: Actor) -> dict[str, Any]:
    return {"actor_kind": actor.kind.value, "actor_id": actor.id, "actor_clinic_id": actor.clinic_id}
