"""A push service in memory."""

from dataclasses import dataclass, field

from narvaro.webpush import Device, Push, PushGone
from narvaro.webpush.keys import from_base64url


@dataclass
class MemoryPush:
    """`faults`: what an endpoint answers instead of taking it. `taken`: in order."""

    public_key: str = "BAAA"
    faults: dict[str, Exception] = field(default_factory=dict)
    taken: list[tuple[str, Push]] = field(default_factory=list)

    async def send(self, device: Device, push: Push) -> None:
        if fault := self.faults.get(device.endpoint):
            raise fault
        if not from_base64url(device.p256dh):
            raise PushGone
        self.taken.append((device.endpoint, push))

    async def close(self) -> None:
        """Nothing is open."""
