"""Asking for a text, and taking note of its receipt."""

import secrets
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.errors import NotFound
from narvaro.jobs import enqueue
from narvaro.metrics import TEXTS
from narvaro.sms import DeliveryReceipt
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import PURPOSES
from narvaro.sms.rules import BETWEEN_TWO, COUNTED_FOR, GIVE_UP_AFTER, Limits, SentSoFar, refuse_too_many
from narvaro.sms.tasks import lock_of, send_text


async def queue_text(
    db: AsyncSession,
    actor: Actor,
    limits: Limits,
    *,
    purpose: str,
    object_id: UUID,
    call_id: UUID | None,
    number: str,
    is_known_number: bool,
    now: datetime,
) -> UUID:
    """Ask for one text in the caller's transaction: it is sent exactly if that commits. `number`: E.164.

    Counting waits for other transactions of the clinic's (B8). Raises the limit that is reached.
    """
    await db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"sms:{actor.clinic_id}"})
    refuse_too_many(await _count(db, actor, call_id, number, now), limits, is_known_number=is_known_number)
    row = TextMessage(
        clinic_id=actor.clinic_id,
        purpose=purpose,
        object_id=object_id,
        call_id=call_id,
        sent_by=actor.id if actor.kind is ActorKind.STAFF else None,
        number=number,
        salt=secrets.token_bytes(16),
        status="queued",
        created_at=now,
        give_up_at=now + GIVE_UP_AFTER,
    )
    db.add(row)
    await db.flush()
    await enqueue(db, send_text, lock=lock_of(row.id), text_id=row.id)
    return row.id


async def _count(db: AsyncSession, actor: Actor, call_id: UUID | None, number: str, now: datetime) -> SentSoFar:
    mine = TextMessage.sent_by == actor.id
    of_call = TextMessage.call_id == call_id
    to_number = TextMessage.number == number
    is_recent = TextMessage.created_at > now - COUNTED_FOR
    just_now = TextMessage.created_at > now - BETWEEN_TWO
    query = select(
        func.count().filter(to_number, just_now),
        func.count().filter(to_number, is_recent),
        func.count().filter(of_call),
        func.count().filter(mine, is_recent),
        func.count().filter(is_recent),
    ).where(TextMessage.clinic_id == actor.clinic_id, or_(is_recent, of_call))
    return SentSoFar(*(await db.execute(query)).one())


async def note_receipt(db: AsyncSession, gateway: str, text_id: UUID, receipt: DeliveryReceipt, *, now: datetime) -> None:
    """Delivered is never undone; doubled and late ones change nothing. Raises NotFound."""
    row = await db.scalar(
        select(TextMessage).where(TextMessage.id == text_id, TextMessage.gateway == gateway).with_for_update()
    )
    if row is None:
        raise NotFound
    if row.status == "delivered" or row.status == receipt.status:
        return
    row.status = receipt.status
    row.why = receipt.why
    TEXTS.labels(receipt.status, receipt.why or "").inc()
    row.done_at = now
    await db.flush()
    await PURPOSES[row.purpose].changed(db, row.object_id)


async def note_receipt_by_name(
    db: AsyncSession, gateway: str, gateway_id: str, receipt: DeliveryReceipt, *, now: datetime
) -> None:
    """Where a receipt tells only the gateway's own name for the text. Raises NotFound."""
    query = select(TextMessage.id).where(TextMessage.gateway == gateway, TextMessage.gateway_id == gateway_id)
    text_id = await db.scalar(query.order_by(TextMessage.created_at.desc()).limit(1))
    if text_id is None:
        raise NotFound
    await note_receipt(db, gateway, text_id, receipt, now=now)
