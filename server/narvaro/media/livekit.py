"""LiveKit, through its server API."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from aiohttp import ClientError, ClientSession, ClientTimeout
from livekit.api import (
    CreateRoomRequest,
    DeleteRoomRequest,
    ListParticipantsRequest,
    ListRoomsRequest,
    ParticipantPermission,
    ParticipantTracks,
    RoomParticipantIdentity,
    ServerError,
    TrackSource,
    UpdateParticipantRequest,
    UpdateSubscriptionsRequest,
)
from livekit.api.room_service import RoomService

from narvaro.media import MediaDown, MediaReport, MediaRights, MediaSource
from narvaro.media.reports import read_signed_report
from narvaro.media.tokens import mint_token

ANSWERS_WITHIN: Final = 2.0
MAX_PEOPLE: Final = 8
EMPTY_FOR: Final = 300
"""Seconds that a room waits for its first participant: a ring, the minute asked for, and *Ring igen*."""
LEFT_FOR: Final = 200
"""Seconds that a room outlives its last participant: longer than the 3 minutes' grace without staff."""

SOURCES: Final[dict[MediaSource, TrackSource]] = {
    "camera": TrackSource.CAMERA,
    "microphone": TrackSource.MICROPHONE,
    "screen_share": TrackSource.SCREEN_SHARE,
    "screen_share_audio": TrackSource.SCREEN_SHARE_AUDIO,
}


class LiveKit:
    """`api_url`: where the server API answers (http); `url`: where browsers connect (ws)."""

    def __init__(self, *, api_url: str, url: str, api_key: str, api_secret: str, ice_servers: Sequence[str] = ()) -> None:
        self.url = url
        self.ice_servers = ice_servers
        self._api_url = api_url
        self._api_key = api_key
        self._api_secret = api_secret
        self._session: ClientSession | None = None

    async def create_room(self, room: str) -> None:
        async with self._rooms() as rooms:
            await rooms.create_room(
                CreateRoomRequest(name=room, max_participants=MAX_PEOPLE, empty_timeout=EMPTY_FOR, departure_timeout=LEFT_FOR)
            )

    async def delete_room(self, room: str) -> None:
        async with self._rooms(may_be_missing=True) as rooms:
            await rooms.delete_room(DeleteRoomRequest(room=room))

    async def room_names(self) -> set[str]:
        async with self._rooms() as rooms:
            return {room.name for room in (await rooms.list_rooms(ListRoomsRequest())).rooms}
        return set()

    async def identities(self, room: str) -> set[str]:
        async with self._rooms(may_be_missing=True) as rooms:
            answer = await rooms.list_participants(ListParticipantsRequest(room=room))
            return {participant.identity for participant in answer.participants}
        return set()

    async def remove(self, room: str, identity: str) -> None:
        async with self._rooms(may_be_missing=True) as rooms:
            await rooms.remove_participant(RoomParticipantIdentity(room=room, identity=identity))

    async def grant(self, room: str, identity: str, rights: MediaRights) -> None:
        permission = ParticipantPermission(
            can_subscribe=rights.may_subscribe,
            can_publish=bool(rights.sources),
            can_publish_sources=[SOURCES[source] for source in rights.sources],
            can_publish_data=False,
            can_update_metadata=False,
            hidden=False,
        )
        async with self._rooms(may_be_missing=True) as rooms:
            await rooms.update_participant(UpdateParticipantRequest(room=room, identity=identity, permission=permission))

    async def show(self, room: str, identity: str, viewers: Sequence[str]) -> None:
        """Asks only for those who are there: for anybody else LiveKit answers after seconds."""
        async with self._rooms(may_be_missing=True) as rooms:
            answer = await rooms.list_participants(ListParticipantsRequest(room=room))
            here = {participant.identity: participant for participant in answer.participants}
            for viewer in here.keys() & set(viewers) if identity in here else ():
                tracks = [track.sid for track in here[identity].tracks]
                theirs = ParticipantTracks(participant_sid=here[identity].sid, track_sids=tracks)
                await rooms.update_subscriptions(
                    UpdateSubscriptionsRequest(room=room, identity=viewer, participant_tracks=[theirs], subscribe=True)
                )

    def join_token(self, room: str, identity: str, *, name: str, kind: str, rights: MediaRights) -> str:
        return mint_token(self._api_key, self._api_secret, room, identity, name=name, kind=kind, rights=rights)

    def read_report(self, body: bytes, authorization: str) -> MediaReport | None:
        return read_signed_report(self._api_key, self._api_secret, body, authorization)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @asynccontextmanager
    async def _rooms(self, *, may_be_missing: bool = False) -> AsyncIterator[RoomService]:
        """Translate what goes wrong; every call within 2 s, connecting included."""
        if self._session is None:
            self._session = ClientSession(timeout=ClientTimeout(total=ANSWERS_WITHIN))
        try:
            async with asyncio.timeout(ANSWERS_WITHIN):
                yield RoomService(self._session, self._api_url, self._api_key, self._api_secret, failover=False)
        except ServerError as error:
            if not (may_be_missing and error.status == 404):
                raise MediaDown(error.code) from error
        except (ClientError, OSError, TimeoutError) as error:
            raise MediaDown from error
