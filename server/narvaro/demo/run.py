"""All of Närvaro on one machine: database, media server, identity provider, web and worker, until Ctrl-C."""

import asyncio
import fcntl
import json
import shutil
import signal
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from narvaro.clock import utc_now
from narvaro.db.embedded import EmbeddedPostgres, EmbeddedPostgresFailed, end_orphan
from narvaro.db.migrate import migrate
from narvaro.db.session import Database
from narvaro.demo.balancer import balanced, redis_line
from narvaro.demo.children import Child, end_remembered_children, keep_alive, remember_children
from narvaro.demo.installation import DemoStopped, Installation, open_installation
from narvaro.demo.livekit import find_livekit, write_configuration
from narvaro.demo.people import PEOPLE
from narvaro.demo.seed import seed

READY_WITHIN = 60.0
COPIES = 2
MACHINE_RESTS = 30.0
"""Seconds. In a cluster a killed LiveKit stays away long enough for the other to be seen taking over."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    data: Path
    port: int
    is_fresh: bool = False
    is_json: bool = False
    is_cluster: bool = False
    """Two of everything behind a balancer, but for the database."""
    began_at: float = 0.0
    """Unix time; `bin/demo` says when it began itself."""


def tell(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)


def run_demo(options: DemoOptions) -> int:
    """The exit status. Everything that can go wrong at the start is one sentence on stderr."""
    try:
        with only_demo_on(options.data):
            asyncio.run(run(options))
    except (DemoStopped, EmbeddedPostgresFailed) as stopped:
        tell(str(stopped))
        return 1
    return 0


@contextmanager
def only_demo_on(data: Path) -> Iterator[None]:
    """The kernel drops the lock with the process, however it ends."""
    data.mkdir(parents=True, exist_ok=True)
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DemoStopped(
                f"A demo is already running on {data}; end it first, or give another directory with --data."
            ) from None
        yield


async def run(options: DemoOptions) -> None:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    async with AsyncExitStack() as stack:
        starting = asyncio.create_task(start(options, stack))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({starting, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            starting.cancel()
            await asyncio.gather(starting, return_exceptions=True)
            return
        announce(options, starting.result())
        await stopping
        tell("Stopping …")


async def start(options: DemoOptions, stack: AsyncExitStack) -> Installation:
    end_orphans(options.data)
    if options.is_fresh:
        forget(options.data)
    demo = open_installation(options.data, options.port, COPIES if options.is_cluster else 1)
    demo.ports.refuse_taken()
    livekit = find_livekit()

    postgres = EmbeddedPostgres(demo.data / "postgres")
    children = children_of(demo, livekit, demo.environ(postgres.url()))
    record = demo.data / "children.json"

    def remember() -> None:
        remember_children(record, [child.process.pid for child in children if child.process])

    stack.callback(postgres.stop)
    stack.push_async_callback(stop_all, children)
    if options.is_cluster:
        await stack.enter_async_context(balanced(demo.ports.web, demo.ports.webs))
        await stack.enter_async_context(balanced(demo.ports.media, [signals for signals, _ in demo.ports.media_nodes]))
    for child in children:
        if not child.needs_database:
            await child.start()
    remember()
    await step("PostgreSQL", asyncio.to_thread(postgres.start))
    await step("Database", prepare_database(postgres.url(), demo.issuer))
    for child in children:
        if child.needs_database:
            await child.start()
    remember()
    for name, url in addresses(demo, children).items():
        await step(name, until_ready(name, url, children))
    for child in children:
        watching = asyncio.create_task(keep_alive(child, tell, remember))
        stack.callback(watching.cancel)
    guarding = asyncio.create_task(keep_postgres_alive(postgres))
    stack.callback(guarding.cancel)
    return demo


def end_orphans(data: Path) -> None:
    """The caller holds the lock, so whatever still runs has lost its demo."""
    if count := end_remembered_children(data / "children.json"):
        tell(f"Ended {count} processes that a killed demo had left behind.")
    end_orphan(data / "postgres")


def forget(data: Path) -> None:
    """Only what a demo has made, so that a wrong --data costs nothing."""
    for name in ("postgres", "socket", "logs"):
        shutil.rmtree(data / name, ignore_errors=True)
    for path in (data / "secrets.json", data / "postgres.log", *data.glob("livekit*.yaml")):
        path.unlink(missing_ok=True)


async def prepare_database(url: str, issuer: str) -> None:
    await asyncio.to_thread(migrate, url)
    database = Database(url, pool_size=1)
    try:
        async with database.transaction() as db:
            await seed(db, issuer, utc_now())
    finally:
        await database.close()


def children_of(demo: Installation, livekit: str, environ: Mapping[str, str]) -> list[Child]:
    python = [sys.executable, "-W", "ignore", "-m"]
    lines = {"Identity provider": [*python, "narvaro.demo.idp", str(demo.ports.identity)]}
    if demo.ports.copies > 1:
        lines |= {"Redis": redis_line(demo.ports.redis)}
    own: dict[str, dict[str, str]] = {}
    for copy, port in enumerate(demo.ports.webs):
        number = f" {copy + 1}" if demo.ports.copies > 1 else ""
        lines |= {
            f"LiveKit{number}": [livekit, "--config", str(write_configuration(demo, copy))],
            f"Web{number}": [*python, "narvaro.demo.web"],
            f"Worker{number}": [*python, "narvaro.cli", "worker"],
        }
        own[f"Web{number}"] = {"NARVARO_BIND": f"127.0.0.1:{port}"}
    return [
        Child(
            name,
            argv,
            {**environ, **own.get(name, {})},
            demo.data / "logs" / f"{name.lower().replace(' ', '-')}.log",
            needs_database=name.startswith(("Web", "Worker")),
            rest=MACHINE_RESTS if name.startswith("LiveKit ") else 0.0,
        )
        for name, argv in lines.items()
    ]


def addresses(demo: Installation, children: Sequence[Child]) -> dict[str, str]:
    """What a child answers at when it is ready."""
    found = {"Identity provider": f"{demo.issuer}/.well-known/openid-configuration"}
    media = [f"http://127.0.0.1:{signals}/" for signals, _ in demo.ports.media_nodes]
    webs = [f"http://127.0.0.1:{port}/healthz" for port in demo.ports.webs]
    for kind, urls in (("LiveKit", media), ("Web", webs)):
        found |= dict(zip((child.name for child in children if child.name.startswith(kind)), urls, strict=True))
    return found


async def until_ready(name: str, url: str, children: list[Child]) -> None:
    """Raises DemoStopped, with where to look."""
    child = next(child for child in children if child.name == name)
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if child.process is None or child.process.returncode is not None:
            raise DemoStopped(f"{name} ended before it was ready; {child.log} says why.")
        if await asyncio.to_thread(answers, url):
            return
        await asyncio.sleep(0.03)
    raise DemoStopped(f"{name} was not ready within {READY_WITHIN:.0f} s; {child.log} may say why.")


def answers(url: str) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(url, timeout=2) as response:
            return bool(response.status == 200)
    except (OSError, urllib.error.URLError):
        return False


async def keep_postgres_alive(postgres: EmbeddedPostgres) -> None:
    while True:
        await asyncio.sleep(0.2)
        if postgres.process is not None and postgres.process.poll() is not None:
            tell("PostgreSQL ended and is started again.")
            try:
                await asyncio.to_thread(postgres.start)
            except EmbeddedPostgresFailed as failed:
                tell(f"PostgreSQL could not be started again. {failed}")
                return


async def stop_all(children: list[Child]) -> None:
    await asyncio.gather(*(child.stop() for child in children))


async def step(name: str, work: Awaitable[None]) -> None:
    began = time.monotonic()
    await work
    tell(f"{name} … {time.monotonic() - began:.1f} s")


def announce(options: DemoOptions, demo: Installation) -> None:
    seconds = round(time.time() - options.began_at, 1)
    if options.is_json:
        print(json.dumps(described(demo, seconds), ensure_ascii=False), flush=True)
        return
    print(f"\nNärvaro is ready after {seconds} s.\n\n  {demo.base_url}/demo\n")
    for person in PEOPLE:
        print(f"  {person.kind:8} {person.name:18} {person.sign_in_url(demo.base_url)}")
    print("\nCtrl-C stops everything.", flush=True)


def described(demo: Installation, seconds: float) -> dict[str, object]:
    people = [
        {"name": p.name, "kind": p.kind, "clinic": p.clinic.name, "sign_in_url": p.sign_in_url(demo.base_url)} for p in PEOPLE
    ]
    return {
        "ready": True,
        "base_url": demo.base_url,
        "seconds": seconds,
        "people": people,
        "phones_url": f"{demo.base_url}/demo/phones",
    }
