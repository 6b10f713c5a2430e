"""The gateways of an installation, in the order in which they are tried."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from narvaro.sms import KeepsLine, SmsGateway
from narvaro.sms.purposes import Stationery


@dataclass(frozen=True, slots=True)
class Sms:
    gateways: Sequence[SmsGateway]
    stationery: Stationery

    def named(self, name: str) -> SmsGateway | None:
        return next((gateway for gateway in self.gateways if gateway.name == name), None)

    def receipt_url(self, gateway: str, text_id: UUID) -> str:
        """For one text; its key keeps others from reporting on it where a vendor signs nothing."""
        return f"{self.stationery.base_url}/hooks/sms/{gateway}/{text_id}/{self.receipt_key(text_id)}"

    def receipt_key(self, text_id: UUID) -> str:
        secret = self.stationery.link_secret.encode()
        return hmac.new(secret, b"narvaro receipt\0" + text_id.bytes, hashlib.sha256).hexdigest()[:32]

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        """In a worker: the gateways that need a line keep it."""
        keeping = [asyncio.create_task(gateway.keep_line()) for gateway in self.gateways if isinstance(gateway, KeepsLine)]
        try:
            yield
        finally:
            for task in keeping:
                task.cancel()
            await asyncio.gather(*keeping, return_exceptions=True)

    async def close(self) -> None:
        for gateway in self.gateways:
            await gateway.close()
