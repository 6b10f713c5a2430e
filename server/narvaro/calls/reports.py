"""What the media server reports of rooms, taken as a hint and checked against our own tables (A5)."""

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from narvaro.calls.models import Attendance, Call, Ring, RingDevice
from narvaro.calls.rules import CallStatus, RingStatus
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.media import MediaReport, MediaServer
from narvaro.metrics import CALL_JOINED


async def handle_report(database: Database, media: MediaServer, report: MediaReport) -> None:
    """Put out whoever may not be there (A3). Leaving and finished rooms are learnt by our own sockets and the watch."""
    if report.kind != "joined" or report.identity is None:
        return
    async with database.transaction() as db:
        is_welcome = await _may_be_connected(db, report.room, report.identity)
        await _measure(db, report.identity)
    if not is_welcome:
        await media.remove(report.room, report.identity)


async def _measure(db: AsyncSession, identity: str) -> None:
    """How long the seat waited for its person; a prepared device was there before and is not measured."""
    query = select(Attendance.kind, Attendance.joined_at).where(Attendance.identity == identity, Attendance.left_at.is_(None))
    for kind, joined_at in await db.execute(query):
        CALL_JOINED.labels(kind).observe(max(0.0, (utc_now() - joined_at).total_seconds()))


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
