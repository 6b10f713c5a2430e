"""The real product as processes on loopback: PostgreSQL, LiveKit, any number of `serve` and `worker`, kept alive."""

import asyncio
import json
import os
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from socket import SOCK_DGRAM, SOCK_STREAM
from typing import Any

import psutil

from bench.link import NEAR_DEVICE
from narvaro.db.embedded import EmbeddedPostgres, EmbeddedPostgresFailed
from narvaro.db.migrate import migrate
from narvaro.db.session import Database
from narvaro.demo.children import Child, die_with_parent
from narvaro.demo.installation import Installation, Ports, is_taken, open_installation
from narvaro.demo.livekit import configuration, find_livekit
from narvaro.demo.run import answers

READY_WITHIN = 90.0
LOOPBACK = "127.0.0.1"
PYTHON = [sys.executable, "-W", "ignore", "-m"]


@dataclass
class Product:
    """`bases`: the addresses of the web processes; all of them take `origin` for their own."""

    home: Installation
    postgres: EmbeddedPostgres
    bases: list[str]
    host: str = LOOPBACK
    children: dict[str, Child] = field(default_factory=dict)
    restarts: int = 0
    is_stopping: bool = False
    _starter: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    """PostgreSQL gets the kernel's signal when the thread that started it ends, so that one thread lives as long as we."""
    _keepers: list["asyncio.Task[None]"] = field(default_factory=list)

    @property
    def origin(self) -> str:
        return self.home.base_url

    @property
    def database_url(self) -> str:
        return self.postgres.url()

    def database(self, pool_size: int = 5) -> Database:
        return Database(self.database_url, pool_size=pool_size)

    def pids(self, *prefixes: str) -> list[int]:
        """Of the children whose names begin so."""
        running = {name: child.process for name, child in self.children.items() if name.startswith(prefixes)}
        return [process.pid for process in running.values() if process is not None and process.returncode is None]

    def cpu(self, *prefixes: str) -> float:
        """Seconds that these children and PostgreSQL with all its backends have computed."""
        roots = [*self.pids(*prefixes), *([self.postgres.process.pid] if self.postgres.process else [])]
        return sum(cpu_of(pid) for pid in roots)

    async def start_postgres(self) -> None:
        """Also after a kill: its backends may still hold its memory for a moment."""
        loop = asyncio.get_running_loop()
        for _ in range(200):
            with suppress(EmbeddedPostgresFailed):
                await loop.run_in_executor(self._starter, self._start_postgres)
                return
            await asyncio.sleep(0.1)
        raise EmbeddedPostgresFailed(f"PostgreSQL does not come back; {self.postgres.log} says why.")

    def _start_postgres(self) -> None:
        self.postgres.start(before_exec=die_with_parent(signal.SIGINT))

    async def start(self, name: str, argv: list[str], environ: Mapping[str, str]) -> None:
        child = Child(name, argv, environ, self.home.data / "logs" / f"{name}.log")
        self.children[name] = child
        await child.start()

    def keep_alive(self) -> None:
        """As an operator's service manager would: what dies is started again at once."""
        self._keepers = [asyncio.create_task(self._keep(child)) for child in self.children.values()]
        self._keepers.append(asyncio.create_task(self._keep_postgres()))

    async def _keep(self, child: Child) -> None:
        while not self.is_stopping and child.process is not None:
            await child.process.wait()
            if not self.is_stopping:
                self.restarts += 1
                await asyncio.sleep(0.1)
                await child.start()

    async def _keep_postgres(self) -> None:
        while not self.is_stopping:
            await asyncio.sleep(0.05)
            if self.postgres.process is not None and self.postgres.process.poll() is not None:
                self.restarts += 1
                await self.start_postgres()

    async def stop(self) -> None:
        self.is_stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        for pid in [*self.pids(""), *([self.postgres.process.pid] if self.postgres.process else [])]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        await asyncio.gather(*(child.stop(patience=5) for child in self.children.values()))
        await asyncio.get_running_loop().run_in_executor(self._starter, self.postgres.stop)
        self._starter.shutdown()


def cpu_of(pid: int) -> float:
    """The process, its living children, and those it has buried."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        times = process.cpu_times()
        own: float = times.user + times.system + times.children_user + times.children_system
        return own + sum(_own_cpu(child) for child in process.children(recursive=True))
    return 0.0


def _own_cpu(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return float(times.user + times.system)
    return 0.0


@asynccontextmanager
async def running_product(
    *,
    webs: int = 1,
    workers: int = 0,
    livekit: bool = False,
    media_url: str = "",
    more: Mapping[str, str] | None = None,
    host: str = LOOPBACK,
) -> AsyncIterator[Product]:
    """`media_url`: a stand-in for LiveKit. `more`: further settings. Everything is gone afterwards.

    `host`: where web and LiveKit listen; the product goes on calling it 127.0.0.1, and so must the browsers.
    """
    data = new_directory()
    home = open_installation(data, free_port(webs))
    product = Product(home, EmbeddedPostgres(data / "postgres"), [f"http://{host}:{home.ports.web}"], host)
    product.bases += [f"http://{host}:{home.ports.web + 3 + number}" for number in range(1, webs)]
    try:
        await product.start_postgres()
        await asyncio.to_thread(migrate, product.database_url)
        environ = home.environ(product.database_url) | dict(more or {})
        if media_url:
            environ["NARVARO_LIVEKIT_URL"] = media_url
        if livekit:
            body = json.dumps(livekit_configuration(home, host))
            await product.start("livekit", [find_livekit(), "--config-body", body], os.environ)
        for number, base in enumerate(product.bases, 1):
            bind = {"NARVARO_BIND": base.removeprefix("http://")}
            await product.start(f"web{number}", [*PYTHON, "narvaro.cli", "serve"], environ | bind)
        for number in range(1, workers + 1):
            await product.start(f"worker{number}", [*PYTHON, "narvaro.cli", "worker"], environ)
        await asyncio.wait_for(until_ready(product, livekit=livekit), READY_WITHIN)
        yield product
    finally:
        await product.stop()
        shutil.rmtree(data, ignore_errors=True)


def livekit_configuration(home: Installation, host: str) -> dict[str, Any]:
    """The demo's, listening on `host` too."""
    near = {
        "node_ip": host,
        "enable_loopback_candidate": host == LOOPBACK,
        "interfaces": {"includes": ["lo", "lo0", NEAR_DEVICE]},
        "ips": {"includes": [f"{host}/32"]},
    }
    demo = configuration(home, 0)
    return demo | {"bind_addresses": sorted({LOOPBACK, host}), "rtc": demo["rtc"] | near}


def new_directory() -> Path:
    """PostgreSQL runs as another user, who must pass through."""
    data = Path(tempfile.mkdtemp(prefix="narvaro-bench-"))
    data.chmod(0o711)
    return data


async def until_ready(product: Product, *, livekit: bool = False) -> None:
    media = [f"http://127.0.0.1:{product.home.ports.media}/"] if livekit else []
    for url in [*(f"{base}/healthz" for base in product.bases), *media]:
        while not await asyncio.to_thread(answers, url):
            await asyncio.sleep(0.05)


def free_port(webs: int) -> int:
    """The first of a row that nobody listens on: web, identity, media, media's UDP, further webs."""
    for _ in range(200):
        first = random.randrange(20_000, 30_000, 10)
        ports = Ports(first)
        wanted = [*range(first, first + 3), *range(first + 4, first + 3 + webs)]
        if not any(is_taken(port, SOCK_STREAM) for port in wanted) and not is_taken(ports.media_udp, SOCK_DGRAM):
            return first
    raise RuntimeError("No free ports.")
