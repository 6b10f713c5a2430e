"""Many open pages in a process of their own, so that no limit of open files is shared: `python -m bench.crowd`.

Reads one page a line, as JSON, and opens it; says when it is open and, from then on, when it has heard what it waits for.
"""

import asyncio
import json
import resource
import sys
import time
from asyncio.subprocess import PIPE
from dataclasses import asdict, dataclass, field
from typing import Any, Self

import aiohttp

AT_ONCE = 20
MESSAGES = aiohttp.WSMsgType.TEXT


@dataclass(frozen=True, slots=True)
class Visit:
    """`opened_by`, `heard_by`: what a frame has in it that says so; open at once without."""

    number: int
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    says: list[str] = field(default_factory=list)
    opened_by: str = ""
    heard_by: str = ""


class Crowd:
    """The process, seen from the bench."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._waiting: dict[tuple[str, int], asyncio.Future[float]] = {}
        self._reading = asyncio.create_task(self._read())

    @classmethod
    async def start(cls, python: list[str]) -> Self:
        return cls(await asyncio.create_subprocess_exec(*python, "bench.crowd", stdin=PIPE, stdout=PIPE))

    async def open(self, visits: list[Visit]) -> None:
        opened = [self._told("open", visit.number) for visit in visits]
        assert self._process.stdin is not None
        self._process.stdin.writelines(f"{json.dumps(asdict(visit))}\n".encode() for visit in visits)
        await asyncio.gather(*opened)

    def heard(self, number: int) -> "asyncio.Future[float]":
        """When this one next hears what it waits for, on the clock that all processes share."""
        return self._told("heard", number)

    async def stop(self) -> None:
        if self._process.returncode is None:
            self._process.terminate()
        await self._process.wait()
        self._reading.cancel()

    def _told(self, what: str, number: int) -> "asyncio.Future[float]":
        told = self._waiting[what, number] = asyncio.get_running_loop().create_future()
        return told

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            what, number, at = line.split()
            if (told := self._waiting.pop((what.decode(), int(number)), None)) is not None:
                told.set_result(float(at))
        for told in self._waiting.values():
            told.set_exception(RuntimeError("The crowd is gone."))


async def main() -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    room, visits = asyncio.Semaphore(AT_ONCE), set()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()) as session:
        async for line in reader:
            await room.acquire()
            visits.add(asyncio.create_task(stay(session, Visit(**json.loads(line)), room)))


async def stay(session: aiohttp.ClientSession, visit: Visit, room: asyncio.Semaphore) -> None:
    """Offers to compress, as browsers do."""
    line = await session.ws_connect(visit.url, headers=visit.headers, compress=15)
    for words in visit.says:
        await line.send_str(words)
    opened = False
    if not visit.opened_by:
        opened = arrived("open", visit, room)
    async for frame in line:
        if '"type":"ping"' in frame.data:
            await line.send_str('{"type":"pong"}')
        elif not opened and visit.opened_by in frame.data:
            opened = arrived("open", visit, room)
        elif visit.heard_by in frame.data:
            arrived("heard", visit)
    raise SystemExit(f"Socket {visit.number} was closed: {line.close_code}.")


def arrived(what: str, visit: Visit, room: Any = None) -> bool:
    sys.stdout.write(f"{what} {visit.number} {time.perf_counter()}\n")
    sys.stdout.flush()
    if room is not None:
        room.release()
    return True


if __name__ == "__main__":
    asyncio.run(main())
