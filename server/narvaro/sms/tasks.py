"""Sending a text: one attempt per run, its outcome stored, the next attempt enqueued with it."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.clock import utc_now
from narvaro.jobs import Doors, enqueue, task
from narvaro.sms import OutgoingText, SmsGateway, SmsRefused, SmsUnavailable, SmsUnknown
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import PURPOSES, Composed
from narvaro.sms.rules import pause_before
from narvaro.sms.sending import Sms

log = structlog.get_logger()


@task("sms.send_text")
async def send_text(doors: Doors, *, text_id: UUID) -> None:
    """Through the first gateway that takes it. What a killed worker left in doubt is sent again only where that is harmless."""
    sms = doors.sms
    for gateway in await _gateways_to_try(doors, sms, text_id):
        async with doors.database.transaction() as db:
            text = await _begin(db, sms, gateway, text_id)
        if text is None:
            return
        try:
            gateway_id = await gateway.send(text)
        except SmsUnavailable:
            log.warning("sms_gateway_unavailable", gateway=gateway.name)
            continue
        except SmsRefused as refused:
            await _end(doors, text_id, "failed", str(refused) or "refused")
            return
        except SmsUnknown:
            log.warning("sms_outcome_unknown", gateway=gateway.name)
            if gateway.deduplicates:
                await _try_later(doors, text_id, is_in_doubt=True)
            else:
                await _end(doors, text_id, "failed", "unknown")
            return
        await _end(doors, text_id, "sent", None, gateway_id)
        return
    await _try_later(doors, text_id, is_in_doubt=False)


async def _gateways_to_try(doors: Doors, sms: Sms, text_id: UUID) -> list[SmsGateway]:
    """All; only the one that may have it already when its attempt broke off."""
    async with doors.database.transaction() as db:
        row = await db.get_one(TextMessage, text_id)
        if row.status != "sending" or row.gateway is None:
            return list(sms.gateways)
        before = sms.named(row.gateway)
        if before is not None and before.deduplicates:
            return [before]
        await _store(db, row, "failed", "unknown", now=utc_now())
        return []


async def _begin(db: AsyncSession, sms: Sms, gateway: SmsGateway, text_id: UUID) -> OutgoingText | None:
    """Say in the table that this gateway is about to have it. None: it is done, or must not be sent any more."""
    row = await _lock(db, text_id)
    now = utc_now()
    if row.status not in {"queued", "sending"}:
        return None
    composed = await PURPOSES[row.purpose].compose(db, row, sms.stationery) if now < row.give_up_at else None
    if composed is None:
        await _store(db, row, "failed", "stopped" if now < row.give_up_at else "unreachable", now=now)
        return None
    row.status = "sending"
    row.gateway = gateway.name
    row.attempts += 1
    return _outgoing(sms, gateway, row, composed)


def _outgoing(sms: Sms, gateway: SmsGateway, row: TextMessage, composed: Composed) -> OutgoingText:
    return OutgoingText(
        id=row.id,
        to=row.number,
        sender=composed.sender,
        words=composed.words,
        receipt_url=sms.receipt_url(gateway.name, row.id),
    )


async def _end(doors: Doors, text_id: UUID, status: str, why: str | None, gateway_id: str | None = None) -> None:
    """A receipt may have been quicker: then only the gateway's name for it is added."""
    async with doors.database.transaction() as db:
        row = await _lock(db, text_id)
        row.gateway_id = gateway_id
        if row.status == "sending":
            await _store(db, row, status, why, now=utc_now())


async def _try_later(doors: Doors, text_id: UUID, *, is_in_doubt: bool) -> None:
    """In doubt: by the same gateway only."""
    async with doors.database.transaction() as db:
        row = await _lock(db, text_id)
        if row.status not in {"queued", "sending"}:
            return
        now = utc_now()
        run_at = now + pause_before(row.attempts)
        if run_at >= row.give_up_at:
            await _store(db, row, "failed", "unreachable", now=now)
            return
        if not is_in_doubt:
            row.status = "queued"
        await enqueue(db, send_text, run_at=run_at, text_id=text_id)


async def _lock(db: AsyncSession, text_id: UUID) -> TextMessage:
    query = select(TextMessage).where(TextMessage.id == text_id).with_for_update()
    return (await db.scalars(query.execution_options(populate_existing=True))).one()


async def _store(db: AsyncSession, row: TextMessage, status: str, why: str | None, *, now: datetime) -> None:
    row.status = status
    row.why = why
    if status == "sent":
        row.sent_at = now
    else:
        row.done_at = now
    await db.flush()
    await PURPOSES[row.purpose].changed(db, row.object_id)
