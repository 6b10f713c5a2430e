"""What the access log leaves to the clock."""

import structlog
from sqlalchemy.exc import OperationalError

from narvaro.audit import seals
from narvaro.clock import utc_now
from narvaro.jobs import Doors, hourly, minutely, task

log = structlog.get_logger()


@minutely
@task("audit.seal", retry=False)
async def seal(doors: Doors, *, timestamp: int) -> None:
    """The log line keeps the seal where the database cannot change it. `timestamp`: when it was due."""
    try:
        async with doors.database.transaction() as db:
            made = await seals.seal(db, now=utc_now())
    except OperationalError as error:
        log.warning("audit_not_sealed", error=type(error.orig).__name__)
        return
    if made is not None:
        log.info("audit_sealed", number=made.number, rows=made.count, hash=made.hash.hex())


@hourly
@task("audit.forget")
async def forget(doors: Doors, *, timestamp: int) -> None:
    count, total = 1, 0
    while count:
        async with doors.database.transaction() as db:
            count = await seals.forget(db, years=doors.audit_years, now=utc_now())
        total += count
    if total:
        log.info("audit_forgotten", rows=total, years=doors.audit_years)
