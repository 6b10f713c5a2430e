"""Sessions: start, touch, end; sign-ins: begin, finish."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.models import Session, SignInAttempt
from narvaro.auth.rules import ATTEMPT_LIVES_FOR, LIFETIMES, TOUCHED_AGAIN_AFTER, plain_user_agent
from narvaro.auth.tokens import hash_token, new_token, session_key
from narvaro.db.base import table_of
from narvaro.db.prepared import Db, Prepared
from narvaro.errors import NotFound
from narvaro.realtime.topics import wake

_TOUCH = Prepared(
    update(table_of(Session))
    .where(Session.token_hash == bindparam("this"), Session.seen_at <= bindparam("stale_since"))
    .values(seen_at=bindparam("now"))
)


async def start_session(
    db: AsyncSession, kind: ActorKind, person_id: UUID, clinic_id: UUID, *, now: datetime, user_agent: str = ""
) -> str:
    """The new token, for its cookie; it can be read nowhere else."""
    token = new_token()
    db.add(
        Session(
            token_hash=hash_token(token),
            kind=kind.value,
            person_id=person_id,
            clinic_id=clinic_id,
            created_at=now,
            seen_at=now,
            expires_at=now + LIFETIMES[kind].ends_after,
            user_agent=plain_user_agent(user_agent),
        )
    )
    await db.flush()
    return token


async def touch(db: Db, token_hash: bytes, *, now: datetime) -> None:
    """Something happened: a request, or a call that goes on. Written once a minute at most, never past the absolute end."""
    await _TOUCH.all(db, this=token_hash, stale_since=now - TOUCHED_AGAIN_AFTER, now=now)


async def sweep(db: AsyncSession, *, now: datetime) -> None:
    """Sessions and sign-ins that nobody can use any more: read one by one, so by a job and not while somebody waits."""
    idle_since = {each: now - lifetime.idles_for for each, lifetime in LIFETIMES.items()}
    is_idle = or_(*((Session.kind == each.value) & (Session.seen_at <= since) for each, since in idle_since.items()))
    await db.execute(delete(Session).where(or_(Session.expires_at <= now, is_idle)))
    await db.execute(delete(SignInAttempt).where(SignInAttempt.expires_at <= now))


async def end_session(db: AsyncSession, token_hash: bytes) -> None:
    """Signed out; its sockets close once the transaction has committed."""
    await db.execute(delete(Session).where(Session.token_hash == token_hash))
    await wake(db, session_key(token_hash))


async def end_own_session(db: AsyncSession, actor: Actor, session_id: UUID) -> None:
    """One of the actor's signed-in browsers, this one or another. Raises NotFound."""
    query = select(Session.token_hash).where(
        Session.id == session_id, Session.kind == actor.kind.value, Session.person_id == actor.id
    )
    token_hash = await db.scalar(query)
    if token_hash is None:
        raise NotFound
    await end_session(db, token_hash)


async def end_session_of_another(db: AsyncSession, token: str, person_id: UUID) -> None:
    """The browser's earlier session, when it was somebody else's: their pages must notice, this person's own go on."""
    query = select(Session.token_hash).where(Session.token_hash == hash_token(token), Session.person_id != person_id)
    earlier = await db.scalar(query)
    if earlier is not None:
        await end_session(db, earlier)


async def end_sessions_of(db: AsyncSession, person_id: UUID) -> None:
    """Everywhere at once, for somebody who may no longer be here."""
    for token_hash in await db.scalars(select(Session.token_hash).where(Session.person_id == person_id)):
        await end_session(db, token_hash)


@dataclass(frozen=True, slots=True)
class NewAttempt:
    """What a sign-in leaves with: `state` and `nonce` go to the provider, `browser_secret` into this attempt's own cookie."""

    state: str
    browser_secret: str
    nonce: str
    code_verifier: str


async def begin_attempt(db: AsyncSession, kind: ActorKind, clinic_id: UUID, next_path: str, *, now: datetime) -> NewAttempt:
    attempt = NewAttempt(state=new_token(), browser_secret=new_token(), nonce=new_token(), code_verifier=new_token())
    db.add(
        SignInAttempt(
            state_hash=hash_token(attempt.state),
            browser_hash=hash_token(attempt.browser_secret),
            kind=kind.value,
            clinic_id=clinic_id,
            nonce=attempt.nonce,
            code_verifier=attempt.code_verifier,
            next_path=next_path,
            expires_at=now + ATTEMPT_LIVES_FOR,
        )
    )
    await db.flush()
    return attempt


async def take_attempt(
    db: AsyncSession, kind: ActorKind, state: str, browser_secret: str, *, now: datetime
) -> SignInAttempt | None:
    """Once only. None for an unknown, used, old or foreign one; a foreign browser cannot use up somebody's attempt."""
    statement = (
        delete(SignInAttempt)
        .where(
            SignInAttempt.state_hash == hash_token(state),
            SignInAttempt.browser_hash == hash_token(browser_secret),
            SignInAttempt.kind == kind.value,
            SignInAttempt.expires_at > now,
        )
        .returning(SignInAttempt)
    )
    return (await db.execute(statement)).scalar_one_or_none()
