"""What tasks and watches are given to work with."""

from dataclasses import dataclass

from narvaro.db.session import Database
from narvaro.media import MediaServer


@dataclass(frozen=True, slots=True)
class Doors:
    database: Database
    media: MediaServer
