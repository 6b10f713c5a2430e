"""One way to enter as a browser does, for the twin and for a real LiveKit."""

import socket
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Protocol

from livekit.api import LiveKitAPI, RoomParticipantIdentity
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from narvaro.errors import NotFound, NotSignedIn
from narvaro.media import MediaRights, MediaServer
from narvaro.media.livekit import SOURCES, LiveKit
from narvaro.media.memory import MemoryMedia


def free_port(kind: socket.SocketKind) -> int:
    with socket.socket(type=kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


PORT = free_port(socket.SOCK_STREAM)
UDP_PORT = free_port(socket.SOCK_DGRAM)
KEY, SECRET = "key", "a secret for the contract tests only"


class Rig(Protocol):
    """A media server and its doorbell."""

    @property
    def media(self) -> MediaServer: ...

    async def rights(self, room: str, identity: str) -> MediaRights:
        """What the live connection may do now."""

    async def enter(self, token: str) -> None:
        """As a browser does. Raises NotSignedIn or NotFound when it is not let in."""


@dataclass
class MemoryRig:
    media: MemoryMedia

    async def rights(self, room: str, identity: str) -> MediaRights:
        return self.media.rooms[room][identity]

    async def enter(self, token: str) -> None:
        self.media.connect(token)


@dataclass
class LiveKitRig:
    media: LiveKit
    lines: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def rights(self, room: str, identity: str) -> MediaRights:
        async with LiveKitAPI(self.media.url, KEY, SECRET) as server:
            found = await server.room.get_participant(RoomParticipantIdentity(room=room, identity=identity))
        names = {number: name for name, number in SOURCES.items()}
        sources = tuple(names[source] for source in found.permission.can_publish_sources)
        return MediaRights(sources, may_subscribe=found.permission.can_subscribe)

    async def enter(self, token: str) -> None:
        address = f"ws://127.0.0.1:{PORT}/rtc?access_token={token}&protocol=16&auto_subscribe=1&sdk=js&version=2.23.0"
        try:
            line = await self.lines.enter_async_context(connect(address))
        except InvalidStatus as refused:
            raise NotFound if refused.response.status_code == 404 else NotSignedIn from refused
        await line.recv()
