"""The demo's processes: none is left behind, and one that dies is started again."""

import asyncio
import ctypes
import json
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

TRIES = 5
WITHIN = 60.0
"""Seconds. A child that died more often than `TRIES` times in this span is given up."""


@dataclass
class Child:
    """One process and how to start it."""

    name: str
    argv: Sequence[str]
    environ: Mapping[str, str]
    log: Path
    needs_database: bool = False
    rest: float = 0.0
    """Seconds that a dead one stays down, as a machine would."""
    died_at: list[float] = field(default_factory=list)
    process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.argv,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environ,
                start_new_session=True,
                preexec_fn=die_with_parent(),
            )

    async def stop(self, patience: float = 10) -> None:
        if self.process is None or self.process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(self.process.wait(), patience)
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()

    def may_try_again(self, now: float) -> bool:
        self.died_at = [at for at in self.died_at if now - at < WITHIN] + [now]
        return len(self.died_at) <= TRIES


async def keep_alive(child: Child, tell: Callable[[str], None], remember: Callable[[], None]) -> None:
    """Until cancelled, or until the child has died too often: then it is named, and the others go on."""
    while child.process is not None:
        code = await child.process.wait()
        if not child.may_try_again(time.monotonic()):
            tell(f"{child.name} keeps ending (status {code}) and is not started again; {child.log} says why.")
            return
        tell(f"{child.name} ended (status {code}) and is started again.")
        await asyncio.sleep(child.rest + 0.2 * len(child.died_at))
        await child.start()
        remember()


def die_with_parent(sign: int = signal.SIGTERM) -> Callable[[], None] | None:
    """On Linux the kernel itself ends the children of a killed demo; elsewhere the next start does."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(1, int(sign)) and None


def remember_children(path: Path, pids: Sequence[int]) -> None:
    """A number alone may be somebody else's later; with its birth it cannot."""
    born = []
    for pid in pids:
        with suppress(psutil.Error):
            born.append([pid, psutil.Process(pid).create_time()])
    path.write_text(json.dumps(born), encoding="utf-8")


def end_remembered_children(path: Path) -> int:
    """End what a killed demo left running; returns how many."""
    orphans = []
    for pid, born in json.loads(path.read_text(encoding="utf-8")) if path.exists() else []:
        with suppress(psutil.Error):
            process = psutil.Process(pid)
            if abs(process.create_time() - born) < 0.01:
                process.terminate()
                orphans.append(process)
    for process in psutil.wait_procs(orphans, timeout=5)[1]:
        with suppress(psutil.Error):
            process.kill()
    path.unlink(missing_ok=True)
    return len(orphans)
