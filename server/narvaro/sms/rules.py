"""How many texts, how often, and for how long one is tried. No database, no clock, no settings."""

from dataclasses import dataclass
from datetime import timedelta

from narvaro.errors import TooMany

GIVE_UP_AFTER = timedelta(minutes=10)
PAUSES = (5, 10, 20, 40, 60, 120, 240)
"""Seconds before the next attempt when every gateway is unavailable."""
COUNTED_FOR = timedelta(hours=24)
BETWEEN_TWO = timedelta(seconds=60)
TO_UNKNOWN_NUMBER = 5
"""A day, to a number that was never let in (B8)."""


class SmsTooSoon(TooMany):
    """The number got a text less than a minute ago."""

    retry_after = 60


class SmsNumberLimit(TooMany):
    """The number has got as many texts as one day allows."""


class SmsCallLimit(TooMany):
    """The call has sent as many texts as it may."""


class SmsStaffLimit(TooMany):
    """You have sent as many texts as one day allows."""


class SmsClinicLimit(TooMany):
    """The clinic has sent as many texts as one day allows."""


@dataclass(frozen=True, slots=True)
class SentSoFar:
    """Counted within the last day, but for `just_now` (a minute) and `call` (all)."""

    just_now: int
    number: int
    call: int
    staff: int
    clinic: int


@dataclass(frozen=True, slots=True)
class Limits:
    per_call: int
    per_staff: int
    per_clinic: int


def refuse_too_many(sent: SentSoFar, limits: Limits, *, is_known_number: bool) -> None:
    """Raises the limit that one more text would pass (B8); resends count like others."""
    if sent.just_now:
        raise SmsTooSoon
    if not is_known_number and sent.number >= TO_UNKNOWN_NUMBER:
        raise SmsNumberLimit
    if sent.call >= limits.per_call:
        raise SmsCallLimit
    if sent.staff >= limits.per_staff:
        raise SmsStaffLimit
    if sent.clinic >= limits.per_clinic:
        raise SmsClinicLimit


def pause_before(attempt: int) -> timedelta:
    """`attempt`: how many there have been."""
    return timedelta(seconds=PAUSES[min(attempt, len(PAUSES)) - 1])
