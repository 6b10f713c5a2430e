"""The pass to a media room, in LiveKit's format; both adapters mint it, so a test can decode either's."""

from datetime import timedelta
from typing import Final

from livekit.api import AccessToken, VideoGrants

from narvaro.media import MediaRights

LIVES_FOR: Final = timedelta(seconds=55)
"""A2 asks for ≤ 60 s; the rest is for clocks that differ."""


def mint_token(api_key: str, api_secret: str, room: str, identity: str, *, name: str, kind: str, rights: MediaRights) -> str:
    """One room, one identity, the sources given and nothing else (A2, A2b). `kind` is told to the others as an attribute."""
    grants = VideoGrants(
        room_join=True,
        room=room,
        can_publish=bool(rights.sources),
        can_publish_sources=list(rights.sources),
        can_subscribe=rights.may_subscribe,
        can_publish_data=False,
        can_update_own_metadata=False,
        hidden=False,
    )
    token = AccessToken(api_key, api_secret).with_identity(identity).with_name(name).with_attributes({"kind": kind})
    return token.with_ttl(LIVES_FOR).with_grants(grants).to_jwt()
