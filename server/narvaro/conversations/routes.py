"""Conversations over HTTP. The same handlers serve staff and patients: `actor` comes from the path's prefix."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from narvaro.audit.actions import record_access
from narvaro.auth.guards import CurrentActor, Db
from narvaro.clock import utc_now
from narvaro.conversations import actions, queries, wait_actions
from narvaro.conversations.schemas import (
    ConversationOpened,
    ConversationRef,
    Entry,
    EntryPage,
    InboxPage,
    MessagesPosted,
    MessageToWaiting,
    NewConversation,
    NewMessage,
    PatientPage,
    ReadMark,
)

Id = FromPath[UUID]
Search = Annotated[str | None, QueryParameter(max_length=80)]
Cursor = Annotated[str | None, QueryParameter(max_length=200)]
Seq = Annotated[int | None, QueryParameter(ge=0, le=2**31 - 1)]


@get("/conversations")
async def list_conversations(actor: CurrentActor, database: Db, before: Cursor = None, search: Search = None) -> InboxPage:
    """Newest entry first; 50 at a time, of a search 25. A search is logged."""
    async with database.transaction() as db:
        now = utc_now()
        if search:
            await record_access(db, actor, "conversations.search", patient_id=None, now=now)
        return await queries.load_inbox(db, actor, now, before=before, search=search)


@get("/conversations/{conversation_id:uuid}")
async def open_conversation(conversation_id: Id, actor: CurrentActor, database: Db) -> ConversationOpened:
    """Opening is what is logged (D1)."""
    async with database.transaction() as db:
        return await actions.open_conversation(db, actor, conversation_id, now=utc_now())


@get("/conversations/{conversation_id:uuid}/entries")
async def list_entries(
    conversation_id: Id, actor: CurrentActor, database: Db, before: Seq = None, after: Seq = None
) -> EntryPage:
    """One page before or after a seq."""
    async with database.transaction() as db:
        snapshot = await queries.load_snapshot(db, actor, conversation_id, utc_now())
        await record_access(
            db, actor, "conversation.read", patient_id=snapshot.patient_id, object_id=conversation_id, now=utc_now()
        )
        if after is not None:
            return await queries.page_after(db, conversation_id, after)
        return await queries.page_before(db, conversation_id, before)


@post("/conversations/{conversation_id:uuid}/messages")
async def post_message(conversation_id: Id, data: JSONBody[NewMessage], actor: CurrentActor, database: Db) -> Entry:
    """Acknowledged after commit; the client's id makes repeats harmless (G1)."""
    return await database.alone(lambda db: actions.post_message(db, actor, conversation_id, data, now=utc_now()))


@put("/conversations/{conversation_id:uuid}/read", status_code=204)
async def mark_read(conversation_id: Id, data: JSONBody[ReadMark], actor: CurrentActor, database: Db) -> None:
    async with database.transaction() as db:
        await actions.mark_read(db, actor, conversation_id, data.seq, now=utc_now())


@post("/conversations", status_code=200)
async def start_with_patient(data: JSONBody[NewConversation], actor: CurrentActor, database: Db) -> ConversationRef:
    """The lasting conversation with this patient, made when there is none."""
    async with database.transaction() as db:
        return ConversationRef(id=await actions.start_conversation(db, actor, data.patient_id, now=utc_now()))


@post("/waiting/messages", status_code=200)
async def write_to_waiting(data: JSONBody[MessageToWaiting], actor: CurrentActor, database: Db) -> MessagesPosted:
    """One message to each of the patients who wait; repeats are harmless (G1)."""
    async with database.transaction() as db:
        return MessagesPosted(count=await wait_actions.write_to_waiting(db, actor, data, now=utc_now()))


@get("/patients")
async def find_patients(actor: CurrentActor, database: Db, search: Search = None) -> PatientPage:
    """At most 20, by name. Logged."""
    async with database.transaction() as db:
        await record_access(db, actor, "patients.search", patient_id=None, now=utc_now())
        return await queries.find_patients(db, actor, search)


@post("/conversations", status_code=200)
async def start_with_clinic(actor: CurrentActor, database: Db) -> ConversationRef:
    """The patient's lasting conversation with the clinic, made when there is none."""
    async with database.transaction() as db:
        return ConversationRef(id=await actions.start_conversation(db, actor, actor.id, now=utc_now()))


@post("/conversations/{conversation_id:uuid}/ready", status_code=204)
async def become_ready(conversation_id: Id, actor: CurrentActor, database: Db) -> None:
    """*Jag är redo*; the snapshot tells what follows. Repeats are harmless."""
    async with database.transaction() as db:
        await wait_actions.become_ready(db, actor, conversation_id, now=utc_now())


@delete("/conversations/{conversation_id:uuid}/ready")
async def become_unready(conversation_id: Id, actor: CurrentActor, database: Db) -> None:
    """*Jag är inte redo längre*."""
    async with database.transaction() as db:
        await wait_actions.become_unready(db, actor, conversation_id, now=utc_now())


SHARED_ROUTES = [list_conversations, open_conversation, list_entries, post_message, mark_read]
STAFF_ROUTES = [*SHARED_ROUTES, start_with_patient, find_patients, write_to_waiting]
PATIENT_ROUTES = [*SHARED_ROUTES, start_with_clinic, become_ready, become_unready]
