"""The way in: `GET /api/{kind}/socket`. Who it is and from where is asked of `auth`, which the composition root passes in."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog
from litestar import asgi
from litestar.connection import ASGIConnection
from litestar.enums import ScopeType
from litestar.handlers import ASGIRouteHandler
from litestar.types import Receive, Scope, Send

from narvaro.auth.actors import Actor, ActorKind
from narvaro.errors import NotFound
from narvaro.realtime.hub import DatabaseDown, Hub
from narvaro.realtime.line import SIGNED_OUT, Line
from narvaro.realtime.messages import register_client_message

__all__ = ["Doorkeeper", "register_client_message", "socket_routes"]

log = structlog.get_logger()

AnyConnection = ASGIConnection[Any, Any, Any, Any]
CLOSE_WITHIN: Final = 2.0
ASK_AGAIN_AFTER: Final = 1.0
ASK_EVERY: Final = 300.0


@dataclass(frozen=True, slots=True)
class Doorkeeper:
    """What `auth` knows of a connection.

    `authenticate`: who it is, and the session's hash. `is_signed_in`: (kind, that hash, whether asking is activity).
    `session_key`: the key that is woken when the session ends.
    """

    authenticate: Callable[[AnyConnection, ActorKind], Awaitable[tuple[Actor, bytes] | None]]
    is_signed_in: Callable[[ActorKind, bytes, bool], Awaitable[bool]]
    is_own_origin: Callable[[AnyConnection], bool]
    session_key: Callable[[bytes], str]


class SessionWatch:
    """Closes the line when its session has ended or gone idle; asks at every wake-up and now and then."""

    __slots__ = ("_asked_at", "_asking", "_is_signed_in", "_line", "_must_ask")

    def __init__(self, line: Line, is_signed_in: Callable[[], Awaitable[bool]]) -> None:
        self._line = line
        self._is_signed_in = is_signed_in
        self._asking: asyncio.Task[None] | None = None
        self._must_ask = False
        self._asked_at = asyncio.get_running_loop().time()

    @property
    def is_urgent(self) -> bool:
        return False

    def wake(self) -> None:
        self._must_ask = True
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())

    def tell(self, sender_kind: str, message: str, about: str) -> None:
        """Nobody writes to a session."""

    def tick(self, now: float) -> None:
        if now - self._asked_at >= ASK_EVERY:
            self._asked_at = now
            self.wake()

    async def _ask(self) -> None:
        while self._must_ask and self._line.closed_with is None:
            self._must_ask = False
            try:
                if not await self._is_signed_in():
                    self._line.close(SIGNED_OUT)
            except DatabaseDown as error:
                self._must_ask = True
                log.warning("session_not_checked", error=type(error).__name__)
                await asyncio.sleep(ASK_AGAIN_AFTER)
        self._asking = None


def socket_routes(hub: Hub, doorkeeper: Doorkeeper, decoder: msgspec.json.Decoder[Any]) -> list[ASGIRouteHandler]:
    """One route per kind of person who may have a socket. `decoder` knows every client message (`wire.ClientMessage`)."""

    def route(kind: ActorKind) -> ASGIRouteHandler:
        @asgi(f"/api/{kind.value}/socket", name=f"{kind.value}-socket", copy_scope=False)
        async def open_socket(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != ScopeType.WEBSOCKET:
                raise NotFound
            await _serve(scope, receive, send, kind, hub, doorkeeper, decoder)

        return open_socket

    return [route(ActorKind.STAFF), route(ActorKind.PATIENT), route(ActorKind.GUEST)]


async def _serve(
    scope: Scope,
    receive: Receive,
    send: Send,
    kind: ActorKind,
    hub: Hub,
    doorkeeper: Doorkeeper,
    decoder: msgspec.json.Decoder[Any],
) -> None:
    request: AnyConnection = ASGIConnection({**scope, "state": {}}, receive)  # type: ignore[arg-type]
    if not doorkeeper.is_own_origin(request):
        await _close(send, 1000)
        return
    known = await doorkeeper.authenticate(request, kind)
    await receive()
    await send({"type": "websocket.accept", "subprotocol": None, "headers": []})
    if known is None:
        await _close(send, SIGNED_OUT)
        return
    actor, token_hash = known
    del request, known
    scope["headers"].clear()  # type: ignore[attr-defined] # hours of an idle line cost what it keeps

    async def say(text: str) -> None:
        await send({"type": "websocket.send", "bytes": None, "text": text})

    line = Line(hub, actor, decoder, say, session_hash=token_hash)

    async def is_signed_in() -> bool:
        """A running call is activity (C2), a page that is only open is not."""
        return await doorkeeper.is_signed_in(kind, token_hash, line.facts.call_id is not None)

    session = SessionWatch(line, is_signed_in)
    session_key = doorkeeper.session_key(token_hash)
    line.on_tick = session.tick
    hub.add(line)
    hub.follow(session_key, session)
    session.wake()
    try:
        if not await _read(line, receive):
            await _close(send, line.closed_with or 1000)
    finally:
        hub.unfollow(session_key, session)
        await asyncio.shield(_forget(hub, line))


async def _read(line: Line, receive: Receive) -> bool:
    """Until either side closes the line; True if the browser did."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(None) as reading:
            line.on_close = lambda: reading.reschedule(0)
            while line.closed_with is None:
                event: Any = await receive()
                if event["type"] == "websocket.disconnect":
                    line.on_close = None
                    line.close(event["code"])
                    return True
                await line.receive(event.get("text") or "")
    return False


async def _close(send: Send, code: int) -> None:
    """The browser is told why."""
    try:
        async with asyncio.timeout(CLOSE_WITHIN):
            await send({"type": "websocket.close", "code": code, "reason": ""})
    except (TimeoutError, OSError, RuntimeError):
        log.info("socket_gone_before_close", code=code)


async def _forget(hub: Hub, line: Line) -> None:
    await line.release()
    await hub.remove(line)
