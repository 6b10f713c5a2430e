"""What people do in conversations: one verb, one transaction."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.audit.actions import record_access
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.queries import by
from narvaro.conversations import statements
from narvaro.conversations.models import Conversation, Entry, LastSeen, ReadMark
from narvaro.conversations.pushes import note_opened, push_message
from narvaro.conversations.queries import (
    LAST_SEEN_FOR,
    find_posted,
    last_call_seq,
    load_snapshot,
    lock_conversation,
    page_before,
    to_wire,
    visible_to,
)
from narvaro.conversations.rules import clean_text, counts_for
from narvaro.conversations.schemas import CallFact, ConversationOpened, EntryKind, NewMessage
from narvaro.conversations.schemas import Entry as WireEntry
from narvaro.db.prepared import Db
from narvaro.errors import NotFound
from narvaro.jobs import job_of, jobs_of
from narvaro.patients.models import Patient
from narvaro.realtime.topics import THE_PATIENT, wake, wakes_of


async def open_conversation(db: AsyncSession, actor: Actor, conversation_id: UUID, *, now: datetime) -> ConversationOpened:
    """Raises NotFound."""
    snapshot = await load_snapshot(db, actor, conversation_id, now)
    if actor.kind is ActorKind.PATIENT:
        await note_opened(db, conversation_id)
    await record_access(db, actor, "conversation.open", patient_id=snapshot.patient_id, object_id=conversation_id, now=now)
    return ConversationOpened(conversation=snapshot, page=await page_before(db, conversation_id, None))


async def start_conversation(db: AsyncSession, actor: Actor, patient_id: UUID, *, now: datetime) -> UUID:
    """The lasting thread of this patient and clinic, made when there is none. Raises NotFound for a foreign patient."""
    query = select(Patient.id).where(Patient.id == patient_id, Patient.clinic_id == actor.clinic_id)
    if (actor.kind is ActorKind.PATIENT and actor.id != patient_id) or await db.scalar(query) is None:
        raise NotFound
    made: UUID | None = await db.scalar(
        insert(Conversation)
        .values(clinic_id=actor.clinic_id, patient_id=patient_id, last_at=now, created_at=now)
        .on_conflict_do_nothing()
        .returning(Conversation.id)
    )
    if made is None:
        there = visible_to(actor).with_only_columns(Conversation.id).where(Conversation.patient_id == patient_id)
        existing: UUID = (await db.scalars(there)).one()
        return existing
    await record_access(db, actor, "conversation.start", patient_id=patient_id, object_id=made, now=now)
    await wake(db, f"inbox:staff:{actor.clinic_id}", f"inbox:patient:{patient_id}")
    return made


async def post_message(db: Db, actor: Actor, conversation_id: UUID, message: NewMessage, *, now: datetime) -> WireEntry:
    """Append once: a repeat with the same id gives the stored entry. Raises NotFound, EmptyMessage, MessageIdTaken."""
    text = clean_text(message.text)
    entry = await _write(db, actor, conversation_id, "message", message.id, text=text, now=now)
    if entry is not None:
        return entry
    await must_exist(db, actor, conversation_id)
    stored = await find_posted(db, actor, conversation_id, message.id)
    if stored is None:
        raise NotFound
    return to_wire(stored)


async def must_exist(db: Db, actor: Actor, conversation_id: UUID) -> None:
    """Raises NotFound."""
    if await statements.SEEN[actor.kind].first(db, conversation_id=conversation_id, **by(actor)) is None:
        raise NotFound


async def _write(
    db: Db,
    author: Actor,
    conversation_id: UUID,
    kind: Literal["message", "ready"],
    entry_id: UUID,
    *,
    now: datetime,
    text: str | None = None,
) -> WireEntry | None:
    """As `add_entry`, in one statement with all that belongs to it. None: not theirs, or the id is taken."""
    for_staff, for_patient = counts_for(author.kind)
    entry = WireEntry(
        seq=0,
        id=entry_id,
        kind=kind,
        author_kind=author.kind.value,
        author_id=author.id,
        author_name=author.name,
        at=now,
        text=text,
    )
    written = await statements.POST[author.kind].first(
        db,
        **{name: getattr(entry, name) for name in statements.WRITTEN},
        **by(author),
        conversation_id=conversation_id,
        for_staff=for_staff,
        for_patient=for_patient,
        action="message.post",
        jobs=jobs_of(job_of(push_message, conversation_id=conversation_id)),
        wakes=wakes_of(f"entries:{conversation_id}", *keys_of(conversation_id, author.clinic_id, THE_PATIENT)),
    )
    if written is None:
        return None
    entry.seq = written.seq
    return entry


async def add_entry(
    db: AsyncSession,
    conversation: Conversation,
    kind: EntryKind,
    author: Actor,
    *,
    now: datetime,
    text: str | None = None,
    call: CallFact | None = None,
    entry_id: UUID | None = None,
    audience_call_id: UUID | None = None,
) -> Entry:
    """Give the next seq under the conversation's lock, which the caller holds, and wake everybody who follows the log.

    `audience_call_id`: the call whose guests see it too.
    """
    facts: dict[str, Any] | None = msgspec.to_builtins(call) if call else None
    entry = Entry(
        conversation_id=conversation.id,
        seq=conversation.last_seq + 1,
        id=entry_id or uuid4(),
        kind=kind,
        author_kind=author.kind,
        author_id=author.id,
        author_name=author.name,
        text=text,
        facts=facts,
        at=now,
        audience_call_id=audience_call_id,
        call_seq=await last_call_seq(db, audience_call_id) + 1 if audience_call_id else None,
    )
    db.add(entry)
    conversation.last_seq = entry.seq
    conversation.last_at = now
    conversation.last_kind = kind
    conversation.last_facts = facts
    if kind in {"message", "ready"}:
        for_staff, for_patient = counts_for(author.kind)
        conversation.patient_messages += for_staff
        conversation.staff_messages += for_patient
    guests = [f"messages:{audience_call_id}"] if audience_call_id else []
    await wake_conversation(db, conversation, f"entries:{conversation.id}", *guests)
    return entry


async def wake_conversation(db: AsyncSession, conversation: Conversation, *first: str) -> None:
    """The small snapshot changed: a new version, told to those who follow it or a list that holds it, after `first`."""
    conversation.version += 1
    await db.flush()
    await wake(db, *first, *keys_of(conversation.id, conversation.clinic_id, conversation.patient_id))


def keys_of(conversation_id: UUID, clinic_id: UUID, patient_id: UUID | str) -> tuple[str, str, str]:
    """Those of a conversation's snapshot and of the lists that hold it."""
    return f"conversation:{conversation_id}", f"inbox:staff:{clinic_id}", f"inbox:patient:{patient_id}"


