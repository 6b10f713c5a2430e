"""Once a second: compare calls with the media server's rooms and with the pages that are open (A5)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.auth.actors import ActorKind, system_of
from narvaro.calls.actions import end_without_staff
from narvaro.calls.attendance_actions import end_lost_attendance, settle_call
from narvaro.calls.models import Attendance, Call
from narvaro.calls.queries import lock_call
from narvaro.calls.rules import ABANDON_AFTER, CANCEL_WITHOUT_STAFF_AFTER, CONNECT_WITHIN, LOST_AFTER, CallStatus
from narvaro.calls.seats import wake_call
from narvaro.jobs import Doors
from narvaro.media import MediaDown
from narvaro.realtime.models import Socket
from narvaro.realtime.presence import sweep_sockets


async def watch_pages(doors: Doors, now: datetime) -> None:
    """Sweep pages whose process died; tell calls of seats whose page is gone or back without anybody having noticed."""
    async with doors.database.transaction() as db:
        await sweep_sockets(db, now)
    async with doors.database.transaction() as db:
        odd = await _oddly_seated(db, now)
    for clinic_id, call_id in odd:
        async with doors.database.transaction() as db:
            await settle_call(db, clinic_id, call_id, now)


async def watch_staff(doors: Doors, now: datetime) -> None:
    """End the calls that have been without staff for too long."""
    is_late = or_(
        and_(Call.status == CallStatus.OPEN, Call.no_staff_since <= now - CANCEL_WITHOUT_STAFF_AFTER),
        and_(Call.status == CallStatus.ACTIVE, Call.no_staff_since <= now - ABANDON_AFTER),
    )
    async with doors.database.transaction() as db:
        late = (await db.execute(select(Call.clinic_id, Call.id).where(is_late))).all()
    for clinic_id, call_id in late:
        async with doors.database.transaction() as db:
            await end_without_staff(db, clinic_id, call_id, now=now)


async def watch_rooms(doors: Doors, now: datetime) -> None:
    """Make the rooms that are missing, delete those whose call has ended, say whether the media server answers.

    The rooms are listed before the calls are read: a room listed and belonging to an ended call is surely left over.
    """
    try:
        rooms: set[str] | None = await doors.media.room_names()
    except MediaDown:
        rooms = None
    async with doors.database.transaction() as db:
        open_calls = (
            await db.execute(
                select(Call.clinic_id, Call.id, Call.room, Call.is_media_down).where(Call.status != CallStatus.ENDED)
            )
        ).all()
        ended = select(Call.room).where(Call.room.in_(rooms or []), Call.status == CallStatus.ENDED)
        left_over = list(await db.scalars(ended))
    for clinic_id, call_id, _, was_down in open_calls:
        if was_down != (rooms is None):
            await _say_media(doors, clinic_id, call_id, is_down=rooms is None)
    if rooms is None:
        return
    for room in {room for _, _, room, _ in open_calls} - rooms:
        await doors.media.create_room(room)
    for room in left_over:
        await doors.media.delete_room(room)


async def watch_lost(doors: Doors, now: datetime) -> None:
    """End the attendance of a patient or guest whom both lines have lost for too long.

    The media server's report may have been lost: ask it.
    """
    query = (
        select(Call.clinic_id, Call.id, Call.room, Attendance.id, Attendance.identity)
        .join(Attendance, Attendance.call_id == Call.id)
        .where(
            Call.status != CallStatus.ENDED,
            Attendance.left_at.is_(None),
            Attendance.kind != ActorKind.STAFF,
            Attendance.lost_at < now - LOST_AFTER,
        )
    )
    async with doors.database.transaction() as db:
        lost = (await db.execute(query)).all()
    for clinic_id, call_id, room, attendance_id, identity in lost:
        if identity in await doors.media.identities(room):
            continue
        async with doors.database.transaction() as db:
            await end_lost_attendance(db, clinic_id, call_id, attendance_id, now=now)


async def _oddly_seated(db: AsyncSession, now: datetime) -> list[tuple[UUID, UUID]]:
    has_page = exists().where(
        Socket.call_id == Attendance.call_id, Socket.actor_kind == Attendance.kind, Socket.person_id == Attendance.person_id
    )
    query = (
        select(Call.clinic_id, Call.id)
        .join(Attendance, Attendance.call_id == Call.id)
        .where(
            Call.status != CallStatus.ENDED,
            Attendance.left_at.is_(None),
            Attendance.joined_at < now - CONNECT_WITHIN,
            has_page != Attendance.lost_at.is_(None),
        )
        .distinct()
    )
    return [(clinic_id, call_id) for clinic_id, call_id in await db.execute(query)]


async def _say_media(doors: Doors, clinic_id: UUID, call_id: UUID, *, is_down: bool) -> None:
    async with doors.database.transaction() as db:
        _, call = await lock_call(db, system_of(clinic_id), call_id)
        call.is_media_down = is_down
        await wake_call(db, call)


WATCHES = (watch_pages, watch_staff, watch_rooms, watch_lost)
