"""A guest's way in, over HTTP. Only POST does anything (B3); every dead link gets the same answer (B5)."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import JSONBody
from msgspec.structs import asdict

from narvaro.auth import cookies
from narvaro.auth.actors import ActorKind
from narvaro.auth.guards import CurrentActor, Db, find_session, settings_of
from narvaro.auth.limits import limit_guests
from narvaro.calls.routes import Media, take_seat
from narvaro.clock import utc_now
from narvaro.invitations import knock_actions, queries
from narvaro.invitations.schemas import GuestLink, GuestSnapshot, Knocked, LinkOpened, NewKnock

AnyRequest = Request[Any, Any, Any]


@post("/links", status_code=200)
async def open_link(request: AnyRequest, data: JSONBody[LinkOpened], database: Db) -> GuestLink:
    """What the page shows before the knock."""
    await limit_guests(request)
    async with database.transaction() as db:
        found = await knock_actions.open_link(db, data.token, now=utc_now())
        return GuestLink(
            brand=found.clinic.brand,
            role=found.invitation.role,  # type: ignore[arg-type]
            language=found.invitation.language,  # type: ignore[arg-type]
            is_direct=found.is_direct,
        )


@post("/declines", status_code=204)
async def decline_link(request: AnyRequest, data: JSONBody[LinkOpened], database: Db) -> None:
    """*Jag kan inte nu*."""
    await limit_guests(request)
    async with database.transaction() as db:
        await knock_actions.decline_link(db, data.token, now=utc_now())


@post("/knocks")
async def knock(request: AnyRequest, data: JSONBody[NewKnock], database: Db, media: Media) -> Response[Knocked]:
    """Ask to be let in; the cookie makes this browser the one that asked. Whoever is in by that sits down with it."""
    await limit_guests(request)
    known = await find_session(request, ActorKind.GUEST)
    async with database.transaction() as db:
        guest, token = await knock_actions.knock(db, data, known.actor if known else None, now=utc_now())
        snapshot = await queries.load_guest(db, guest)
        seat = None
        if snapshot.status == "admitted" and data.device_id is not None:
            seat = await take_seat(db, media, guest, snapshot.call_id, data.device_id)
    cookie = [cookies.session_cookie(settings_of(request).base_url, ActorKind.GUEST, token)] if token else []
    return Response(Knocked(**asdict(snapshot), seat=seat), cookies=cookie)


@get("/me")
async def show_guest(actor: CurrentActor, database: Db) -> GuestSnapshot:
    """Where this browser stands: after a reload, too."""
    async with database.transaction() as db:
        return await queries.load_guest(db, actor)


GUEST_ROUTES = [open_link, decline_link, knock, show_guest]
