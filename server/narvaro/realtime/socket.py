"""The way in: `GET /api/{kind}/socket`. Who it is and from where is asked of `auth`, which the composition root passes in."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec
import structlog
from litestar import WebSocket, websocket
from litestar.connection import ASGIConnection
from litestar.exceptions import WebSocketDisconnect
from litestar.handlers import WebsocketRouteHandler

from narvaro.auth.actors import Actor, ActorKind
from narvaro.realtime.hub import Hub
from narvaro.realtime.line import BROKEN, SIGNED_OUT, DatabaseDown, Line
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

    `authenticate`: (connection, kind, whether asking is activity). `session_key`: the key that is woken when the session ends.
    """

    authenticate: Callable[[AnyConnection, ActorKind, bool], Awaitable[tuple[Actor, bytes] | None]]
    is_own_origin: Callable[[AnyConnection], bool]
    session_key: Callable[[bytes], str]


class SessionWatch:
    """Closes the line when its session has ended or gone idle; asks at every wake-up and now and then."""

    def __init__(self, line: Line, is_signed_in: Callable[[], Awaitable[bool]]) -> None:
        self._line = line
        self._is_signed_in = is_signed_in
        self._asking: asyncio.Task[None] | None = None
        self._must_ask = False

    def wake(self) -> None:
        self._must_ask = True
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask())

    def tell(self, sender_kind: str, message: str) -> None:
        """Nobody writes to a session."""

    async def ask_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(ASK_EVERY)
            self.wake()

    async def _ask(self) -> None:
        while self._must_ask and not self._line.closed.done():
            self._must_ask = False
            try:
                if not await self._is_signed_in():
                    self._line.close(SIGNED_OUT)
            except DatabaseDown as error:
                self._must_ask = True
                log.warning("session_not_checked", error=type(error).__name__)
                await asyncio.sleep(ASK_AGAIN_AFTER)


def socket_routes(hub: Hub, doorkeeper: Doorkeeper, decoder: msgspec.json.Decoder[Any]) -> list[WebsocketRouteHandler]:
    """One route per kind of person who may have a socket. `decoder` knows every client message (`wire.ClientMessage`)."""

    def route(kind: ActorKind) -> WebsocketRouteHandler:
        @websocket(f"/api/{kind.value}/socket", name=f"{kind.value}-socket")
        async def open_socket(socket: WebSocket[Any, Any, Any]) -> None:
            await _serve(socket, kind, hub, doorkeeper, decoder)

        return open_socket

    return [route(ActorKind.STAFF), route(ActorKind.PATIENT), route(ActorKind.GUEST)]


async def _serve(
    socket: WebSocket[Any, Any, Any], kind: ActorKind, hub: Hub, doorkeeper: Doorkeeper, decoder: msgspec.json.Decoder[Any]
) -> None:
    if not doorkeeper.is_own_origin(socket):
        await socket.close()
        return
    known = await doorkeeper.authenticate(socket, kind, True)
    await socket.accept()
    if known is None:
        await socket.close(SIGNED_OUT)
        return
    actor, token_hash = known

    line = Line(hub, actor, decoder, token_hash)

    async def is_signed_in() -> bool:
        """A running call is activity (C2), a page that is only open is not."""
        return await doorkeeper.authenticate(socket, kind, line.facts.call_id is not None) is not None

    session = SessionWatch(line, is_signed_in)
    session_key = doorkeeper.session_key(token_hash)
    hub.add(line)
    hub.follow(session_key, session)
    session.wake()
    try:
        await _run(line, socket, session)
    finally:
        hub.unfollow(session_key, session)
        line.release()
        await asyncio.shield(hub.remove(line))


async def _run(line: Line, socket: WebSocket[Any, Any, Any], session: SessionWatch) -> None:
    """Until either side closes; the browser is told why."""
    works = (_read(socket, line), line.pump(socket.send_text), session.ask_now_and_then())
    tasks = [asyncio.create_task(_guard(line, work)) for work in works]
    try:
        code = await line.closed
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    if socket.connection_state != "disconnect":
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await socket.close(code)
        except (TimeoutError, OSError, RuntimeError, WebSocketDisconnect):
            log.info("socket_gone_before_close", code=code)


async def _read(socket: WebSocket[Any, Any, Any], line: Line) -> None:
    while True:
        try:
            text = await socket.receive_data("text")
        except WebSocketDisconnect as gone:
            return line.close(gone.code)
        await line.receive(text)


async def _guard(line: Line, work: Awaitable[None]) -> None:
    """A line whose work breaks is closed; the browser comes back and starts again from what it has."""
    try:
        await work
    except (WebSocketDisconnect, OSError):
        line.close(1000)
    except Exception as error:
        log.error("socket_broke", error=type(error).__name__)
        line.close(BROKEN)
