"""May this process get requests, and what of the outside answers? Asked at most every two seconds, however often it is read."""

import asyncio
from dataclasses import dataclass, field
from typing import Literal

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler
from msgspec import Struct
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from narvaro.jobs import Doors
from narvaro.media import MediaDown

ASK_AGAIN_AFTER = 2.0
ANSWER_WITHIN = 2.0
LATEST_TEXTS = 20


class Health(Struct, kw_only=True):
    """`sms`: by what became of the latest texts; `unknown` when none has been tried yet."""

    ready: bool
    postgresql: Literal["up", "down"]
    livekit: Literal["up", "down"]
    sms: Literal["up", "down", "unknown", "none"]


@dataclass
class Doctor:
    """Without PostgreSQL nothing works. Without LiveKit people still write, without texts they still call (G2)."""

    doors: Doors
    _told: Health | None = None
    _at: float = 0.0
    _one_asks: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def examine(self) -> Health:
        async with self._one_asks:
            now = asyncio.get_running_loop().time()
            if self._told is None or now - self._at > ASK_AGAIN_AFTER:
                self._told = await self._ask()
                self._at = asyncio.get_running_loop().time()
            return self._told

    async def _ask(self) -> Health:
        sms, livekit = await asyncio.gather(self._sms(), self._livekit())
        is_up = sms is not None
        return Health(ready=is_up, postgresql="up" if is_up else "down", livekit=livekit, sms=sms or "unknown")

    async def _sms(self) -> Literal["up", "down", "unknown", "none"] | None:
        """None: the database does not answer."""
        query = text("SELECT status, why FROM text_messages ORDER BY id DESC LIMIT :most")
        try:
            async with asyncio.timeout(ANSWER_WITHIN), self.doors.database.transaction() as db:
                latest = (await db.execute(query, {"most": LATEST_TEXTS})).all()
        except (SQLAlchemyError, OSError, TimeoutError):
            return None
        if not self.doors.sms.gateways:
            return "none"
        tried = [why for status, why in latest if status in {"sent", "delivered", "failed"} and why != "stopped"]
        outcomes = [why != "unreachable" for why in tried]
        return "unknown" if not outcomes else "up" if outcomes[0] else "down"

    async def _livekit(self) -> Literal["up", "down"]:
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                await self.doors.media.room_names()
        except (MediaDown, TimeoutError):
            return "down"
        return "up"


def health_routes(doors: Doors) -> list[HTTPRouteHandler]:
    doctor = Doctor(doors)

    @get("/healthz", include_in_schema=False, sync_to_thread=False)
    def healthz() -> dict[str, bool]:
        """The process answers."""
        return {"ok": True}

    @get("/readyz", include_in_schema=False)
    async def readyz() -> Response[Health]:
        health = await doctor.examine()
        return Response(health, status_code=200 if health.ready else 503)

    return [healthz, readyz]
