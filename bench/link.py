"""A slow line between this machine's network and another one, for everything that goes by IP: TCP, and media by UDP.

`python -m bench.link MS [BYTES_PER_SECOND]` makes a network namespace of its own and stays in it; `nsenter --net` brings others
there. Two TUN devices are the line's ends, and this process is the line: each packet waits its turn for the line, then for the
way. It is what `tc netem delay` does, which not every kernel has. Everything is gone when this process is.
"""

import asyncio
import ctypes
import fcntl
import os
import selectors
import shutil
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

NEAR, FAR = "10.77.0.1", "10.77.0.2"
"""Where the product is, and where the browsers are."""
NEAR_DEVICE, FAR_DEVICE = "narvaro-near", "narvaro-far"
QUEUE_BYTES = 128_000
"""What waits for a narrow line; more is dropped, as a router does."""

TUN = Path("/dev/net/tun")
CLONE_NEWNET = 0x40000000
TUNSETIFF = 0x400454CA
TUN_WITHOUT_HEADER = 0x0001 | 0x1000


@dataclass(frozen=True, slots=True)
class Link:
    pid: int

    def inside(self, *command: str) -> list[str]:
        """The command as it runs at the far end."""
        return ["nsenter", f"--net=/proc/{self.pid}/ns/net", *command]


class NoLink(Exception):
    """One sentence that says what is missing."""


@asynccontextmanager
async def link(round_trip_ms: float, bytes_per_second: float = 0) -> AsyncIterator[Link]:
    """Half of the round trip each way; as many bytes a second each way, or any number. Raises NoLink."""
    if not is_possible():
        raise NoLink("A line between network namespaces takes root, /dev/net/tun, ip and nsenter.")
    command = [sys.executable, "-W", "ignore", "-m", "bench.link", str(round_trip_ms / 2), str(bytes_per_second)]
    process = await asyncio.create_subprocess_exec(*command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        if not await process.stdout.readline():
            raise NoLink(f"The line ended with {await process.wait()}.")
        yield Link(process.pid)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def is_possible() -> bool:
    return os.geteuid() == 0 and TUN.exists() and all(shutil.which(tool) for tool in ("ip", "nsenter"))


@dataclass(slots=True)
class Way:
    """One direction."""

    source: int
    target: int
    delay: float
    bytes_per_second: float
    waiting: deque[tuple[float, bytes]] = field(default_factory=deque)
    free_at: float = 0.0

    def take(self, now: float) -> None:
        for _ in range(64):
            try:
                packet = os.read(self.source, 2048)
            except BlockingIOError:
                return
            self.free_at = max(self.free_at, now)
            if self.bytes_per_second:
                if (self.free_at - now) * self.bytes_per_second > QUEUE_BYTES:
                    continue
                self.free_at += len(packet) / self.bytes_per_second
            self.waiting.append((self.free_at + self.delay, packet))

    def give(self, now: float) -> float:
        """→ when to come back."""
        while self.waiting and self.waiting[0][0] <= now:
            os.write(self.target, self.waiting.popleft()[1])
        return self.waiting[0][0] if self.waiting else now + 3600


def main() -> None:
    delay, bytes_per_second = float(sys.argv[1]) / 1000, float(sys.argv[2])
    parent = os.getppid()
    near = open_end(NEAR_DEVICE, NEAR)
    if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "no network namespace")
    ip("link", "set", "lo", "up")
    far = open_end(FAR_DEVICE, FAR)
    print("ready", flush=True)
    ways = [Way(near, far, delay, bytes_per_second), Way(far, near, delay, bytes_per_second)]
    with selectors.DefaultSelector() as ends:
        for way in ways:
            ends.register(way.source, selectors.EVENT_READ, way)
        while os.getppid() == parent:
            back = min(way.give(time.monotonic()) for way in ways)
            for key, _ in ends.select(max(0.0, min(1.0, back - time.monotonic()))):
                key.data.take(time.monotonic())


def open_end(device: str, address: str) -> int:
    end = os.open(TUN, os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", device.encode(), TUN_WITHOUT_HEADER))
    ip("address", "add", f"{address}/30", "dev", device)
    ip("link", "set", device, "txqueuelen", "2000", "up")
    return end


def ip(*arguments: str) -> None:
    subprocess.run([str(shutil.which("ip")), *arguments], check=True)


if __name__ == "__main__":
    main()
