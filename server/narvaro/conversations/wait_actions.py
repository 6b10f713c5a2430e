"""Waiting for a call: the patient says *Jag är redo*, staff notice, write to all who wait, and call."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind, system_of
from narvaro.clock import utc_now
from narvaro.conversations.actions import add_entry, wake_conversation
from narvaro.conversations.models import Conversation, EndedWait
from narvaro.conversations.pushes import ask_for_push
from narvaro.conversations.queries import find_posted, lock_conversation, open_call, visible_to
from narvaro.conversations.rules import READY_FOR, WaitEnd, clean_text, how_wait_ends, is_waiting, may_become_ready
from narvaro.conversations.schemas import MessageToWaiting
from narvaro.errors import NotFound
from narvaro.jobs import Doors, enqueue, task


async def become_ready(db: AsyncSession, patient: Actor, conversation_id: UUID, *, now: datetime) -> None:
    """*Jag är redo*, for half an hour; somebody who waits goes on waiting. Raises NotFound, CallGoesOn."""
    conversation = await lock_conversation(db, patient, conversation_id)
    if is_waiting(conversation.ready_at, now):
        return
    call = await open_call(db, patient, conversation_id)
    may_become_ready(call.status if call else None)
    await end_wait(db, conversation, "expired", now=now)
    conversation.ready_at = now
    await record_access(db, patient, "patient.ready", patient_id=patient.id, object_id=conversation_id, now=now)
    await add_entry(db, conversation, "ready", patient, now=now)
    clinic_id = patient.clinic_id
    await enqueue(db, end_late_wait, run_at=now + READY_FOR, conversation_id=conversation_id, clinic_id=clinic_id, ready_at=now)


async def become_unready(db: AsyncSession, patient: Actor, conversation_id: UUID, *, now: datetime) -> None:
    """*Jag är inte redo längre*; nothing happens when the wait has ended. Raises NotFound."""
    conversation = await lock_conversation(db, patient, conversation_id)
    if not is_waiting(conversation.ready_at, now):
        return
    await record_access(db, patient, "patient.unready", patient_id=patient.id, object_id=conversation_id, now=now)
    await end_wait(db, conversation, "withdrawn", now=now)
    await add_entry(db, conversation, "ready_withdrawn", patient, now=now)


async def end_wait(db: AsyncSession, conversation: Conversation, reason: WaitEnd, *, now: datetime) -> None:
    """Whoever waits in it does not any more. The caller holds the conversation's lock."""
    if conversation.ready_at is None:
        return
    ended = EndedWait(
        clinic_id=conversation.clinic_id,
        conversation_id=conversation.id,
        ready_at=conversation.ready_at,
        noticed_at=conversation.ready_noticed_at,
        ended_at=now,
        reason=how_wait_ends(reason, conversation.ready_at, now),
    )
    db.add(ended)
    conversation.ready_at = conversation.ready_noticed_at = None
    await wake_conversation(db, conversation)


async def let_wait_expire(
    db: AsyncSession, clinic_id: UUID, conversation_id: UUID, ready_at: datetime, *, now: datetime
) -> None:
    """The clock's: end the wait that began at `ready_at`. One that is over, or another one, is left alone."""
    system = system_of(clinic_id)
    conversation = await lock_conversation(db, system, conversation_id)
    if conversation.ready_at != ready_at or is_waiting(ready_at, now):
        return
    await end_wait(db, conversation, "expired", now=now)
    await add_entry(db, conversation, "ready_expired", system, now=now)


@task("conversations.end_late_wait")
async def end_late_wait(doors: Doors, *, conversation_id: UUID, clinic_id: UUID, ready_at: datetime) -> None:
    async with doors.database.transaction() as db:
        await let_wait_expire(db, clinic_id, conversation_id, ready_at, now=utc_now())


async def notice_wait(db: AsyncSession, staff: Actor, conversation_id: UUID, *, now: datetime) -> None:
    """A page of the staff's shows that this patient waits; the first one counts. Raises NotFound."""
    if staff.kind is not ActorKind.STAFF:
        return
    conversation = await lock_conversation(db, staff, conversation_id)
    if is_waiting(conversation.ready_at, now) and conversation.ready_noticed_at is None:
        conversation.ready_noticed_at = now
        await wake_conversation(db, conversation)


async def write_to_waiting(db: AsyncSession, staff: Actor, message: MessageToWaiting, *, now: datetime) -> int:
    """Post it in each of the conversations whose patient still waits → in how many it stands. A repeat posts nothing twice.

    All or none. Raises NotFound when one is not there, EmptyMessage, MessageIdTaken.
    """
    text = clean_text(message.text)
    asked = set(message.conversation_ids)
    conversations = await _lock_together(db, staff, asked)
    if len(conversations) < len(asked):
        raise NotFound
    count = 0
    for conversation in conversations:
        entry_id = uuid5(message.id, str(conversation.id))
        if await find_posted(db, staff, conversation.id, entry_id) is None:
            if not is_waiting(conversation.ready_at, now):
                continue
            await record_access(
                db, staff, "message.post", patient_id=conversation.patient_id, object_id=conversation.id, now=now
            )
            await add_entry(db, conversation, "message", staff, text=text, entry_id=entry_id, now=now)
            await ask_for_push(db, conversation, now=now)
        count += 1
    return count


async def _lock_together(db: AsyncSession, staff: Actor, ids: set[UUID]) -> list[Conversation]:
    """By id, so that two who write to the same patients wait for each other in one order."""
    query = visible_to(staff).where(Conversation.id.in_(ids)).order_by(Conversation.id).with_for_update(key_share=True)
    return list(await db.scalars(query.execution_options(populate_existing=True)))
