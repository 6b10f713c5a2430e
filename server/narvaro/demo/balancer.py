"""What stands in front of a cluster on this machine: connections in turn to whichever process takes them."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count

from narvaro.demo.installation import DemoStopped

CHUNK = 65_536


@asynccontextmanager
async def balanced(port: int, behind: Sequence[int]) -> AsyncIterator[None]:
    """Listen on `port`; a process that refuses is passed over, none at all closes the connection."""
    turns = count()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = next(turns)
        for offset in range(len(behind)):
            with suppress(OSError):
                beyond = await asyncio.open_connection("127.0.0.1", behind[(first + offset) % len(behind)])
                await join((reader, writer), beyond)
                return
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", port)
    try:
        yield
    finally:
        server.close()


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def join(near: Line, far: Line) -> None:
    """Carry both ways until either side is gone."""
    ways = {asyncio.create_task(carry(near[0], far[1])), asyncio.create_task(carry(far[0], near[1]))}
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        near[1].close()
        far[1].close()


async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while chunk := await reader.read(CHUNK):
            writer.write(chunk)
            await writer.drain()


def redis_line(port: int) -> list[str]:
    """Nothing on disk: what LiveKit's nodes tell each other dies with them. Raises DemoStopped."""
    redis = shutil.which("redis-server") or shutil.which("valkey-server")
    if redis is None:
        raise DemoStopped("A cluster of LiveKit needs redis-server or valkey-server on PATH; bin/cluster brings it.")
    return [redis, "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
