"""Text in the call: what is written for everybody in it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor
from narvaro.calls.queries import lock_call
from narvaro.calls.rules import MESSAGES_WITHIN, CallStatus, may_write_in_call
from narvaro.calls.seats import seat_of
from narvaro.conversations.actions import add_entry
from narvaro.conversations.models import Entry
from narvaro.conversations.queries import find_posted
from narvaro.conversations.rules import clean_text
from narvaro.conversations.schemas import NewMessage


async def post_in_call(db: AsyncSession, actor: Actor, call_id: UUID, message: NewMessage, *, now: datetime) -> Entry:
    """Append once to the conversation, for everybody in the call; a repeat gives the stored entry, also after the end.

    Raises NotFound, CallHasEnded, NotInCall, TooManyMessages, EmptyMessage, MessageIdTaken.
    """
    text = clean_text(message.text)
    conversation, call = await lock_call(db, actor, call_id)
    stored = await find_posted(db, actor, conversation.id, message.id, audience_call_id=call_id)
    if stored is not None:
        return stored
    lately = await _written_since(db, actor, call_id, now - MESSAGES_WITHIN)
    may_write_in_call(CallStatus(call.status), is_present=seat_of(call, actor) is not None, lately=lately)
    await record_access(db, actor, "call.message.post", patient_id=call.patient_id, object_id=call_id, now=now)
    return await add_entry(
        db, conversation, "message", actor, text=text, entry_id=message.id, audience_call_id=call_id, now=now
    )


async def _written_since(db: AsyncSession, actor: Actor, call_id: UUID, since: datetime) -> int:
    mine = (Entry.author_kind == actor.kind) & (Entry.author_id == actor.id)
    query = select(func.count()).where(Entry.audience_call_id == call_id, mine, Entry.at > since)
    return (await db.scalars(query)).one()
