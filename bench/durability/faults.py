"""What is done to the product: a list drawn from a seed, then carried out while everybody works."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import psutil
import psycopg

from bench.product import Product

KINDS = {
    "kill web": 20,
    "kill worker": 16,
    "kill PostgreSQL": 6,
    "kill a backend": 5,
    "cut connections to PostgreSQL": 8,
    "cut sockets": 16,
    "stop web": 9,
    "stop worker": 7,
    "stop a backend": 7,
    "kill LiveKit": 6,
}
"""With their weights. *Stop* is SIGSTOP, and SIGCONT some seconds later; *kill* is -9."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`after`: seconds since the one before. `lasts`: of a stop. `which`: a number to choose the victim by."""

    kind: str
    after: float
    lasts: float
    which: int


def draw(seed: int, count: int, *, mean_pause: float) -> list[Fault]:
    """Every kind at least once where there is room."""
    chance = random.Random(seed)
    kinds = list(KINDS)[:count] + chance.choices(list(KINDS), list(KINDS.values()), k=max(0, count - len(KINDS)))
    chance.shuffle(kinds)
    return [
        Fault(kind, chance.uniform(0.4, 2 * mean_pause - 0.4), chance.uniform(0.5, 4.0), chance.randrange(1 << 16))
        for kind in kinds
    ]


class Saboteur:
    def __init__(self, product: Product, cut_sockets: Callable[[random.Random], None]) -> None:
        self._product = product
        self._cut_sockets = cut_sockets
        self._waking: set[asyncio.Task[None]] = set()
        self.done: dict[str, int] = dict.fromkeys(KINDS, 0)

    async def carry_out(self, faults: Sequence[Fault]) -> None:
        for fault in faults:
            await asyncio.sleep(fault.after)
            await self._act(fault)
            self.done[fault.kind] += 1
        await asyncio.gather(*self._waking)

    async def _act(self, fault: Fault) -> None:
        acts: dict[str, Callable[[], Awaitable[None]]] = {
            "kill web": lambda: self._kill("web", fault),
            "kill worker": lambda: self._kill("worker", fault),
            "kill LiveKit": lambda: self._kill("livekit", fault),
            "kill PostgreSQL": self._kill_postgres,
            "kill a backend": lambda: self._kill_backend(fault),
            "cut connections to PostgreSQL": lambda: self._cut_connections(fault),
            "cut sockets": lambda: self._cut(fault),
            "stop web": lambda: self._stop("web", fault),
            "stop worker": lambda: self._stop("worker", fault),
            "stop a backend": lambda: self._stop_backend(fault),
        }
        await acts[fault.kind]()

    async def _kill(self, prefix: str, fault: Fault) -> None:
        if pids := self._product.pids(prefix):
            _signal(pids[fault.which % len(pids)], signal.SIGKILL)

    async def _kill_postgres(self) -> None:
        """The whole of it at once, as when a machine's power goes."""
        if (server := self._product.postgres.process) is None:
            return
        family = _children(server.pid)
        for pid in [server.pid, *family]:
            _signal(pid, signal.SIGKILL)

    async def _kill_backend(self, fault: Fault) -> None:
        """PostgreSQL throws everybody out and recovers."""
        if backend := self._backend(fault):
            _signal(backend, signal.SIGKILL)

    async def _stop_backend(self, fault: Fault) -> None:
        """It may hold locks meanwhile."""
        if backend := self._backend(fault):
            self._stop_for(backend, fault.lasts)

    async def _stop(self, prefix: str, fault: Fault) -> None:
        if pids := self._product.pids(prefix):
            self._stop_for(pids[fault.which % len(pids)], fault.lasts)

    async def _cut_connections(self, fault: Fault) -> None:
        """Half of them; a database that is down has none."""
        with suppress(psycopg.Error):
            async with await psycopg.AsyncConnection.connect(self._product.database_url, autocommit=True) as connection:
                await connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() AND pid %% 2 = %s",
                    [fault.which % 2],
                )

    async def _cut(self, fault: Fault) -> None:
        self._cut_sockets(random.Random(fault.which))

    def _backend(self, fault: Fault) -> int | None:
        if (server := self._product.postgres.process) is None:
            return None
        pids = [pid for pid in _children(server.pid) if _is_client_backend(pid)]
        return pids[fault.which % len(pids)] if pids else None

    def _stop_for(self, pid: int, seconds: float) -> None:
        async def wake() -> None:
            await asyncio.sleep(seconds)
            _signal(pid, signal.SIGCONT)

        _signal(pid, signal.SIGSTOP)
        self._waking.add(asyncio.create_task(wake()))


def _signal(pid: int, sign: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, sign)


def _children(pid: int) -> list[int]:
    with suppress(psutil.Error):
        return [child.pid for child in psutil.Process(pid).children(recursive=True)]
    return []


def _is_client_backend(pid: int) -> bool:
    """As PostgreSQL titles its processes: `postgres: narvaro narvaro [local] idle`."""
    with suppress(psutil.Error):
        return "[local]" in " ".join(psutil.Process(pid).cmdline())
    return False
