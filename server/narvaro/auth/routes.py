"""Who am I, and sign out. One pair of handlers for both prefixes: the path says which cookie counts."""

from typing import Any, Literal, cast
from uuid import UUID

from litestar import Request, Response, delete, get
from litestar.params import FromPath, FromQuery

from narvaro.auth import cookies, sign_in
from narvaro.auth.actions import end_own_session, end_session
from narvaro.auth.guards import CurrentKnown, Db, kind_of, settings_of
from narvaro.auth.people import find_home, refuse_to_leave
from narvaro.auth.queries import list_devices
from narvaro.auth.schemas import SignedIn, SignedInDevice
from narvaro.clock import utc_now
from narvaro.errors import NotSignedIn


@get(["/api/staff/me", "/api/patient/me"])
async def show_me(known: CurrentKnown, database: Db) -> SignedIn:
    """Who is signed in here."""
    actor = known.actor
    async with database.transaction() as db:
        home = await find_home(db, actor.clinic_id)
    if home is None:
        raise NotSignedIn
    return SignedIn(
        kind=cast(Literal["staff", "patient"], actor.kind.value),
        id=actor.id,
        name=actor.name,
        role=known.role,
        clinic_slug=home.slug,
        clinic_name=home.name,
        time_zone=home.time_zone,
        may_share_whole_screen=home.may_share_whole_screen,
    )


@delete(["/api/staff/session", "/api/patient/session"], status_code=204)
async def sign_out(
    request: Request[Any, Any, Any], known: CurrentKnown, database: Db, even_in_call: FromQuery[bool] = False
) -> Response[None]:
    """End this browser's session and its sockets. In the middle of something it is refused until it is meant (C5b)."""
    async with database.transaction() as db:
        if not even_in_call:
            await refuse_to_leave(db, known.actor)
        await end_session(db, known.token_hash)
    base_url = settings_of(request).base_url
    gone = cookies.erased(base_url, cookies.session_cookie_name(base_url, kind_of(request)))
    return Response(None, status_code=204, cookies=[gone])


@get("/api/patient/sessions")
async def list_sessions(known: CurrentKnown, database: Db) -> list[SignedInDevice]:
    """*Inloggade enheter*."""
    async with database.reading() as db:
        return await list_devices(db, known, now=utc_now())


@delete("/api/patient/sessions/{session_id:uuid}", status_code=204)
async def end_other_session(session_id: FromPath[UUID], known: CurrentKnown, database: Db) -> None:
    """Sign out one of one's devices, in a call or not: it may be in somebody else's hands."""
    async with database.transaction() as db:
        await end_own_session(db, known.actor, session_id)


ROUTES = [show_me, sign_out, list_sessions, end_other_session, *sign_in.ROUTES]
