"""Which months can be looked through, and which instants a day or a month has."""

import re
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Final

from narvaro.errors import Conflict, Malformed

SAMPLE: Final = 25
"""Accesses in one spot-check."""
EARLIEST: Final = date(2000, 1, 1)
LATEST: Final = date(2100, 1, 1)


class MonthNotOver(Conflict):
    """The month has not come to its end."""


class SpotCheckReviewed(Conflict):
    """The spot-check has been reviewed before."""


def month_before(day: date) -> date:
    """The first day of it."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def month_after(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_to_draw(wanted: str | None, today: date) -> date:
    """`2026-10`, or else the latest that is over. Raises Malformed, MonthNotOver."""
    if wanted is None:
        return month_before(today)
    if not re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", wanted):
        raise Malformed("A month is written like 2026-10.")
    month = date.fromisoformat(f"{wanted}-01")
    if month > month_before(today):
        raise MonthNotOver
    return month


def from_start(day: date, zone: tzinfo) -> datetime:
    """Its first instant. Raises Malformed for a day that no log of ours has."""
    if not EARLIEST <= day < LATEST:
        raise Malformed("The period must lie between 2000 and 2100.")
    return datetime.combine(day, time.min, zone)


def until_end(day: date, zone: tzinfo) -> datetime:
    """The first instant after it. Raises Malformed."""
    from_start(day, zone)
    return datetime.combine(day + timedelta(days=1), time.min, zone)
