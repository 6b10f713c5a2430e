"""What a socket follows of conversations: the list, the snapshot, the log, and who writes just now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

import narvaro.conversations.tasks  # noqa: F401 - its task is known once it is imported
from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.queries import by
from narvaro.clock import utc_now
from narvaro.conversations.actions import note_whereabouts
from narvaro.conversations.models import Conversation as ConversationRow
from narvaro.conversations.queries import PAGE, load_inbox, load_snapshot, to_wire, visible_to
from narvaro.conversations.schemas import Conversation, Entries, Inbox, Noticed, Typing, TypingSeen
from narvaro.conversations.statements import NEWER
from narvaro.conversations.wait_actions import notice_wait
from narvaro.errors import NotFound
from narvaro.realtime.messages import register_client_message
from narvaro.realtime.presence import SocketFacts, on_presence_changed
from narvaro.realtime.topics import Haste, Loaded, register_topic, tell


async def load_list(db: AsyncSession, actor: Actor, _id: UUID | None, _since: int) -> Loaded:
    return Loaded([Inbox(topic="inbox", page=await load_inbox(db, actor, utc_now()))])


async def load_conversation(db: AsyncSession, actor: Actor, id_: UUID | None, _since: int) -> Loaded | None:
    if id_ is None:
        return None
    try:
        snapshot = await load_snapshot(db, actor, id_, utc_now())
    except NotFound:
        return None
    return Loaded([Conversation(topic=f"conversation:{id_}", conversation=snapshot)], since=snapshot.version)


async def load_entries(db: AsyncSession, actor: Actor, id_: UUID | None, since: int) -> Loaded | None:
    rows = await NEWER[actor.kind].all(db, conversation_id=id_, since=since, **by(actor)) if id_ else []
    if not rows:
        return None
    entries = [to_wire(row) for row in rows if row.seq is not None]
    if not entries:
        return Loaded([], since=since)
    return Loaded([Entries(topic=f"entries:{id_}", entries=entries)], since=entries[-1].seq, more=len(entries) == PAGE)


async def record_following(db: AsyncSession, actor: Actor, id_: UUID | None) -> None:
    """Whoever follows a log reads it (D1)."""
    await _record(db, actor, "conversation.follow", id_)


async def record_watching(db: AsyncSession, actor: Actor, id_: UUID | None) -> None:
    """The snapshot alone says where the patient is."""
    await _record(db, actor, "conversation.watch", id_)


async def _record(db: AsyncSession, actor: Actor, action: str, id_: UUID | None) -> None:
    patient_id = await db.scalar(select(ConversationRow.patient_id).where(ConversationRow.id == id_))
    await record_access(db, actor, action, patient_id=patient_id, object_id=id_, now=utc_now())


async def tell_typing(db: AsyncSession, socket: SocketFacts, message: Typing, now: datetime) -> None:
    if await _is_hidden(db, socket.actor, message.conversation_id):
        return
    seen = TypingSeen(conversation_id=message.conversation_id, name=socket.actor.name, at=now)
    await tell(db, f"conversation:{message.conversation_id}", socket.actor, seen)


async def receive_noticed(db: AsyncSession, socket: SocketFacts, message: Noticed, now: datetime) -> None:
    """Only a page that is visible can show anything. In one order: two pages say it at once."""
    if socket.visible:
        for conversation_id in sorted(message.conversation_ids):
            await notice_wait(db, socket.actor, conversation_id, now=now)


async def _is_hidden(db: AsyncSession, actor: Actor, conversation_id: UUID) -> bool:
    query = visible_to(actor).with_only_columns(ConversationRow.id).where(ConversationRow.id == conversation_id)
    return await db.scalar(query) is None


def _inbox_key(actor: Actor, _id: UUID | None) -> str:
    return f"inbox:staff:{actor.clinic_id}" if actor.kind is ActorKind.STAFF else f"inbox:patient:{actor.id}"


def register() -> None:
    register_topic("inbox", load_list, key=_inbox_key, haste=Haste.AT_LEISURE)
    register_topic("conversation", load_conversation, on_follow=record_watching)
    register_topic("entries", load_entries, on_follow=record_following)
    register_client_message(Typing, tell_typing)
    register_client_message(Noticed, receive_noticed)
    on_presence_changed(note_whereabouts)
