"""One message to several devices at once, and what became of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import structlog

from narvaro.metrics import PUSHES
from narvaro.webpush import Device, Push, PushDoor, PushGone, PushRefused, PushUnavailable
from narvaro.webpush.models import PushSubscription

log = structlog.get_logger()


@dataclass(slots=True)
class Outcome:
    """Device ids by what their services said. `retry_after`: the longest that one of `later` asks for, in seconds."""

    sent: list[UUID] = field(default_factory=list)
    gone: list[UUID] = field(default_factory=list)
    refused: list[UUID] = field(default_factory=list)
    later: list[UUID] = field(default_factory=list)
    retry_after: int = 0


async def push_to(door: PushDoor, devices: Sequence[PushSubscription], push: Push) -> Outcome:
    outcome = Outcome()
    await asyncio.gather(*(_push_to_one(door, device, push, outcome) for device in devices))
    for name in ("sent", "gone", "refused", "later"):
        PUSHES.labels(name).inc(len(getattr(outcome, name)))
    return outcome


async def _push_to_one(door: PushDoor, row: PushSubscription, push: Push, outcome: Outcome) -> None:
    try:
        await door.send(Device(row.endpoint, row.p256dh, row.auth), push)
    except PushGone:
        outcome.gone.append(row.id)
    except PushRefused:
        log.warning("push_refused")
        outcome.refused.append(row.id)
    except PushUnavailable as unavailable:
        outcome.later.append(row.id)
        outcome.retry_after = max(outcome.retry_after, unavailable.retry_after)
    else:
        outcome.sent.append(row.id)
