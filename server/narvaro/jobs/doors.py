"""What tasks and watches are given to work with."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from narvaro.db.session import Database
from narvaro.media import MediaServer

if TYPE_CHECKING:
    from narvaro.sms.sending import Sms


@dataclass(frozen=True, slots=True)
class Doors:
    database: Database
    media: MediaServer
    sms: "Sms"
    audit_years: int = 10
    """So long the access log is kept."""
    export_directory: Path | None = None
    """Where what is deleted is copied to before; nothing is deleted without."""
