"""The door to the media server: it carries sound and picture and decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from narvaro.errors import DoorDown

MediaSource = Literal["camera", "microphone", "screen_share", "screen_share_audio"]


@dataclass(frozen=True, slots=True)
class MediaRights:
    """What one connection may do. Never room administration, data messages or changing its own name (A2, A2b)."""

    sources: Sequence[MediaSource]
    may_subscribe: bool


@dataclass(frozen=True, slots=True)
class MediaReport:
    """What the media server said of a room; it may be lost, doubled or late (A5)."""

    kind: Literal["joined", "left", "room_finished"]
    room: str
    identity: str | None


class MediaDown(DoorDown):
    """The media server does not answer."""


class MediaServer(Protocol):
    """Raises MediaDown when the server does not answer within 2 s."""

    url: str
    """Where browsers connect: ws:// or wss://."""
    ice_servers: Sequence[str]

    async def create_room(self, room: str) -> None:
        """Idempotent; at most 8 participants."""

    async def delete_room(self, room: str) -> None:
        """Everybody is out; a room that is not there is fine."""

    async def room_names(self) -> set[str]: ...

    async def identities(self, room: str) -> set[str]:
        """Those connected now; empty when there is no such room."""

    async def remove(self, room: str, identity: str) -> None:
        """Disconnects; does not revoke a token, so the backend must refuse the identity too. Not there is fine."""

    async def grant(self, room: str, identity: str, rights: MediaRights) -> None:
        """Change a live connection's rights. Not there is fine."""

    async def show(self, room: str, identity: str, viewers: Sequence[str]) -> None:
        """Send what this one publishes to those viewers, who need not ask for it. Not there is fine."""

    def join_token(self, room: str, identity: str, *, name: str, kind: str, rights: MediaRights) -> str:
        """Signed pass of ≤ 60 s for one room and one identity (A2)."""

    def read_report(self, body: bytes, authorization: str) -> MediaReport | None:
        """Check the webhook's signature and hash. Raises NotSignedIn when it is not from our server; None: not of interest."""

    async def close(self) -> None: ...
