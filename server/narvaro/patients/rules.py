"""What a patient's own choices mean. No database, no clock, no settings."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from narvaro.errors import Conflict, Malformed


class NoNumberKnown(Conflict):
    """The patient's own number is not known."""


class QuietHoursNotWhole(Malformed):
    """Quiet hours have a beginning and an end, or neither."""


def may_reach_outside_app(*, is_protected: bool, is_allowed: bool) -> bool:
    """A protected identity lives somewhere: nothing says in a pocket that care rings, unless that is allowed (D1b)."""
    return is_allowed or not is_protected


def quiet_until(now: datetime, zone: str, quiet_from: time | None, quiet_to: time | None) -> datetime | None:
    """When a quiet time that is now ends; None: it is not quiet. The hours may pass midnight."""
    if quiet_from is None or quiet_to is None or quiet_from == quiet_to:
        return None
    local = now.astimezone(ZoneInfo(zone))
    at = local.time().replace(tzinfo=None)
    is_quiet = quiet_from <= at < quiet_to if quiet_from < quiet_to else at >= quiet_from or at < quiet_to
    if not is_quiet:
        return None
    days = 0 if at < quiet_to else 1
    return datetime.combine(local.date() + timedelta(days=days), quiet_to, tzinfo=ZoneInfo(zone))
