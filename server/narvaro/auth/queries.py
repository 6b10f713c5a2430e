"""Who holds a token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.models import Session
from narvaro.auth.people import people_of
from narvaro.auth.rules import is_live
from narvaro.auth.schemas import SignedInDevice
from narvaro.auth.tokens import hash_token


@dataclass(frozen=True, slots=True)
class Known:
    """A signed-in person and the session they are known by."""

    actor: Actor
    role: Literal["staff", "administrator"] | None
    token_hash: bytes
    seen_at: datetime


async def find_known(db: AsyncSession, kind: ActorKind, token: str, *, now: datetime) -> Known | None:
    """None when the session is unknown, ended, idle or old, or its person is gone."""
    query = select(Session).where(Session.token_hash == hash_token(token), Session.kind == kind.value)
    session = await db.scalar(query)
    if session is None or not is_live(kind, seen_at=session.seen_at, expires_at=session.expires_at, now=now):
        return None
    return await _with_person(db, kind, session)


async def _with_person(db: AsyncSession, kind: ActorKind, session: Session) -> Known | None:
    person = await people_of(kind).load(db, session.person_id, session.clinic_id)
    if person is None:
        return None
    actor = Actor(kind, session.person_id, session.clinic_id, person.name)
    return Known(actor=actor, role=person.role, token_hash=session.token_hash, seen_at=session.seen_at)


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
