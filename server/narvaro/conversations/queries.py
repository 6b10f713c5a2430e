"""Reading conversations, always through the actor's eyes: what is not theirs is not found."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import cache
from typing import Any, Final
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, DateTime, Select, Text, Uuid, and_, bindparam, false, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.queries import by, whoever
from narvaro.clinics.models import Clinic
from narvaro.conversations.models import Conversation, EndedWait, Entry, LastSeen, MessagePush, ReadMark
from narvaro.conversations.rules import (
    MOST_WAITING,
    READY_FOR,
    USUAL_OF,
    USUAL_WITHIN,
    MessageIdTaken,
    is_waiting,
    usual_wait,
)
from narvaro.conversations.schemas import (
    CallFact,
    ConversationSnapshot,
    EntryPage,
    InboxItem,
    InboxPage,
    OpenCall,
    PatientItem,
    PatientPage,
    Presence,
    WaitSnapshot,
)
from narvaro.conversations.schemas import Entry as WireEntry
from narvaro.db.base import table_of
from narvaro.db.cursors import make_cursor, read_cursor
from narvaro.db.prepared import Db, Prepared
from narvaro.errors import NotFound
from narvaro.patients.models import Patient
from narvaro.patients.queries import FEW, matches_name, named, words_of
from narvaro.patients.rules import may_reach_outside_app
from narvaro.realtime.models import Socket

PAGE = 50
FOUND = 25
"""Of a search at a time: whoever looks for one person writes more of the name."""
MOST_PATIENTS = 20
SAMPLE, COMMON = 50, 2
"""A name that so many of so many newest have looks common."""
NEWEST = 500
LOOKED_AT = 100
"""A common name is sought first among so many of the list, and any among so many patients from where it stands on."""
FROM_THE_NEWEST: Final = (datetime.max.replace(tzinfo=UTC), UUID(int=2**128 - 1))
_IS_OLDER: Final = tuple_(Conversation.last_at, Conversation.id) < tuple_(
    bindparam("before_at", type_=DateTime(timezone=True)), bindparam("before_id", type_=Uuid)
)
_START: Final = bindparam("start", type_=Text)
_POSTED = Prepared(select(table_of(Entry)).where(Entry.id == bindparam("message_id")))
LAST_SEEN_FOR = timedelta(hours=24)

FindOpenCalls = Callable[[AsyncSession, Sequence[UUID]], Awaitable[dict[UUID, OpenCall]]]


async def _no_open_calls(_db: AsyncSession, _conversation_ids: Sequence[UUID]) -> dict[UUID, OpenCall]:
    return {}


_find_open_calls: FindOpenCalls = _no_open_calls
_has_open_call: ColumnElement[bool] = literal(value=False)


def register_open_calls(find: FindOpenCalls, has_one: ColumnElement[bool]) -> None:
    """Calls lie above conversations; this is how a conversation learns of its open call. `has_one`: whether, within a query."""
    global _find_open_calls, _has_open_call
    _find_open_calls, _has_open_call = find, has_one
    for made_before in (_snapshot, _first_page, _those_who_wait):
        made_before.cache_clear()


def visible_to(actor: Actor) -> Select[Conversation]:
    """The conversations that exist for this actor."""
    query = select(Conversation).where(Conversation.clinic_id == actor.clinic_id)
    if actor.kind is ActorKind.PATIENT:
        query = query.where(Conversation.patient_id == actor.id)
    elif actor.kind is not ActorKind.STAFF and actor.kind is not ActorKind.SYSTEM:
        query = query.where(false())
    return query


async def lock_conversation(db: AsyncSession, actor: Actor, conversation_id: UUID) -> Conversation:
    """The first lock of every action on a conversation or its calls. Raises NotFound."""
    query = visible_to(actor).where(Conversation.id == conversation_id).with_for_update(key_share=True)
    found = await db.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound
    return found


def to_wire(entry: Entry) -> WireEntry:
    return WireEntry(
        seq=entry.seq,
        id=entry.id,
        kind=entry.kind,  # type: ignore[arg-type]
        author_kind=entry.author_kind,  # type: ignore[arg-type]
        author_id=entry.author_id,
        author_name=entry.author_name,
        at=entry.at,
        text=entry.text,
        call=call_fact(entry.facts),
        audience="call" if entry.audience_call_id else "patient",
    )


def call_fact(facts: dict[str, Any] | None) -> CallFact | None:
    return msgspec.convert(facts, CallFact) if facts else None


async def entries_after(db: AsyncSession, conversation_id: UUID, seq: int) -> list[Entry]:
    """At most a page, ordered by seq."""
    query = select(Entry).where(Entry.conversation_id == conversation_id, Entry.seq > seq).order_by(Entry.seq).limit(PAGE)
    return list(await db.scalars(query))


async def last_call_seq(db: AsyncSession, call_id: UUID) -> int:
    """Of what was written for everybody in this call; 0 for nothing. Under the conversation's lock."""
    return await db.scalar(select(func.max(Entry.call_seq)).where(Entry.audience_call_id == call_id)) or 0


