"""The door to the browsers' push services: hand over one encrypted message for one device (RFC 8030, 8291, 8292)."""

import base64
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

Urgency = Literal["high", "normal"]


@dataclass(frozen=True, slots=True)
class Device:
    """Where one browser can be reached, as it has told. Shows nothing of it (D3)."""

    endpoint: str = field(repr=False)
    p256dh: str = field(repr=False)
    auth: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Push:
    """`ttl`: seconds that the service keeps it for a device that sleeps. `topic`: replaces an earlier one that still waits."""

    payload: bytes = field(repr=False)
    ttl: int
    urgency: Urgency
    topic: str


def topic_of(about: UUID) -> str:
    """At most 32 letters of base64url (RFC 8030, 5.4); a later one about the same replaces it where it still waits."""
    return base64.urlsafe_b64encode(about.bytes).rstrip(b"=").decode()


class PushGone(Exception):
    """The device has no such subscription any more: forget it."""


class PushRefused(Exception):
    """The service takes neither this message nor the next like it."""


class PushUnavailable(Exception):
    """Another time may do; `retry_after`: seconds, as the service asks."""

    def __init__(self, retry_after: int = 0) -> None:
        super().__init__()
        self.retry_after = retry_after


class PushDoor(Protocol):
    public_key: str
    """What browsers subscribe with (VAPID, base64url)."""

    async def send(self, device: Device, push: Push) -> None:
        """Taken by the device's service. Raises PushGone, PushRefused, PushUnavailable."""

    async def close(self) -> None: ...
