"""What signing in leaves to the clock."""

from narvaro.auth import actions
from narvaro.clock import utc_now
from narvaro.jobs import Doors, hourly, task


@hourly
@task("auth.sweep")
async def sweep(doors: Doors, *, timestamp: int) -> None:
    async with doors.database.transaction() as db:
        await actions.sweep(db, now=utc_now())
