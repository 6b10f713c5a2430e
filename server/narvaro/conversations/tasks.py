"""What conversations leave to be done by the clock."""

from narvaro.clock import utc_now
from narvaro.conversations.actions import forget_whereabouts
from narvaro.jobs import Doors, hourly, task


@hourly
@task("conversations.forget_whereabouts")
async def forget(doors: Doors, *, timestamp: int) -> None:
    """`timestamp`: when it was due, in seconds; the clock decides what is forgotten."""
    async with doors.database.transaction() as db:
        await forget_whereabouts(db, utc_now())
