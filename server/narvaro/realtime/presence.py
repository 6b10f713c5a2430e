"""Where people are: the rows of `sockets`, and who wants to know when they change."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Row, and_, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.realtime.models import Socket

CALL_TOPIC = "call"
"""The topic that says where a person is: only a page in the call subscribes to it."""

SWEPT_AFTER = timedelta(seconds=30)
SWEPT_IN_CALL_AFTER = timedelta(seconds=8)


@dataclass(frozen=True, slots=True)
class SocketFacts:
    """One open page. `call_id`: the call it is in; `audible`: a touch has allowed it to make sounds."""

    id: UUID
    actor: Actor
    visible: bool = False
    audible: bool = False
    call_id: UUID | None = None
    session_hash: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Pages:
    """A person's open pages together: how many, is any seen, may any make a sound."""

    open: int = 0
    visible: bool = False
    audible: bool = False


PresenceHook = Callable[[AsyncSession, Actor, datetime], Awaitable[None]]
_hooks: list[PresenceHook] = []


def on_presence_changed(hook: PresenceHook) -> PresenceHook:
    """Call `hook(db, actor, now)` in each transaction that opens, changes, closes or sweeps one of the actor's sockets."""
    if hook not in _hooks:
        _hooks.append(hook)
    return hook


async def pages_of(db: AsyncSession, person_ids: Collection[UUID]) -> dict[UUID, Pages]:
    """Every person asked for, those without a page included."""
    rows = await db.execute(
        select(
            Socket.person_id,
            func.count(),
            func.bool_or(Socket.visible),
            func.bool_or(Socket.audible),
        )
        .where(Socket.person_id.in_(person_ids))
        .group_by(Socket.person_id)
    )
    found = {person_id: Pages(count, visible, audible) for person_id, count, visible, audible in rows}
    return {person_id: found.get(person_id, Pages()) for person_id in person_ids}


async def pages_of_person(db: AsyncSession, person_id: UUID) -> Pages:
    return (await pages_of(db, [person_id]))[person_id]


async def sockets_of(db: AsyncSession, person_ids: Collection[UUID]) -> list[SocketFacts]:
    """Every open page of these people, oldest first."""
    query = select(*_FACTS).where(Socket.person_id.in_(person_ids)).order_by(Socket.opened_at, Socket.id)
    return [_facts(row) for row in await db.execute(query)]


async def people_in_call(db: AsyncSession, call_id: UUID) -> set[tuple[ActorKind, UUID]]:
    """(kind, person id) of everybody with a live page in the call."""
    rows = await db.execute(select(Socket.actor_kind, Socket.person_id).where(Socket.call_id == call_id).distinct())
    return {(ActorKind(kind), person_id) for kind, person_id in rows}


async def has_socket_in_call(db: AsyncSession, call_id: UUID, person_id: UUID) -> bool:
    query = select(Socket.id).where(Socket.call_id == call_id, Socket.person_id == person_id).limit(1)
    return (await db.scalar(query)) is not None


async def put_socket(db: AsyncSession, socket: SocketFacts, *, now: datetime) -> None:
    """Store what is known of an open page: new, changed, or lost with a crashed database."""
    changing = {
        "call_id": socket.call_id,
        "visible": socket.visible,
        "audible": socket.audible,
        "beat_at": now,
    }
    actor = socket.actor
    row = {
        "id": socket.id,
        "actor_kind": actor.kind.value,
        "person_id": actor.id,
        "clinic_id": actor.clinic_id,
        "person_name": actor.name,
        "opened_at": now,
        "session_hash": socket.session_hash,
    }
    await db.execute(insert(Socket).values(row | changing).on_conflict_do_update(index_elements=[Socket.id], set_=changing))
    await _announce(db, [actor], now)


async def remove_sockets(db: AsyncSession, sockets: Sequence[SocketFacts], *, now: datetime) -> None:
    """These pages are closed."""
    await db.execute(delete(Socket).where(Socket.id.in_([socket.id for socket in sockets])))
    await _announce(db, [socket.actor for socket in sockets], now)


async def beat_sockets(db: AsyncSession, ids: Collection[UUID], *, now: datetime) -> set[UUID]:
    """Say that their process lives, in one statement. Returns those whose row is still there."""
    query = update(Socket).where(Socket.id == func.any(bindparam("ids", list(ids)))).values(beat_at=now)
    return set(await db.scalars(query.returning(Socket.id)))


async def sweep_sockets(db: AsyncSession, now: datetime) -> None:
    """Delete the rows of processes that died; run by the watch each second."""
    silent_in_call = and_(Socket.call_id.is_not(None), Socket.beat_at < now - SWEPT_IN_CALL_AFTER)
    dead = or_(Socket.beat_at < now - SWEPT_AFTER, silent_in_call)
    rows = (await db.execute(delete(Socket).where(dead).returning(*_FACTS))).all()
    await _announce(db, [_facts(row).actor for row in rows], now)


async def _announce(db: AsyncSession, actors: Sequence[Actor], now: datetime) -> None:
    for actor in dict.fromkeys(actors):
        for hook in _hooks:
            await hook(db, actor, now)


_FACTS = (
    Socket.id,
    Socket.actor_kind,
    Socket.person_id,
    Socket.clinic_id,
    Socket.person_name,
    Socket.visible,
    Socket.audible,
    Socket.call_id,
)


def _facts(row: Row[UUID, str, UUID, UUID, str, bool, bool, UUID | None]) -> SocketFacts:
    return SocketFacts(row[0], Actor(ActorKind(row[1]), row[2], row[3], row[4]), row[5], row[6], row[7])
