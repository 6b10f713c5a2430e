"""LiveKit's webhooks: from our server or from anybody?"""

from typing import Final, Literal

from livekit.api import TokenVerifier, WebhookReceiver

from narvaro.errors import NotSignedIn
from narvaro.media import MediaReport

KINDS: Final[dict[str, Literal["joined", "left", "room_finished"]]] = {
    "participant_joined": "joined",
    "participant_left": "left",
    "participant_connection_aborted": "left",
    "room_finished": "room_finished",
}


def read_signed_report(api_key: str, api_secret: str, body: bytes, authorization: str) -> MediaReport | None:
    """None: nothing that we act on. Raises NotSignedIn when signature, age or hash is wrong."""
    receiver = WebhookReceiver(TokenVerifier(api_key, api_secret))
    try:
        event = receiver.receive(body.decode(), authorization.removeprefix("Bearer "))
    except Exception as wrong:  # the library raises bare Exception for a wrong hash
        raise NotSignedIn from wrong
    kind = KINDS.get(event.event)
    if kind is None:
        return None
    return MediaReport(kind, event.room.name, event.participant.identity or None)
