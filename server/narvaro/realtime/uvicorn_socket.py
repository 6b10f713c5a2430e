"""uvicorn's socket without what an idle one does not need: it is kept for hours, by the thousand."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class UvicornSocket(WebSocketsSansIOProtocol):
    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.queue = Received()  # type: ignore[assignment]

    async def send(self, message: Any) -> None:
        """Once it is accepted, nobody asks for the request and its answer again: half of what uvicorn keeps."""
        await super().send(message)
        if message["type"] == "websocket.accept":
            self.request.headers.clear()
            self.response.headers.clear()


class Received:
    """As much of `asyncio.Queue` as uvicorn uses, in a tenth of its 3 kB."""

    __slots__ = ("_arrived", "_events")

    def __init__(self) -> None:
        self._events: list[Any] = []
        self._arrived: asyncio.Future[None] | None = None

    def put_nowait(self, event: Any) -> None:
        self._events.append(event)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def empty(self) -> bool:
        return not self._events

    async def get(self) -> Any:
        while not self._events:
            self._arrived = asyncio.get_running_loop().create_future()
            try:
                await self._arrived
            finally:
                self._arrived = None
        return self._events.pop(0)


SOCKETS: Final[dict[str, Any]] = {
    "ws": UvicornSocket,
    "ws_max_size": 65_536,
    "ws_per_message_deflate": False,
    "ws_ping_interval": None,
}
"""For uvicorn. Compressing takes 45 kB a socket, whatever is said on it; lines ping for themselves (`Line.tick`)."""