async def find_posted(
    db: Db, actor: Actor, conversation_id: UUID, message_id: UUID, *, audience_call_id: UUID | None = None
) -> Entry | None:
    """What a message's id has become before. Raises MessageIdTaken when it is another message's."""
    found = await _POSTED.first(db, message_id=message_id)
    if found is None:
        return None
    stored = Entry(**found._asdict())
    whose = (stored.conversation_id, stored.author_kind, stored.author_id, stored.audience_call_id)
    if whose != (conversation_id, actor.kind, actor.id, audience_call_id):
        raise MessageIdTaken
    return stored


async def page_before(db: AsyncSession, conversation_id: UUID, seq: int | None) -> EntryPage:
    """The page that ends just before `seq`; the newest one without it."""
    query = select(Entry).where(Entry.conversation_id == conversation_id).order_by(Entry.seq.desc()).limit(PAGE + 1)
    if seq is not None:
        query = query.where(Entry.seq < seq)
    found = list(await db.scalars(query))
    return EntryPage(entries=[to_wire(entry) for entry in reversed(found[:PAGE])], has_older=len(found) > PAGE)


async def page_after(db: AsyncSession, conversation_id: UUID, seq: int) -> EntryPage:
    entries = [to_wire(entry) for entry in await entries_after(db, conversation_id, seq)]
    older = select(Entry.seq).where(Entry.conversation_id == conversation_id, Entry.seq <= seq).limit(1)
    return EntryPage(entries=entries, has_older=await db.scalar(older) is not None)


def _told(actor: Actor) -> Select[Any]:
    """The actor's conversations, each with what a snapshot and a list tell of it."""
    columns = [
        *table_of(Conversation).columns,
        Patient.name.label("patient_name"),
        Patient.has_protected_identity,
        Clinic.name.label("clinic_name"),
        ReadMark.seq.label("my_seq"),
        ReadMark.counted,
        LastSeen.at.label("last_seen_at"),
        _has_open_call.label("has_open_call"),
    ]
    is_seen = select(func.bool_or(Socket.visible)).where(Socket.person_id == Conversation.patient_id).scalar_subquery()
    if actor.kind is ActorKind.STAFF:
        columns.append(is_seen.label("is_seen"))
    return (
        visible_to(actor)
        .select_from(Conversation)
        .join(Patient, Patient.id == Conversation.patient_id)
        .join(Clinic, Clinic.id == Conversation.clinic_id)
        .outerjoin(ReadMark, _my_mark(actor))
        .outerjoin(LastSeen, LastSeen.patient_id == Patient.id)
        .with_only_columns(*columns)
    )


