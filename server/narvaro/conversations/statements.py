"""The hot path of the log, as prepared statements: writing in a conversation, and reading what is new (ADR 17)."""

from typing import Any, Final

from sqlalchemy import CTE, BindParameter, ColumnElement, Integer, ScalarSelect, bindparam, exists, insert, null, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from narvaro.audit.statements import logged
from narvaro.auth.actors import ActorKind
from narvaro.auth.queries import whoever
from narvaro.conversations.models import Conversation, Entry, MessagePush
from narvaro.conversations.queries import PAGE, visible_to
from narvaro.db.base import table_of
from narvaro.db.prepared import Prepared
from narvaro.jobs.tasks import DEFER
from narvaro.realtime.topics import waking
from narvaro.webpush.queries import has_device

CONVERSATIONS: Final = table_of(Conversation)
ENTRIES: Final = table_of(Entry)
THIS: Final[BindParameter[Any]] = bindparam("conversation_id")
WRITTEN: Final = ("id", "kind", "author_kind", "author_id", "author_name", "text", "at")


def theirs(kind: ActorKind) -> ColumnElement[bool]:
    """Exists for whoever asks."""
    seen = visible_to(whoever(kind)).whereclause
    return Conversation.id == THIS if seen is None else seen & (Conversation.id == THIS)


def _post(kind: ActorKind) -> Prepared:
    """The next seq and what lists repeat of the newest entry, the entry, the access, the wake-up; alone in its transaction.

    The conversation's row is locked by its change. No row comes back when the conversation is not theirs or the id is taken;
    two with one id at one moment meet at the index.
    """
    moved = (
        update(CONVERSATIONS)
        .where(theirs(kind), ~exists().where(Entry.id == bindparam("id")))
        .values(
            last_seq=Conversation.last_seq + 1,
            last_at=bindparam("at"),
            last_kind=bindparam("kind"),
            last_facts=null(),
            patient_messages=Conversation.patient_messages + bindparam("for_staff", type_=Integer),
            staff_messages=Conversation.staff_messages + bindparam("for_patient", type_=Integer),
            version=Conversation.version + 1,
        )
        .returning(Conversation.id, Conversation.patient_id, Conversation.last_seq)
        .cte("moved")
    )
    given = [bindparam(name, type_=ENTRIES.c[name].type) for name in WRITTEN]
    written = insert(ENTRIES).from_select(["conversation_id", "seq", *WRITTEN], select(moved.c.id, moved.c.last_seq, *given))
    told = select(moved.c.last_seq.label("seq"), waking(moved.c.patient_id))
    told = told.add_cte(written.cte("written"), logged(moved.c.patient_id, moved.c.id))
    return Prepared(told.add_columns(_pushed(moved)) if kind is ActorKind.STAFF else told)


def _pushed(moved: CTE) -> ScalarSelect[Any]:
    """A push to a patient with a device, none while an earlier one is unopened."""
    row = select(moved.c.id, bindparam("at", type_=ENTRIES.c.at.type)).where(has_device(moved.c.patient_id, only_calls=False))
    asked = upsert(table_of(MessagePush)).from_select(["conversation_id", "asked_at"], row).on_conflict_do_nothing()
    news = asked.returning(table_of(MessagePush).c.conversation_id).cte("asked")
    return select(DEFER).select_from(news).scalar_subquery()


SEEN: Final = {kind: Prepared(select(Conversation.id).where(theirs(kind))) for kind in ActorKind}
POST: Final = {kind: _post(kind) for kind in ActorKind}
"""By the actor's kind."""

NEWER: Final = {
    kind: Prepared(
        select(*(column for column in ENTRIES.columns if column.name != "call_seq"))
        .select_from(Conversation)
        .outerjoin(Entry, (Entry.conversation_id == Conversation.id) & (Entry.seq > bindparam("since")))
        .where(theirs(kind))
        .order_by(Entry.seq)
        .limit(PAGE)
    )
    for kind in ActorKind
}
"""By the actor's kind. No row: not theirs; one that is empty: nothing newer."""
