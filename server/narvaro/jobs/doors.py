"""What tasks and watches are given to work with."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narvaro.db.session import Database
from narvaro.media import MediaServer

if TYPE_CHECKING:
    from narvaro.sms.sending import Sms
    from narvaro.webpush import PushDoor


@dataclass(frozen=True, slots=True)
class Doors:
    database: Database
    media: MediaServer
    sms: "Sms"
    push: "PushDoor | None" = None
    """None: an installation without keys for it."""
    audit_years: int = 10
    """So long the access log is kept."""
    export_directory: Path | None = None
    """Where what is deleted is copied to before; nothing is deleted without."""

    async def close(self) -> None:
        """The database last: the others may have something left to say there."""
        await self.sms.close()
        if self.push is not None:
            await self.push.close()
        await self.media.close()
        await self.database.close()