def _presence(row: Any, now: datetime) -> Presence:
    """What staff may know of where the patient is (D1b: nothing under protected identity). `is_seen`: None without a page."""
    if row.has_protected_identity:
        return Presence(state="hidden")
    if row.is_seen is not None:
        return Presence(state="in_app" if row.is_seen else "background")
    was_here = row.last_seen_at is not None and now - row.last_seen_at < LAST_SEEN_FOR
    return Presence(state="away", last_at=row.last_seen_at if was_here else None)


@cache
def _snapshot(kind: ActorKind) -> Prepared:
    others = ActorKind.PATIENT if kind is ActorKind.STAFF else ActorKind.STAFF
    others_read = select(func.coalesce(func.max(ReadMark.seq), 0)).where(
        ReadMark.conversation_id == Conversation.id, ReadMark.reader_kind == others.value
    )
    others_seq = others_read.correlate(Conversation).scalar_subquery()
    told = _told(whoever(kind)).add_columns(others_seq.label("others_seq"))
    return Prepared(told.where(Conversation.id == bindparam("conversation_id")))


async def load_snapshot(db: AsyncSession, actor: Actor, conversation_id: UUID, now: datetime) -> ConversationSnapshot:
    """Raises NotFound."""
    row = await _snapshot(actor.kind).first(db, conversation_id=conversation_id, **by(actor))
    if row is None:
        raise NotFound
    return ConversationSnapshot(
        id=row.id,
        version=row.version,
        patient_id=row.patient_id,
        patient_name=row.patient_name,
        clinic_name=row.clinic_name,
        last_seq=row.last_seq,
        my_read_seq=row.my_seq or 0,
        others_read_seq=row.others_seq,
        presence=_presence(row, now) if actor.kind is ActorKind.STAFF else None,
        call=await open_call(db, actor, conversation_id) if row.has_open_call else None,
        wait=await _wait(db, actor, row, now),
    )


async def _wait(db: AsyncSession, actor: Actor, conversation: Any, now: datetime) -> WaitSnapshot | None:
    since = conversation.ready_at
    if not is_waiting(since, now):
        return None
    usual = await _usual_wait(db, conversation.clinic_id, now) if actor.kind is ActorKind.PATIENT else None
    return WaitSnapshot(
        ready_at=since,
        until=since + READY_FOR,
        noticed_at=conversation.ready_noticed_at,
        usual_seconds=round(usual.total_seconds()) if usual else None,
    )


async def _usual_wait(db: AsyncSession, clinic_id: UUID, now: datetime) -> timedelta | None:
    query = (
        select(EndedWait.ended_at - EndedWait.ready_at)
        .where(EndedWait.clinic_id == clinic_id, EndedWait.reason == "called", EndedWait.ended_at > now - USUAL_WITHIN)
        .order_by(EndedWait.ended_at.desc())
        .limit(USUAL_OF)
    )
    return usual_wait(list(await db.scalars(query)))


async def open_call(db: AsyncSession, actor: Actor, conversation_id: UUID) -> OpenCall | None:
    """The conversation's call that has not ended, as the actor sees it."""
    call = (await _find_open_calls(db, [conversation_id])).get(conversation_id)
    if call is not None and actor.kind is not ActorKind.STAFF:
        call.knocks = []
    return call


async def load_inbox(
    db: AsyncSession, actor: Actor, now: datetime, *, before: str | None = None, search: str | None = None
) -> InboxPage:
    """Newest first. Raises Malformed for a cursor that is not ours."""
    waiting: Sequence[Any] = []
    before_at, before_id = read_cursor(before, UUID) if before is not None else FROM_THE_NEWEST
    if search:
        found: Sequence[Any] = await _with_name(db, actor, words_of(search), before_at, before_id)
    elif before is not None:
        found = await _later_page(actor.kind).all(db, before_at=before_at, before_id=before_id, **by(actor))
    else:
        found = await _first_page(actor.kind).all(db, **by(actor))
        if actor.kind is ActorKind.STAFF:
            waiting = await _those_who_wait().all(db, ready_after=now - READY_FOR, **by(actor))
    page = FOUND if search else PAGE
    items = [_inbox_item(actor, row, now) for row in [*waiting, *found[:page]]]
    return InboxPage(
        waiting=items[: len(waiting)],
        items=items[len(waiting) :],
        next=make_cursor(found[page - 1].last_at, found[page - 1].id) if len(found) > page else None,
        unread=sum({item.id: item.unread for item in items}.values()),
    )


