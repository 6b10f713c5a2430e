"""A media server in memory that keeps LiveKit's rules: rooms must exist, tokens are checked, removal does not revoke."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import msgspec
from livekit.api import AccessToken, TokenVerifier, VideoGrants

from narvaro.errors import NotFound, NotSignedIn
from narvaro.media import MediaDown, MediaReport, MediaRights
from narvaro.media.reports import read_signed_report
from narvaro.media.tokens import mint_token

API_KEY = "memory"
API_SECRET = "a secret of the memory twin, long enough"  # noqa: S105 (opens nothing)


@dataclass
class MemoryMedia:
    """Set `is_down` and every call raises MediaDown. `rooms`: room → identity → rights of the live connection."""

    url: str = "ws://media.test"
    ice_servers: Sequence[str] = ()
    is_down: bool = False
    rooms: dict[str, dict[str, MediaRights]] = field(default_factory=dict)
    shown: set[tuple[str, str, str]] = field(default_factory=set)
    """Room, whose picture, to whom."""

    async def create_room(self, room: str) -> None:
        self._answer()
        self.rooms.setdefault(room, {})

    async def delete_room(self, room: str) -> None:
        self._answer()
        self.rooms.pop(room, None)

    async def room_names(self) -> set[str]:
        self._answer()
        return set(self.rooms)

    async def identities(self, room: str) -> set[str]:
        self._answer()
        return set(self.rooms.get(room, ()))

    async def remove(self, room: str, identity: str) -> None:
        self._answer()
        self.rooms.get(room, {}).pop(identity, None)

    async def grant(self, room: str, identity: str, rights: MediaRights) -> None:
        self._answer()
        if identity in self.rooms.get(room, {}):
            self.rooms[room][identity] = rights

    async def show(self, room: str, identity: str, viewers: Sequence[str]) -> None:
        self._answer()
        self.shown |= {(room, identity, viewer) for viewer in viewers}

    def join_token(self, room: str, identity: str, *, name: str, kind: str, rights: MediaRights) -> str:
        return mint_token(API_KEY, API_SECRET, room, identity, name=name, kind=kind, rights=rights)

    def read_report(self, body: bytes, authorization: str) -> MediaReport | None:
        return read_signed_report(API_KEY, API_SECRET, body, authorization)

    async def close(self) -> None:
        """Nothing to close."""

    # What a browser and the server itself do

    def connect(self, token: str) -> str:
        """Enter as a browser would; returns the room. Raises NotSignedIn (bad or expired token) or NotFound (no such room)."""
        self._answer()
        try:
            claims = TokenVerifier(API_KEY, API_SECRET).verify(token)
        except Exception as wrong:
            raise NotSignedIn from wrong
        grants = claims.video or VideoGrants()
        if grants.room not in self.rooms:
            raise NotFound
        rights = MediaRights(tuple(grants.can_publish_sources or ()), grants.can_subscribe)  # type: ignore[arg-type]
        self.rooms[grants.room][claims.identity] = rights
        return grants.room

    def disconnect(self, room: str, identity: str) -> None:
        """The connection is lost, without a word from us."""
        self.rooms.get(room, {}).pop(identity, None)

    def restart(self) -> None:
        """Killed and started again: every room is forgotten and nothing is announced."""
        self.rooms.clear()
        self.is_down = False

    def report(self, event: str, room: str, identity: str | None = None) -> tuple[bytes, str]:
        """Body and Authorization header of a webhook, signed as LiveKit signs (`participant_joined` …)."""
        content: dict[str, object] = {"event": event, "room": {"name": room}}
        if identity is not None:
            content["participant"] = {"identity": identity}
        body = msgspec.json.encode(content)
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        return body, AccessToken(API_KEY, API_SECRET).with_sha256(digest).to_jwt()

    def _answer(self) -> None:
        if self.is_down:
            raise MediaDown
