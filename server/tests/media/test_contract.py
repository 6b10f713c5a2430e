"""What every media server must do; run against the twin and against a real LiveKit."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import jwt
import pytest
from media.rig import Rig

from narvaro.errors import NotFound, NotSignedIn
from narvaro.media import MediaDown, MediaRights, MediaServer
from narvaro.media.livekit import LiveKit
from narvaro.media.memory import MemoryMedia

TALKS = MediaRights(("camera", "microphone"), may_subscribe=True)
WAITS = MediaRights(("camera", "microphone"), may_subscribe=False)


@pytest.fixture
def room() -> str:
    return uuid4().hex


def token_for(media: MediaServer, room: str, identity: str, rights: MediaRights = TALKS) -> str:
    return media.join_token(room, identity, name="Sofia Gunnarsson", kind="patient", rights=rights)


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(5):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_room_is_made_once_and_is_gone_after_the_end(rig: Rig, room: str) -> None:
    await rig.media.create_room(room)
    await rig.media.create_room(room)
    assert room in await rig.media.room_names()
    await rig.media.delete_room(room)
    assert room not in await rig.media.room_names()
    await rig.media.delete_room(room)


async def test_who_enters_is_listed_until_removed(rig: Rig, room: str) -> None:
    await rig.media.create_room(room)
    await rig.enter(token_for(rig.media, room, "sofia"))
    assert await rig.media.identities(room) == {"sofia"}
    await rig.media.remove(room, "sofia")

    async def is_out() -> bool:
        return await rig.media.identities(room) == set()

    await until(is_out)


async def test_removal_does_not_revoke_the_token(rig: Rig, room: str) -> None:
    """Why the backend must refuse the identity itself (A3)."""
    await rig.media.create_room(room)
    token = token_for(rig.media, room, "sofia")
    await rig.enter(token)
    await rig.media.remove(room, "sofia")
    await rig.enter(token)
    assert await rig.media.identities(room) == {"sofia"}


async def test_saved_token_gets_nowhere_after_the_end(rig: Rig, room: str) -> None:
    await rig.media.create_room(room)
    token = token_for(rig.media, room, "sofia")
    await rig.enter(token)
    await rig.media.delete_room(room)
    with pytest.raises(NotFound):
        await rig.enter(token)


async def test_room_that_the_backend_did_not_make_cannot_be_entered(rig: Rig, room: str) -> None:
    with pytest.raises(NotFound):
        await rig.enter(token_for(rig.media, room, "sofia"))
    assert await rig.media.identities(room) == set()


async def test_forged_token_is_refused(rig: Rig, room: str) -> None:
    await rig.media.create_room(room)
    claims = jwt.decode(token_for(rig.media, room, "sofia"), options={"verify_signature": False})
    with pytest.raises(NotSignedIn):
        await rig.enter(jwt.encode(claims, "another secret, as long as the right one", algorithm="HS256"))


async def test_rights_of_a_live_connection_can_change(rig: Rig, room: str) -> None:
    await rig.media.create_room(room)
    await rig.enter(token_for(rig.media, room, "sofia", WAITS))
    assert await rig.rights(room, "sofia") == WAITS
    await rig.media.grant(room, "sofia", TALKS)
    assert await rig.rights(room, "sofia") == TALKS


async def test_nobody_need_be_there_to_be_given_rights_shown_or_removed(rig: Rig, room: str) -> None:
    async def ask_of_nobody() -> None:
        await rig.media.grant(room, "nobody", TALKS)
        await rig.media.show(room, "nobody", ["nobody else"])
        await rig.media.remove(room, "nobody")

    await ask_of_nobody()
    await rig.media.create_room(room)
    await ask_of_nobody()
    await rig.enter(token_for(rig.media, room, "sofia"))
    await rig.media.show(room, "sofia", ["nobody"])
    assert await rig.media.identities(room) == {"sofia"}


async def test_token_holds_one_room_one_identity_and_what_was_given(rig: Rig, room: str) -> None:
    claims: dict[str, Any] = jwt.decode(token_for(rig.media, room, "sofia", WAITS), options={"verify_signature": False})
    lives_for = claims["exp"] - datetime.now(UTC).timestamp()
    assert 30 < lives_for <= 60
    assert (claims["sub"], claims["name"], claims["attributes"]) == ("sofia", "Sofia Gunnarsson", {"kind": "patient"})
    assert claims["video"] == {
        "roomJoin": True,
        "room": room,
        "canPublish": True,
        "canPublishSources": ["camera", "microphone"],
        "canSubscribe": False,
        "canPublishData": False,
        "canUpdateOwnMetadata": False,
        "hidden": False,
    }


async def test_no_sources_means_no_publishing(rig: Rig, room: str) -> None:
    listens = MediaRights((), may_subscribe=True)
    claims = jwt.decode(token_for(rig.media, room, "sofia", listens), options={"verify_signature": False})
    assert claims["video"]["canPublish"] is False


async def test_server_that_does_not_answer_is_told_within_two_seconds() -> None:
    """A port that takes connections and stays silent, and one where nobody is."""

    async def stay_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(stay_silent, "127.0.0.1", 7994)
    async with silent:
        for port in (7994, 7995):
            media = LiveKit(api_url=f"http://127.0.0.1:{port}", url="ws://x", api_key="k", api_secret="s" * 32)
            async with asyncio.timeout(2.5):
                with pytest.raises(MediaDown):
                    await media.create_room("room")
            await media.close()


async def test_twin_that_is_down_says_so(room: str) -> None:
    media = MemoryMedia(is_down=True)
    with pytest.raises(MediaDown):
        await media.create_room(room)