async def _with_name(db: AsyncSession, actor: Actor, words: str, before_at: datetime, before_id: UUID) -> Sequence[Any]:
    """A page, and one more. What looks common is sought among the newest: the index would have to read all who have it."""
    values = by(actor) | {"words": words, "before_at": before_at, "before_id": before_id}
    if (await _named_in_sample(actor.kind).first(db, **values)).n >= COMMON:
        found = await _named_among_newest(actor.kind).all(db, **values)
        if len(found) > FOUND:
            return found
    have_it = (await _how_many_named(actor.kind).first(db, **values)).n
    if not have_it:
        return []
    return await (_named_one_by_one if have_it <= FEW else _named_among_all)(actor.kind).all(db, **values)


def _newest_first(query: Select[Any], most: int) -> Select[Any]:
    return query.order_by(Conversation.last_at.desc(), Conversation.id.desc()).limit(most)


def _of_these(kind: ActorKind, ids: Select[Any]) -> Prepared:
    return Prepared(_newest_first(_told(whoever(kind)).where(Conversation.id.in_(ids)), FOUND + 1))


@cache
def _named_in_sample(kind: ActorKind) -> Prepared:
    return Prepared(_of_the_newest(kind, SAMPLE).order_by(None).with_only_columns(func.count().label("n")))


@cache
def _named_among_newest(kind: ActorKind) -> Prepared:
    return _of_these(kind, _of_the_newest(kind, NEWEST).limit(FOUND + 1))


def _of_the_newest(kind: ActorKind, most: int) -> Select[Any]:
    newest = _newest_first(visible_to(whoever(kind)).where(_IS_OLDER), most).subquery()
    have_it = select(newest.c.id).join(Patient, Patient.id == newest.c.patient_id).where(matches_name())
    return have_it.order_by(newest.c.last_at.desc(), newest.c.id.desc())


@cache
def _how_many_named(kind: ActorKind) -> Prepared:
    return Prepared(select(func.count().label("n")).select_from(named(whoever(kind), FEW + 1).subquery()))


@cache
def _named_one_by_one(kind: ActorKind) -> Prepared:
    few = named(whoever(kind), FEW).subquery()
    its = visible_to(whoever(kind)).where(Conversation.patient_id == few.c.id, _IS_OLDER).limit(1).lateral()
    ids = select(its.c.id).select_from(few).join(its, true()).order_by(its.c.last_at.desc(), its.c.id.desc())
    return _of_these(kind, ids.limit(FOUND + 1))


@cache
def _named_among_all(kind: ActorKind) -> Prepared:
    have_it = visible_to(whoever(kind)).where(_IS_OLDER).join(Patient, Patient.id == Conversation.patient_id)
    return _of_these(kind, _newest_first(have_it.where(matches_name()).with_only_columns(Conversation.id), FOUND + 1))


@cache
def _later_page(kind: ActorKind) -> Prepared:
    return Prepared(_newest_first(_told(whoever(kind)).where(_IS_OLDER), PAGE + 1))


@cache
def _first_page(kind: ActorKind) -> Prepared:
    return Prepared(_newest_first(_told(whoever(kind)), PAGE + 1))


@cache
def _those_who_wait() -> Prepared:
    query = _told(whoever(ActorKind.STAFF)).where(Conversation.ready_at > bindparam("ready_after"))
    return Prepared(query.order_by(Conversation.ready_at, Conversation.id).limit(MOST_WAITING))


