"""How long a clinic keeps what was written and what was called (D4)."""

from datetime import datetime, timedelta
from typing import Final

SHORTEST: Final = timedelta(days=30)
ENTRIES_AT_ONCE: Final = 2000
"""In one file and one transaction."""


def kept_since(days: int, now: datetime) -> datetime:
    """What is older goes."""
    return now - max(timedelta(days=days), SHORTEST)
