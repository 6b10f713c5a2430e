"""Who makes this request, and from which page."""

from functools import cache
from typing import Any
from urllib.parse import urlsplit

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from narvaro.auth.actions import touch
from narvaro.auth.actors import Actor, ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.auth.queries import Known, find_known
from narvaro.auth.rules import TOUCHED_AGAIN_AFTER
from narvaro.auth.tokens import hash_token
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.errors import Malformed, NotSignedIn
from narvaro.settings import Settings

AnyConnection = ASGIConnection[Any, Any, Any, Any]


class ForeignOrigin(Malformed):
    """The request comes from another site."""


class NotJson(Malformed):
    """The body must be application/json."""


def settings_of(connection: AnyConnection) -> Settings:
    settings: Settings = connection.app.state.settings
    return settings


def database_of(connection: AnyConnection) -> Database:
    database: Database = connection.app.state.database
    return database


async def find_session(connection: AnyConnection, kind: ActorKind) -> Known | None:
    """The request's person of this kind."""
    return await _by_cookie(connection, database_of(connection), kind)


async def _by_cookie(connection: AnyConnection, database: Database, kind: ActorKind) -> Known | None:
    token = connection.cookies.get(session_cookie_name(settings_of(connection).base_url, kind))
    return await _know(database, kind, hash_token(token), is_activity=True) if token else None


async def _know(database: Database, kind: ActorKind, token_hash: bytes, *, is_activity: bool) -> Known | None:
    """Activity keeps the session awake (C2)."""
    now = utc_now()
    async with database.quick() as db:
        known = await find_known(db, kind, token_hash, now=now)
        if known is not None and is_activity and known.seen_at <= now - TOUCHED_AGAIN_AFTER:
            await touch(db, known.token_hash, now=now)
        return known


async def authenticate(connection: AnyConnection, kind: ActorKind) -> tuple[Actor, bytes] | None:
    """For sockets: the person, and the session's hash, whose `session_key` wakes at sign-out."""
    known = await find_session(connection, kind)
    return None if known is None else (known.actor, known.token_hash)


async def is_signed_in(database: Database, kind: ActorKind, token_hash: bytes, is_activity: bool) -> bool:
    """Whether a socket's session still is what it was."""
    return await _know(database, kind, token_hash, is_activity=is_activity) is not None


def is_own_origin(connection: AnyConnection) -> bool:
    """Browsers name the page's site in `Origin`; anything else, or nothing, is refused (C4)."""
    return connection.headers.get("origin") == origin_of(settings_of(connection).base_url)


@cache
def origin_of(base_url: str) -> str:
    """As browsers write it: lower case, without a default port."""
    parts = urlsplit(base_url)
    port = "" if parts.port in (None, {"http": 80, "https": 443}[parts.scheme]) else f":{parts.port}"
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}{port}"


class OwnOriginOnly(ASGIMiddleware):
    """What changes state comes from our own pages and is JSON (C4). `/hooks/` prove themselves by signature."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        request: Request[Any, Any, Any] = Request(scope)
        if request.method not in {"GET", "HEAD", "OPTIONS"} and not scope["path"].startswith("/hooks/"):
            if not is_own_origin(request):
                raise ForeignOrigin
            if _has_body(request) and request.content_type[0] != "application/json":
                raise NotJson
        await next_app(scope, receive, send)


def _has_body(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def kind_of(connection: AnyConnection) -> ActorKind:
    """By the path's prefix, which is also the only cookie that is read."""
    return ActorKind(connection.scope["path"].split("/")[2])


async def current(request: Request[Any, Any, Any], database: NamedDependency[Database]) -> Known:
    """Raises NotSignedIn. `database`: asked for first, since what Litestar gathers at once costs it a group of tasks."""
    known = await _by_cookie(request, database, kind_of(request))
    if known is None:
        raise NotSignedIn
    return known


async def current_actor(known: NamedDependency[Known]) -> Actor:
    return known.actor


DEPENDENCIES = {"known": Provide(current), "actor": Provide(current_actor)}
"""For the whole app: a handler under `/api/{kind}` asks for one of the types below by name."""

CurrentActor = NamedDependency[Actor]
CurrentKnown = NamedDependency[Known]
Db = NamedDependency[Database]