async def mark_read(db: AsyncSession, actor: Actor, conversation_id: UUID, seq: int, *, now: datetime) -> None:
    """Move this person's mark forward, never back and never past the log. Raises NotFound."""
    conversation = await lock_conversation(db, actor, conversation_id)
    seq = min(seq, conversation.last_seq)
    is_staff = actor.kind is ActorKind.STAFF
    theirs = ActorKind.PATIENT if is_staff else ActorKind.STAFF
    unread = await db.scalar(
        select(func.count()).where(
            Entry.conversation_id == conversation_id,
            Entry.seq > seq,
            Entry.author_kind.in_([theirs, ActorKind.GUEST]),
            Entry.kind.in_(["message", "ready"]),
        )
    )
    counted = (conversation.patient_messages if is_staff else conversation.staff_messages) - (unread or 0)
    values = {"seq": seq, "counted": counted, "at": now}
    moved = await db.scalar(
        insert(ReadMark)
        .values(conversation_id=conversation_id, reader_kind=actor.kind, reader_id=actor.id, **values)
        .on_conflict_do_update(index_elements=list(ReadMark.__table__.primary_key), set_=values, where=ReadMark.seq < seq)
        .returning(ReadMark.seq)
    )
    if moved is not None:
        if not is_staff:
            await note_opened(db, conversation_id)
        await wake_conversation(db, conversation)


async def note_whereabouts(db: AsyncSession, actor: Actor, now: datetime) -> None:
    """A patient's page opened, hid, showed or closed: remember when, and tell the clinic's staff who look."""
    if actor.kind is not ActorKind.PATIENT:
        return
    is_protected = select(Patient.has_protected_identity).where(Patient.id == actor.id)
    if not await db.scalar(is_protected):
        row = insert(LastSeen).values(patient_id=actor.id, at=now)
        await db.execute(row.on_conflict_do_update(index_elements=[LastSeen.patient_id], set_={"at": now}))
    ids = await db.scalars(visible_to(actor).with_only_columns(Conversation.id))
    await wake(db, f"inbox:staff:{actor.clinic_id}", *(f"conversation:{id_}" for id_ in ids))


async def forget_whereabouts(db: AsyncSession, now: datetime) -> None:
    """Nothing is kept for longer than it is shown."""
    await db.execute(delete(LastSeen).where(LastSeen.at < now - LAST_SEEN_FOR))
