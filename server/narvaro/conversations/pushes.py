"""A push about a new message: that there is one, not what it says, and one per conversation until it is opened."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from sqlalchemy import delete, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.clock import utc_now
from narvaro.conversations.models import Conversation, MessagePush
from narvaro.conversations.queries import Unopened, find_unopened
from narvaro.jobs import Doors, enqueue, task
from narvaro.patients.rules import quiet_until
from narvaro.webpush import Push, topic_of
from narvaro.webpush.actions import forget
from narvaro.webpush.queries import devices_named, devices_to_push, has_device
from narvaro.webpush.rules import pause_before
from narvaro.webpush.sending import push_to

KEPT_FOR: Final = timedelta(hours=24)
TRIED_FOR: Final = 8
"""Attempts, about a minute and a half, at services that are busy."""


async def ask_for_push(db: AsyncSession, conversation: Conversation, *, now: datetime) -> None:
    """In the transaction of a message to a patient with a device; nothing while an earlier one is unopened."""
    row = select(literal(conversation.id), literal(now)).where(has_device(conversation.patient_id, only_calls=False))
    asked = insert(MessagePush).from_select(["conversation_id", "asked_at"], row).on_conflict_do_nothing()
    if await db.scalar(asked.returning(MessagePush.conversation_id)) is not None:
        await enqueue(db, push_message, conversation_id=conversation.id)


async def note_opened(db: AsyncSession, conversation_id: UUID) -> None:
    """The patient has it before their eyes; the next message may be pushed again."""
    await db.execute(delete(MessagePush).where(MessagePush.conversation_id == conversation_id))


@task("conversations.push_message")
async def push_message(
    doors: Doors, *, conversation_id: UUID, devices: list[UUID] | None = None, attempt: int = 1, was_sent: bool = False
) -> None:
    """After quiet hours, unless it has been opened by then. Who looks at the app already is not disturbed.

    `devices`: those that are left after earlier attempts; `was_sent`: one of the others has it.
    """
    if doors.push is None:
        return
    async with doors.database.transaction() as db:
        unopened = await find_unopened(db, conversation_id)
        if unopened is None:
            return
        now = utc_now()
        until = quiet_until(now, unopened.time_zone, unopened.quiet_from, unopened.quiet_to)
        if until is not None:
            await enqueue(db, push_message, run_at=until, conversation_id=conversation_id)
            return
        if not unopened.may_reach:
            rows = []
        elif devices is None:
            rows = list(await devices_to_push(db, unopened.patient_id, now, only_calls=False))
        else:
            rows = list(await devices_named(db, devices))
        if not rows:
            await note_opened(db, conversation_id)
            return
    outcome = await push_to(doors.push, rows, _push(conversation_id, unopened))
    was_sent = was_sent or bool(outcome.sent)
    async with doors.database.transaction() as db:
        await forget(db, outcome.gone)
        if outcome.later and attempt < TRIED_FOR:
            again_at = utc_now() + pause_before(attempt, outcome.retry_after)
            await enqueue(
                db,
                push_message,
                run_at=again_at,
                conversation_id=conversation_id,
                devices=outcome.later,
                attempt=attempt + 1,
                was_sent=was_sent,
            )
        elif not was_sent:
            await note_opened(db, conversation_id)


def _push(conversation_id: UUID, unopened: Unopened) -> Push:
    told = {
        "kind": "message",
        "conversation_id": conversation_id,
        "clinic_id": unopened.clinic_id,
        "clinic": unopened.clinic,
        "brand": unopened.brand,
    }
    return Push(msgspec.json.encode(told), ttl=int(KEPT_FOR.total_seconds()), urgency="normal", topic=topic_of(conversation_id))
