"""What a call leaves to be done at the media server. Idempotent; tried again while the server does not answer."""

from narvaro.jobs import Doors, task


@task("calls.delete_room")
async def delete_room(doors: Doors, *, room: str) -> None:
    await doors.media.delete_room(room)


@task("calls.eject")
async def eject(doors: Doors, *, room: str, identity: str) -> None:
    await doors.media.remove(room, identity)
