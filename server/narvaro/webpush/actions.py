"""Devices that ask for push, and that go."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.webpush import Device
from narvaro.webpush.models import PushSubscription


async def subscribe(
    db: AsyncSession, session_hash: bytes, person_id: UUID, device: Device, *, shows: str, now: datetime
) -> None:
    """This session's device, from now on; an earlier session in the same browser loses it, so that nobody hears twice."""
    elsewhere = (PushSubscription.endpoint == device.endpoint) & (PushSubscription.session_hash != session_hash)
    await db.execute(delete(PushSubscription).where(elsewhere))
    told = {"endpoint": device.endpoint, "p256dh": device.p256dh, "auth": device.auth, "shows": shows}
    row = {"session_hash": session_hash, "person_id": person_id, "created_at": now, **told}
    key = [PushSubscription.session_hash]
    await db.execute(insert(PushSubscription).values(row).on_conflict_do_update(index_elements=key, set_=told))


async def unsubscribe(db: AsyncSession, session_hash: bytes) -> None:
    await db.execute(delete(PushSubscription).where(PushSubscription.session_hash == session_hash))


async def forget(db: AsyncSession, ids: Collection[UUID]) -> None:
    """Their services know them no more."""
    if ids:
        await db.execute(delete(PushSubscription).where(PushSubscription.id.in_(ids)))
