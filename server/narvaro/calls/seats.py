"""Who sits in a call: attendances begin and end here, and what a seat's connection may do."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import Actor, ActorKind
from narvaro.calls.models import Attendance, Call
from narvaro.calls.queries import present
from narvaro.calls.rules import CallStatus
from narvaro.calls.schemas import JoinToken
from narvaro.calls.tasks import eject
from narvaro.conversations.queries import last_call_seq
from narvaro.jobs import enqueue
from narvaro.media import MediaRights, MediaServer, MediaSource
from narvaro.realtime.topics import wake

PREPARED = MediaRights(sources=("camera", "microphone"), may_subscribe=False)
"""A patient's device while it rings: nothing of the staff's reaches it."""


async def wake_call(db: AsyncSession, call: Call) -> None:
    call.version += 1
    await db.flush()
    await wake(db, f"call:{call.id}")


def seat_of(call: Call, actor: Actor) -> Attendance | None:
    return next((a for a in present(call) if (a.kind, a.person_id) == (actor.kind, actor.id)), None)


def sit_down(call: Call, actor: Actor, device_id: str, *, now: datetime, identity: str | None = None) -> Attendance:
    """Begin an attendance, or move the one there is to this device. The same device keeps its identity.

    The seat of another device gets a new identity: put the old one out of the room.
    """
    seat = seat_of(call, actor)
    if seat is None:
        seat = Attendance(kind=actor.kind, person_id=actor.id, name=actor.name, joined_at=now, identity="", device_id="")
        for earlier in call.attendances:
            if (earlier.kind, earlier.person_id) == (actor.kind, actor.id):
                seat.role, seat.invited_by_name, seat.knock_id = earlier.role, earlier.invited_by_name, earlier.knock_id
                seat.sees_from = earlier.sees_from
        call.attendances.append(seat)
    if seat.device_id != device_id or identity is not None:
        seat.device_id = device_id
        seat.identity = identity or f"{actor.kind}-{secrets.token_urlsafe(9)}"
    seat.lost_at = None
    keep_staff_clock(call, now)
    return seat


async def show_from_here(db: AsyncSession, call: Call, seat: Attendance) -> None:
    """What is written for everybody in the call is for this guest too from now on."""
    seat.sees_from = await last_call_seq(db, call.id)


def stand_up(attendance: Attendance, reason: str | None, *, now: datetime) -> None:
    """`reason`: left, lost, removed; none when the call ended around them."""
    attendance.left_at = now
    attendance.is_pinned = False
    attendance.left_reason = reason


def keep_staff_clock(call: Call, now: datetime) -> None:
    """Start counting when the last connected staff member is gone, stop when one is back."""
    if call.status == CallStatus.ENDED:
        return
    if any(seat.kind == ActorKind.STAFF and seat.lost_at is None for seat in present(call)):
        call.no_staff_since = None
    elif call.no_staff_since is None:
        call.no_staff_since = now


async def leave_seat(db: AsyncSession, call: Call, seat: Attendance, reason: str, *, now: datetime) -> None:
    """Out of the call and of its room; whoever goes may have been the last of the staff."""
    stand_up(seat, reason, now=now)
    keep_staff_clock(call, now)
    await enqueue(db, eject, room=call.room, identity=seat.identity)


def rights_of(call: Call, attendance: Attendance) -> MediaRights:
    sources: tuple[MediaSource, ...] = ("camera", "microphone")
    if attendance.kind == ActorKind.STAFF or call.may_others_share:
        sources = (*sources, "screen_share", "screen_share_audio")
    return MediaRights(sources=sources, may_subscribe=True)


def join_token(media: MediaServer, call: Call, identity: str, actor: Actor, rights: MediaRights) -> JoinToken:
    """Without a name: the media server would tell everybody in the room, guests too (D1b). The snapshot tells names."""
    token = media.join_token(call.room, identity, name="", kind=actor.kind, rights=rights)
    return JoinToken(url=media.url, token=token, identity=identity, ice_servers=list(media.ice_servers))
