"""What a socket follows of calls, and what a patient's page says of a ring."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.people import register_reason_to_stay
from narvaro.calls.attendance_actions import note_presence
from narvaro.calls.ladder.texts import PURPOSE, compose_ring, note_text
from narvaro.calls.models import Call as CallRow
from narvaro.calls.queries import HAS_OPEN_CALL, find_open_calls, load_call, load_incoming, read_in_call, refuse_in_call
from narvaro.calls.ring_actions import note_delivered
from narvaro.calls.schemas import Call, Delivered, Rings, Seen
from narvaro.calls.watch import WATCHES
from narvaro.clock import utc_now
from narvaro.conversations.queries import PAGE, register_open_calls
from narvaro.conversations.schemas import Entries
from narvaro.errors import NotFound
from narvaro.jobs import register_watch
from narvaro.realtime.messages import register_client_message
from narvaro.realtime.presence import SocketFacts, on_presence_changed
from narvaro.realtime.topics import Haste, Loaded, register_topic
from narvaro.sms.purposes import register_purpose


async def load_call_topic(db: AsyncSession, actor: Actor, id_: UUID | None, _since: int) -> Loaded | None:
    if id_ is None:
        return None
    try:
        call = await load_call(db, actor, id_)
    except NotFound:
        return None
    return Loaded([Call(topic=f"call:{id_}", call=call)], since=call.version)


async def load_messages(db: AsyncSession, actor: Actor, id_: UUID | None, since: int) -> Loaded | None:
    """What is written for everybody in the call, for guests: the others have it in the conversation."""
    entries = await read_in_call(db, actor, id_, since) if id_ else None
    if entries is None:
        return None
    told = Entries(topic=f"messages:{id_}", entries=list(entries))
    return Loaded([told], since=entries[-1].seq if entries else since, more=len(entries) == PAGE)


async def record_following(db: AsyncSession, actor: Actor, id_: UUID | None) -> None:
    """Whoever follows a call sees who is in it (D1)."""
    await record_access(db, actor, "call.follow", patient_id=await _patient_of(db, id_), object_id=id_, now=utc_now())


async def record_reading(db: AsyncSession, actor: Actor, id_: UUID | None) -> None:
    """Whoever follows what is written reads it (D1)."""
    await record_access(db, actor, "call.messages.follow", patient_id=await _patient_of(db, id_), object_id=id_, now=utc_now())


async def _patient_of(db: AsyncSession, call_id: UUID | None) -> UUID | None:
    return await db.scalar(select(CallRow.patient_id).where(CallRow.id == call_id))


async def load_rings(db: AsyncSession, actor: Actor, _id: UUID | None, _since: int) -> Loaded | None:
    if actor.kind is not ActorKind.PATIENT:
        return None
    return Loaded([Rings(topic="rings", ring=await load_incoming(db, actor, utc_now()))])


async def receive_delivered(db: AsyncSession, socket: SocketFacts, message: Delivered, now: datetime) -> None:
    await note_delivered(db, socket.actor, message.ring_id, seen=False, now=now)


async def receive_seen(db: AsyncSession, socket: SocketFacts, message: Seen, now: datetime) -> None:
    """Only a page that is visible can show anything."""
    await note_delivered(db, socket.actor, message.ring_id, seen=socket.visible, now=now)


def _rings_key(actor: Actor, _id: UUID | None) -> str:
    return f"rings:{actor.id}"


def register() -> None:
    register_topic("call", load_call_topic, on_follow=record_following)
    register_topic("messages", load_messages, on_follow=record_reading)
    register_topic("rings", load_rings, key=_rings_key, haste=Haste.AT_ONCE)
    register_client_message(Delivered, receive_delivered)
    register_client_message(Seen, receive_seen)
    register_open_calls(find_open_calls, HAS_OPEN_CALL)
    on_presence_changed(note_presence)
    register_purpose(PURPOSE, compose_ring, note_text)
    register_reason_to_stay(refuse_in_call)
    for watch in WATCHES:
        register_watch(watch)
