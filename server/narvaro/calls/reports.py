"""What the media server reports of rooms, taken as a hint and checked against our own tables (A5)."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.calls.models import Attendance, Call, Ring, RingDevice
from narvaro.calls.rules import CallStatus, RingStatus
from narvaro.db.session import Database
from narvaro.media import MediaReport, MediaServer


async def handle_report(database: Database, media: MediaServer, report: MediaReport) -> None:
    """Put out whoever may not be there (A3). Leaving and finished rooms are learnt by our own sockets and the watch."""
    if report.kind != "joined" or report.identity is None:
        return
    async with database.transaction() as db:
        is_welcome = await _may_be_connected(db, report.room, report.identity)
    if not is_welcome:
        await media.remove(report.room, report.identity)


async def _may_be_connected(db: AsyncSession, room: str, identity: str) -> bool:
    """Somebody seated, or a patient's device that prepares while its ring rings."""
    seated = exists().where(Attendance.call_id == Call.id, Attendance.identity == identity, Attendance.left_at.is_(None))
    preparing = exists().where(
        Ring.call_id == Call.id,
        Ring.status == RingStatus.RINGING,
        RingDevice.ring_id == Ring.id,
        RingDevice.identity == identity,
    )
    query = select(Call.id).where(Call.room == room, Call.status != CallStatus.ENDED, seated | preparing)
    return await db.scalar(query) is not None
