"""Any order, several at once: nobody has a seat who was not let in, and whoever loses is told (A6)."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from builders import NOON, Practice, build_practice
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.tokens import hash_token
from narvaro.calls import actions as call_actions
from narvaro.calls import attendance_actions
from narvaro.calls.models import Attendance, Call
from narvaro.calls.rules import CallStatus
from narvaro.db.session import Database
from narvaro.errors import Conflict, NotFound, TooMany
from narvaro.features import register_features
from narvaro.invitations import actions, knock_actions
from narvaro.invitations.models import Invitation, InvitationLink, Knock
from narvaro.invitations.rules import KNOCK_TRANSITIONS, KnockStatus
from narvaro.invitations.schemas import NewInvitation, NewKnock

NUMBERS = ("070-174 06 12", "070-174 06 13")
VERBS = (
    "invite:0",
    "invite:1",
    "again",
    "open:0",
    "decline:0",
    "knock:0",
    "knock:0",
    "knock:1",
    "ask",
    "admit",
    "admit",
    "refuse",
    "remove",
    "revoke",
    "join",
    "leave",
    "end",
)
BATCHES = st.lists(st.lists(st.sampled_from(VERBS), min_size=1, max_size=4), min_size=1, max_size=12)


@dataclass
class World:
    database: Database
    at: Practice
    call_id: UUID
    now: datetime = NOON
    names: int = 0
    tokens: list[str] = field(default_factory=list)
    knocks: dict[UUID, KnockStatus] = field(default_factory=dict)


async def invite(world: World, db: AsyncSession, number: str) -> None:
    new = NewInvitation(id=uuid4(), number=NUMBERS[int(number)])
    await actions.invite(db, world.at.staff, world.call_id, [new], now=world.now)
    token = f"token-{new.id}"
    db.add(InvitationLink(token_hash=hash_token(token), invitation_id=new.id, created_at=world.now))
    world.tokens.append(token)


async def again(world: World, db: AsyncSession, _: str) -> None:
    await actions.send_again(db, world.at.staff, await latest_invitation(world, db), now=world.now)


async def look_through(world: World, db: AsyncSession, which: str) -> None:
    await knock_actions.open_link(db, token_of(world, which), now=world.now)


async def decline(world: World, db: AsyncSession, which: str) -> None:
    await knock_actions.decline_link(db, token_of(world, which), now=world.now)


def token_of(world: World, which: str) -> str:
    return world.tokens[int(which)] if len(world.tokens) > int(which) else "unknown"


async def latest_invitation(world: World, db: AsyncSession) -> UUID:
    query = select(Invitation.id).where(Invitation.call_id == world.call_id).order_by(Invitation.created_at.desc()).limit(1)
    return await db.scalar(query) or uuid4()


async def knock(world: World, db: AsyncSession, which: str) -> None:
    world.names += 1
    new = NewKnock(token=token_of(world, which), name=f"Gäst {world.names}")
    await knock_actions.knock(db, new, None, now=world.now)


async def ask(world: World, db: AsyncSession, _: str) -> None:
    await knock_actions.ask_to_join(db, world.at.colleague, world.call_id, now=world.now)


def on_latest_knock(act: Callable[..., Awaitable[object]]) -> Callable[[World, AsyncSession, str], Awaitable[None]]:
    async def run(world: World, db: AsyncSession, _: str) -> None:
        knock_id = await db.scalar(
            select(Knock.id).where(Knock.call_id == world.call_id).order_by(Knock.knocked_at.desc()).limit(1)
        )
        await act(db, world.at.staff, knock_id or uuid4(), now=world.now)

    return run


async def revoke(world: World, db: AsyncSession, _: str) -> None:
    await actions.revoke(db, world.at.staff, await latest_invitation(world, db), now=world.now)


async def latest_guest(world: World, db: AsyncSession) -> Actor:
    mine = select(Knock.id, Knock.name).where(Knock.call_id == world.call_id, Knock.staff_id.is_(None))
    row = (await db.execute(mine.order_by(Knock.knocked_at.desc()).limit(1))).one_or_none()
    return Actor(ActorKind.GUEST, row[0] if row else uuid4(), world.at.clinic_id, row[1] if row else "")


async def join(world: World, db: AsyncSession, _: str) -> None:
    guest = await latest_guest(world, db)
    await attendance_actions.join_call(db, guest, world.call_id, device_id="phone-0001", now=world.now)


async def leave(world: World, db: AsyncSession, _: str) -> None:
    await attendance_actions.leave_call(db, await latest_guest(world, db), world.call_id, now=world.now)


async def end(world: World, db: AsyncSession, _: str) -> None:
    await call_actions.end_call(db, world.at.staff, world.call_id, now=world.now)


ACTS: dict[str, Callable[[World, AsyncSession, str], Awaitable[None]]] = {
    "invite": invite,
    "again": again,
    "open": look_through,
    "decline": decline,
    "knock": knock,
    "ask": ask,
    "admit": on_latest_knock(knock_actions.admit),
    "refuse": on_latest_knock(knock_actions.refuse),
    "remove": on_latest_knock(knock_actions.remove),
    "revoke": revoke,
    "join": join,
    "leave": leave,
    "end": end,
}


async def attempt(world: World, verb: str) -> None:
    """A fact that stands in the way is an answer; anything else fails the test."""
    name, _, which = verb.partition(":")
    try:
        async with world.database.transaction() as db:
            await ACTS[name](world, db, which)
    except (Conflict, NotFound, TooMany):
        return


async def check(world: World) -> None:
    async with world.database.transaction() as db:
        call = await db.get_one(Call, world.call_id)
        knocks = {knock.id: knock for knock in await db.scalars(select(Knock).where(Knock.call_id == world.call_id))}
        invitations = {each.id: each for each in await db.scalars(select(Invitation).where(Invitation.call_id == call.id))}
        links = set(await db.scalars(select(InvitationLink.invitation_id)))
        seats = list(await db.scalars(select(Attendance).where(Attendance.call_id == call.id)))
    for seat in seats:
        if seat.kind != ActorKind.GUEST and seat.knock_id is None:
            continue
        assert seat.knock_id is not None
        let_in = knocks[seat.knock_id]
        assert let_in.status in {KnockStatus.ADMITTED, KnockStatus.REMOVED}
        if seat.left_at is None:
            assert call.status != CallStatus.ENDED
            assert let_in.status == KnockStatus.ADMITTED
            assert let_in.invitation_id is None or invitations[let_in.invitation_id].revoked_at is None
    for invitation in invitations.values():
        assert invitation.revoked_at is None or invitation.id not in links
    for knock_id, knock_row in knocks.items():
        before, after = world.knocks.get(knock_id, KnockStatus.KNOCKING), KnockStatus(knock_row.status)
        assert _reachable(before, after)
        world.knocks[knock_id] = after
    waiting = [each for each in knocks.values() if each.status == KnockStatus.KNOCKING and each.staff_id]
    assert len(waiting) <= 1


def _reachable(before: KnockStatus, after: KnockStatus) -> bool:
    """In one batch a knock may take several steps."""
    return before is after or any(_reachable(step, after) for step in KNOCK_TRANSITIONS[before])


@given(batches=BATCHES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_order_and_no_race_lets_in_whom_staff_did_not(database_url: str, batches: list[list[str]]) -> None:
    async def play() -> None:
        register_features()
        database = Database(database_url, pool_size=5)
        async with database.transaction() as db:
            at = await build_practice(db)
            call = await call_actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
        world = World(database, at, call.id)
        for batch in batches:
            world.now += timedelta(minutes=2)
            await asyncio.gather(*(attempt(world, verb) for verb in batch))
            await check(world)
        await database.close()

    asyncio.run(play())


@pytest.mark.parametrize("rival", ["refuse", "revoke", "end"])
async def test_two_answers_at_once_have_one_winner_and_the_other_is_told_a6(database: Database, rival: str) -> None:
    """Both transactions are open before either begins its verb."""
    register_features()
    async with database.transaction() as db:
        at = await build_practice(db)
        call = await call_actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=NOON)
    world = World(database, at, call.id)
    for verb in ("invite:0", "knock:0"):
        await attempt(world, verb)
    ready = asyncio.Barrier(2)

    async def compete(verb: str) -> bool:
        try:
            async with database.transaction() as db:
                await db.execute(select(1))
                await ready.wait()
                await ACTS[verb](world, db, "")
        except (Conflict, NotFound):
            return False
        return True

    admitted, other = await asyncio.gather(compete("admit"), compete(rival))
    await check(world)
    assert other or rival == "refuse", "revoking and ending are always done"
    assert admitted or other
    if rival == "refuse":
        assert admitted != other
    async with database.transaction() as db:
        seated = await db.scalar(select(Attendance.id).where(Attendance.knock_id.is_not(None), Attendance.left_at.is_(None)))
    assert (seated is not None) == (admitted and not other)
