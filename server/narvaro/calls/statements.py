"""The hot path of a ring, as prepared statements: placing a call (ADR 17)."""

from typing import Any, Final

from sqlalchemy import (
    CTE,
    ColumnElement,
    Insert,
    Table,
    Text,
    bindparam,
    case,
    exists,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
    update,
)

from narvaro.audit.statements import logged
from narvaro.auth.actors import ActorKind
from narvaro.calls.models import Call, Ring
from narvaro.calls.rules import CallStatus
from narvaro.conversations.models import Conversation, EndedWait
from narvaro.conversations.rules import READY_FOR
from narvaro.conversations.statements import CONVERSATIONS, THIS, theirs
from narvaro.db.base import table_of
from narvaro.db.prepared import Prepared
from narvaro.jobs.tasks import DEFER
from narvaro.realtime.topics import waking

_CALLS: Final = table_of(Call)
_RINGS: Final = table_of(Ring)
_WAITS: Final = table_of(EndedWait)

_NEW_CALL: Final = {
    "id": "call_id",
    "clinic_id": "actor_clinic_id",
    "placed_by": "actor_id",
    "placed_by_name": "actor_name",
    "placed_at": "at",
    "no_staff_since": "at",
    "room": "room",
}
_NEW_RING: Final = {
    "id": "ring_id",
    "call_id": "call_id",
    "status": "ring_status",
    "rung_by": "actor_id",
    "rung_by_name": "actor_name",
    "rung_at": "at",
    "expires_at": "expires_at",
}
"""Columns → the values they get."""
_AT_FIRST: Final = {"status": CallStatus.OPEN.value, "version": 1, "may_others_share": False, "is_media_down": False}


_WAITED: Final = [
    literal_column(f"old.{name}", type_=CONVERSATIONS.c[name].type).label(name) for name in ("ready_at", "ready_noticed_at")
]
"""What the conversation's row said before its change [PostgreSQL 18: RETURNING OLD]."""


def _given(table: Table, values: dict[str, str]) -> list[ColumnElement[Any]]:
    return [bindparam(value, type_=table.c[column].type) for column, value in values.items()]


_IN_THE_WAY: Final = or_(
    Call.id == bindparam("call_id"), (Call.conversation_id == THIS) & (Call.status != CallStatus.ENDED.value)
)
IN_THE_WAY: Final = Prepared(select(Call.id, Call.conversation_id, Call.placed_by, Call.room, Call.status).where(_IN_THE_WAY))
"""The call itself, when this is a repeat, and the conversation's open one."""

RING_OF: Final = Prepared(select(Ring.id).where(Ring.call_id == bindparam("call_id")).order_by(Ring.rung_at.desc()).limit(1))
"""A call's latest."""

ADD_RING: Final = Prepared(insert(_RINGS).from_select(list(_NEW_RING), select(*_given(_RINGS, _NEW_RING))))
ADD_JOBS: Final = Prepared(select(DEFER))


def _place() -> Prepared:
    """The call, its ring, the jobs, the access, the conversation's version, the wake-up; alone in its transaction.

    The conversation's row is locked by its change. No row comes back when the conversation is not theirs or something is in
    the way; two that place at one moment meet at the indexes.
    """
    there = (
        update(CONVERSATIONS)
        .where(theirs(ActorKind.STAFF), ~exists().where(_IN_THE_WAY))
        .values(version=Conversation.version + 1, ready_at=null(), ready_noticed_at=null())
        .returning(Conversation.id, Conversation.patient_id, *_WAITED)
        .cte("there")
    )
    called = insert(_CALLS).from_select(
        [*_NEW_CALL, *_AT_FIRST, "conversation_id", "patient_id"],
        select(
            *_given(_CALLS, _NEW_CALL),
            *(literal(value, _CALLS.c[column].type) for column, value in _AT_FIRST.items()),
            there.c.id,
            there.c.patient_id,
        ),
    )
    rung = insert(_RINGS).from_select(list(_NEW_RING), select(*_given(_RINGS, _NEW_RING)).select_from(there))
    access = logged(there.c.patient_id, bindparam("call_id", type_=_CALLS.c.id.type))
    told = select(DEFER, waking(there.c.patient_id))
    return Prepared(told.add_cte(called.cte("called"), rung.cte("rung"), _waited(there).cte("waited"), access))


def _waited(there: CTE) -> Insert:
    """As `end_wait`: whoever was ready has been called, unless the time was up."""
    at = bindparam("at", type_=_WAITS.c.ended_at.type)
    reason = case((there.c.ready_at <= at - READY_FOR, literal("expired", Text)), else_=literal("called", Text))
    clinic = bindparam("actor_clinic_id", type_=_WAITS.c.clinic_id.type)
    row = select(clinic, there.c.id, there.c.ready_at, there.c.ready_noticed_at, at, reason)
    columns = ["clinic_id", "conversation_id", "ready_at", "noticed_at", "ended_at", "reason"]
    return insert(_WAITS).from_select(columns, row.where(there.c.ready_at.is_not(None)))


PLACE: Final = _place()