def _inbox_item(actor: Actor, row: Any, now: datetime) -> InboxItem:
    is_staff = actor.kind is ActorKind.STAFF
    return InboxItem(
        id=row.id,
        title=row.patient_name if is_staff else row.clinic_name,
        last_at=row.last_at,
        last_kind=row.last_kind,
        last_call=call_fact(row.last_facts),
        unread=(row.patient_messages if is_staff else row.staff_messages) - (row.counted or 0),
        presence=_presence(row, now) if is_staff else None,
        has_open_call=row.has_open_call,
        ready_at=row.ready_at if is_waiting(row.ready_at, now) else None,
        is_noticed=row.ready_noticed_at is not None,
    )


async def find_patients(db: AsyncSession, staff: Actor, search: str | None) -> PatientPage:
    """At most 20 of the clinic's patients, each with its conversation when there is one, by name: from what is searched for on,
    then what stands before it. A common first name is found where it stands, and the index need not count who has it.
    """
    words = words_of(search) if search else None
    values = by(staff) | {"words": words, "start": words.title() if words else ""}
    found = await _find_from(is_named=words is not None).all(db, **values)
    if words is not None and len(found) <= MOST_PATIENTS:
        found = await _find_named().all(db, **values)
    items = [PatientItem(id=row.id, name=row.name, conversation_id=row.thread) for row in found[:MOST_PATIENTS]]
    return PatientPage(items=items, more=len(found) > MOST_PATIENTS)


@cache
def _find_from(*, is_named: bool) -> Prepared:
    actor = whoever(ActorKind.STAFF)
    here = select(Patient.id, Patient.clinic_id, Patient.name).where(Patient.clinic_id == actor.clinic_id)
    some = here.where(Patient.name >= _START).order_by(Patient.name).limit(LOOKED_AT).subquery()
    return _found(actor, select(some).where(matches_name(some.c.name)) if is_named else select(some))


@cache
def _find_named() -> Prepared:
    actor = whoever(ActorKind.STAFF)
    return _found(actor, named(actor, FEW))


def _found(actor: Actor, whom: Select[UUID, UUID, str]) -> Prepared:
    some = whom.subquery()
    first = select(some).where(some.c.clinic_id == actor.clinic_id).order_by(some.c.name < _START, some.c.name)
    found = first.limit(MOST_PATIENTS + 1).subquery()
    its = and_(Conversation.patient_id == found.c.id, Conversation.clinic_id == actor.clinic_id)
    query = select(found.c.id, found.c.name, Conversation.id.label("thread")).outerjoin(Conversation, its)
    return Prepared(query.order_by(found.c.name < _START, found.c.name))


def _my_mark(actor: Actor) -> Any:
    return and_(
        ReadMark.conversation_id == Conversation.id, ReadMark.reader_kind == actor.kind.value, ReadMark.reader_id == actor.id
    )


@dataclass(frozen=True, slots=True)
class Unopened:
    """A message that waits for a push, or has had one. `brand`: None unless the patient allows it."""

    patient_id: UUID
    clinic_id: UUID
    clinic: str
    brand: str | None
    time_zone: str
    quiet_from: time | None
    quiet_to: time | None
    may_reach: bool


async def find_unopened(db: AsyncSession, conversation_id: UUID) -> Unopened | None:
    query = (
        select(Patient, Clinic)
        .join(Conversation, Conversation.patient_id == Patient.id)
        .join(Clinic, Clinic.id == Conversation.clinic_id)
        .join(MessagePush, MessagePush.conversation_id == Conversation.id)
        .where(Conversation.id == conversation_id)
    )
    row = (await db.execute(query)).one_or_none()
    if row is None:
        return None
    patient, clinic = row
    return Unopened(
        patient_id=patient.id,
        clinic_id=clinic.id,
        clinic=clinic.slug,
        brand=clinic.brand if patient.push_shows_brand else None,
        time_zone=clinic.time_zone,
        quiet_from=patient.quiet_from,
        quiet_to=patient.quiet_to,
        may_reach=may_reach_outside_app(is_protected=patient.has_protected_identity, is_allowed=patient.may_reach_protected),
    )
