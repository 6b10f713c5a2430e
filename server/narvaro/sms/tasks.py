"""Sending a text: one attempt per run, its outcome stored, the next attempt enqueued with it."""

from datetime import datetime
from uuid import UUID

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.clock import utc_now
from narvaro.jobs import Doors, enqueue, task
from narvaro.metrics import TEXTS
from narvaro.sms import OutgoingText, SmsGateway, SmsRefused, SmsUnavailable, SmsUnknown
from narvaro.sms.models import TextMessage
from narvaro.sms.purposes import PURPOSES, Composed
from narvaro.sms.rules import pause_before
from narvaro.sms.sending import Sms

log = structlog.get_logger()

OPEN = {"queued", "sending"}
UNKNOWN = "unknown"
"""Why it failed, when nobody can say whether it did."""


@task("sms.send_text")
async def send_text(doors: Doors, *, text_id: UUID) -> None:
    """Through the first gateway that takes it. What a killed worker left in doubt is sent again only where that is harmless.

    Each attempt has a number, and whoever comes second with the same number stops: two runs never hand over at once.
    """
    sms = doors.sms
    gateways, attempt = await _gateways_to_try(doors, sms, text_id)
    for gateway in gateways:
        attempt += 1
        async with doors.database.transaction() as db:
            text = await _begin(db, sms, gateway, text_id, attempt)
        if text is None:
            return
        try:
            gateway_id = await gateway.send(text)
        except SmsUnavailable:
            log.warning("sms_gateway_unavailable", gateway=gateway.name)
            continue
        except SmsRefused as refused:
            await _end(doors, text_id, attempt, "failed", str(refused) or "refused")
            return
        except SmsUnknown:
            log.warning("sms_outcome_unknown", gateway=gateway.name)
            if gateway.deduplicates:
                await _try_later(doors, text_id, attempt, is_in_doubt=True)
            else:
                await _end(doors, text_id, attempt, "failed", UNKNOWN)
            return
        await _end(doors, text_id, attempt, "sent", None, gateway_id)
        return
    await _try_later(doors, text_id, attempt, is_in_doubt=False)


def lock_of(text_id: UUID) -> str:
    """One run at a time, should a killed worker's have to be done again beside the next."""
    return f"sms:{text_id}"


async def _gateways_to_try(doors: Doors, sms: Sms, text_id: UUID) -> tuple[list[SmsGateway], int]:
    """All; only the one that may have it already when its attempt broke off. → and how many attempts there have been."""
    async with doors.database.transaction() as db:
        row = await _lock(db, text_id)
        if row.status != "sending" or row.gateway is None:
            return list(sms.gateways), row.attempts
        before = sms.named(row.gateway)
        if before is not None and before.deduplicates:
            return [before], row.attempts
        await _store(db, row, "failed", UNKNOWN, now=utc_now())
        return [], row.attempts


async def _begin(db: AsyncSession, sms: Sms, gateway: SmsGateway, text_id: UUID, attempt: int) -> OutgoingText | None:
    """Say in the table that this gateway is about to have it. None: done, in other hands, or not to be sent any more."""
    row = await _lock(db, text_id)
    now = utc_now()
    if row.status not in OPEN or row.attempts != attempt - 1:
        return None
    composed = await PURPOSES[row.purpose].compose(db, row, sms.stationery) if now < row.give_up_at else None
    if composed is None:
        await _store(db, row, "failed", "stopped" if now < row.give_up_at else "unreachable", now=now)
        return None
    row.status = "sending"
    row.gateway = gateway.name
    row.attempts = attempt
    return _outgoing(sms, gateway, row, composed)


def _outgoing(sms: Sms, gateway: SmsGateway, row: TextMessage, composed: Composed) -> OutgoingText:
    return OutgoingText(
        id=row.id,
        to=row.number,
        sender=composed.sender,
        words=composed.words,
        receipt_url=sms.receipt_url(gateway.name, row.id),
    )


async def _end(doors: Doors, text_id: UUID, attempt: int, status: str, why: str | None, gateway_id: str | None = None) -> None:
    """A receipt may have been quicker: then only the gateway's name for it is added. An answer ends any doubt about it."""
    async with doors.database.transaction() as db:
        row = await _lock(db, text_id)
        if row.attempts != attempt:
            return
        row.gateway_id = gateway_id or row.gateway_id
        was_in_doubt = status == "sent" and (row.status, row.why) == ("failed", UNKNOWN)
        if row.status == "sending" or was_in_doubt:
            row.done_at = None
            await _store(db, row, status, why, now=utc_now())


async def _try_later(doors: Doors, text_id: UUID, attempt: int, *, is_in_doubt: bool) -> None:
    """In doubt: by the same gateway only."""
    async with doors.database.transaction() as db:
        row = await _lock(db, text_id)
        if row.status not in OPEN or row.attempts != attempt:
            return
        now = utc_now()
        run_at = now + pause_before(row.attempts)
        if run_at >= row.give_up_at:
            await _store(db, row, "failed", "unreachable", now=now)
            return
        if not is_in_doubt:
            row.status = "queued"
        await enqueue(db, send_text, run_at=run_at, lock=lock_of(text_id), text_id=text_id)


async def _lock(db: AsyncSession, text_id: UUID) -> TextMessage:
    query = select(TextMessage).where(TextMessage.id == text_id).with_for_update()
    return (await db.scalars(query.execution_options(populate_existing=True))).one()


async def _store(db: AsyncSession, row: TextMessage, status: str, why: str | None, *, now: datetime) -> None:
    row.status = status
    row.why = why
    TEXTS.labels(status, why or "").inc()
    if status == "sent":
        row.sent_at = now
    else:
        row.done_at = now
    await db.flush()
    await PURPOSES[row.purpose].changed(db, row.object_id)
