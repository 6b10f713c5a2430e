"""Which of a person's devices can be reached."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import ActorKind
from narvaro.auth.models import Session
from narvaro.auth.rules import LIFETIMES
from narvaro.realtime.models import Socket
from narvaro.webpush.models import PushSubscription


def live_devices(person_id: UUID, now: datetime) -> Select[PushSubscription]:
    """Those of sessions that have not ended (C2)."""
    idle_since = now - LIFETIMES[ActorKind.PATIENT].idles_for
    return (
        select(PushSubscription)
        .join(Session, Session.token_hash == PushSubscription.session_hash)
        .where(PushSubscription.person_id == person_id, Session.expires_at > now, Session.seen_at > idle_since)
        .order_by(PushSubscription.created_at)
    )


def is_looked_at() -> ColumnElement[bool]:
    """A page of this device is on its screen."""
    return exists().where(Socket.session_hash == PushSubscription.session_hash, Socket.visible)


async def devices_to_push(db: AsyncSession, person_id: UUID, now: datetime, *, only_calls: bool) -> Sequence[PushSubscription]:
    """But for those whose screen shows the app: it says by itself what there is. `only_calls`: it is about a call."""
    query = live_devices(person_id, now).where(~is_looked_at())
    return (await db.scalars(query if only_calls else query.where(PushSubscription.shows == "all"))).all()


async def devices_named(db: AsyncSession, ids: Collection[UUID]) -> Sequence[PushSubscription]:
    return (await db.scalars(select(PushSubscription).where(PushSubscription.id.in_(ids)))).all()


async def find_device(db: AsyncSession, session_hash: bytes) -> PushSubscription | None:
    return await db.get(PushSubscription, session_hash)


def has_device(person_id: object, *, only_calls: bool) -> ColumnElement[bool]:
    """As part of a statement; `person_id` may be a column. Whether its session still lives is asked when it is sent."""
    mine = exists().where(PushSubscription.person_id == person_id)
    return mine if only_calls else mine.where(PushSubscription.shows == "all")
