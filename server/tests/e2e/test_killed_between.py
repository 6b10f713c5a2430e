"""kill -9 of web and worker between the commit and the text: none is forgotten, none goes twice.

Real processes, a real database, and a gateway that counts. Each round invites four people, waits for one of the moments at
which something is half done, kills, starts again and goes on; what is open at the end must settle by itself.
"""

import asyncio
import itertools
import os
import random
import socket
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import psycopg
import pytest
from builders import build_practice
from conftest import create_database, drop_database
from sms import vendors
from sms.smsc import PASSWORD, SYSTEM_ID, Smsc, smsc
from sms.vendors import SECRET, Arrived, Vendor, serving
from test_cli import COMMAND, settings

from narvaro.auth.actions import start_session
from narvaro.auth.actors import ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.calls import actions as call_actions
from narvaro.calls import ring_actions
from narvaro.clock import utc_now
from narvaro.db.embedded import EmbeddedPostgres
from narvaro.db.session import Database
from narvaro.features import register_features

BASE_URL = "https://vard.example"
AT_ONCE = 4
NUMBERS = [f"+4670174{n:04}" for n in range(605, 700)]
"""Kept for fiction by the Swedish authority."""
PATIENCE = 180.0
MOMENTS = ("asked", "committed", "handed_over", "sent")
VICTIMS: tuple[tuple[str, ...], ...] = (("worker",), ("serve",), ("serve", "worker"))
OPEN = "SELECT count(*) FROM text_messages WHERE status IN ('queued', 'sending')"
SENT = "SELECT count(*) FROM text_messages WHERE status = 'sent'"
ALL = "SELECT count(*) FROM text_messages"


@dataclass
class House:
    """One installation's processes, and a member of staff in a call."""

    environment: dict[str, str]
    logs: Path
    database_url: str
    call_id: str = ""
    cookie: str = ""
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, *names: str) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("NARVARO_")}
        for name in names:
            with (self.logs / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [*COMMAND, name], env=inherited | self.environment, stdout=log, stderr=log
                )

    def kill(self, *names: str) -> None:
        for name in names:
            self.running[name].kill()
        for name in names:
            self.running.pop(name).wait()

    def invite(self, invitations: list[dict[str, str]]) -> int | None:
        """The status; None where nobody answered."""
        address = f"http://{self.environment['NARVARO_BIND']}/api/staff/calls/{self.call_id}/invitations"
        headers = {"origin": BASE_URL, "cookie": self.cookie}
        try:
            return httpx2.post(address, json={"invitations": invitations}, headers=headers, timeout=PATIENCE).status_code
        except httpx2.TransportError:
            return None

    def count(self, query: str) -> int:
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute(query).fetchone()
        assert row
        return int(row[0])

    def execute(self, statement: str, *values: object) -> None:
        with psycopg.connect(self.database_url) as connection:
            connection.execute(statement, values)

    def rows(self) -> list[tuple[str, str, str | None]]:
        """(number, status, why)"""
        with psycopg.connect(self.database_url) as connection:
            return connection.execute("SELECT number, status, why FROM text_messages").fetchall()

    def log(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.logs.glob("*.log"))


def until(is_so: Callable[[], object], what: str, patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.002)


async def open_call(house: House) -> None:
    """Staff and patient are in it; nobody misses their pages."""
    register_features()
    database = Database(house.database_url, pool_size=1)
    now = utc_now()
    async with database.transaction() as db:
        at = await build_practice(db)
        token = await start_session(db, ActorKind.STAFF, at.staff.id, at.clinic_id, now=now)
        call = await call_actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=now)
        await ring_actions.answer_ring(db, at.patient, call.ring_id, device_id="phone-0001", now=now)
    await database.close()
    house.call_id = str(call.id)
    house.cookie = f"{session_cookie_name(BASE_URL, ActorKind.STAFF)}={token}"
    with psycopg.connect(house.database_url) as connection:
        connection.execute("UPDATE calls SET no_staff_since = NULL")
        connection.execute("DELETE FROM attendances")
        connection.execute("UPDATE clinics SET sms_per_call = 1000, sms_per_staff = 1000")


def lasting_port() -> int:
    """Free, and below those that the system gives to outgoing connections: nobody takes it while the site is dead."""
    for port in range(20_000 + os.getpid() % 1000 * 10, 32_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


@contextmanager
def house_with(gateway: dict[str, str], postgres: EmbeddedPostgres, logs: Path) -> Iterator[House]:
    name = f"killed_{uuid4().hex}"
    create_database(postgres, name)
    url = postgres.url(name)
    environment = settings(url) | {"NARVARO_BASE_URL": BASE_URL, "NARVARO_BIND": f"127.0.0.1:{lasting_port()}"} | gateway
    house = House(environment, logs, url)
    with ThreadPoolExecutor(1) as beside_the_browsers:
        beside_the_browsers.submit(asyncio.run, open_call(house)).result()
    house.start("serve", "worker")
    try:
        yield house
    finally:
        house.kill(*house.running)
        drop_database(postgres, name)


@dataclass
class Chaos:
    house: House
    random: random.Random
    texts: Callable[[], list[tuple[str, str]]]
    """What has reached the gateway: (number, words)."""

    def run(self) -> list[str]:
        """→ the numbers that were invited."""
        numbers = iter(NUMBERS)
        rounds = list(itertools.product(MOMENTS, VICTIMS))
        self.random.shuffle(rounds)
        invited = []
        for moment, victims in rounds:
            chosen = list(itertools.islice(numbers, AT_ONCE))
            self.round([{"id": str(uuid4()), "number": number} for number in chosen], moment, victims)
            invited += chosen
        until(lambda: self.house.count(OPEN) == 0, "every text has come to an end")
        return invited

    def round(self, invitations: list[dict[str, str]], moment: str, victims: tuple[str, ...]) -> None:
        is_reached = self.watch_for(moment)
        self.ask_until_there()
        asking = threading.Thread(target=self.house.invite, args=[invitations])
        asking.start()
        until(is_reached, moment)
        threading.Event().wait(self.random.uniform(0, 0.03))
        self.house.kill(*victims)
        asking.join()
        self.house.start(*victims)
        self.ask_until_there()
        assert self.house.invite(invitations) == 200

    def watch_for(self, moment: str) -> Callable[[], bool]:
        """Something has become more than it was."""
        if moment == "asked":
            return lambda: True
        look: Callable[[], int] = {
            "committed": lambda: self.house.count(ALL),
            "handed_over": lambda: len(self.texts()),
            "sent": lambda: self.house.count(SENT),
        }[moment]
        before = look()
        return lambda: look() > before

    def ask_until_there(self) -> None:
        address = f"http://{self.house.environment['NARVARO_BIND']}/healthz"

        def answers() -> bool:
            assert self.house.running["serve"].poll() is None, self.house.log()[-2000:]
            with suppress(httpx2.TransportError):
                return httpx2.get(address).status_code == 200
            return False

        until(answers, "the site is there")


def no_secrets_in(log: str, texts: list[tuple[str, str]]) -> list[str]:
    """Numbers and the links' tokens that are in the log all the same (D3)."""
    tokens = [words.partition("#")[2] for _, words in texts]
    assert all(len(token) >= 32 for token in tokens)
    return [secret for secret in [*(number[3:] for number, _ in texts), *tokens, "/g#"] if secret in log]


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path


def test_a_gateway_that_tells_copies_apart_gets_each_text_exactly_once(postgres: EmbeddedPostgres, logs: Path) -> None:
    chance = random.Random(1)  # noqa: S311

    def slow(vendor: Vendor, arrived: Arrived) -> Any:
        answer = vendors.webhook(vendor, arrived)
        threading.Event().wait(chance.uniform(0, 0.2))
        return answer

    with ExitStack() as stack:
        vendor = stack.enter_context(serving(slow))
        gateway = {
            "NARVARO_SMS_GATEWAYS": "webhook",
            "NARVARO_SMS_WEBHOOK_URL": f"{vendor.url}/send",
            "NARVARO_SMS_WEBHOOK_SECRET": SECRET,
        }
        house = stack.enter_context(house_with(gateway, postgres, logs))
        invited = Chaos(house, chance, lambda: vendor.texts).run()
        assert Counter(number for number, _ in vendor.texts) == dict.fromkeys(invited, 1)
        assert sorted(house.rows()) == sorted((number, "sent", None) for number in invited)
        assert "job_rescued" in house.log(), "some kill was in the middle of a job"
        assert no_secrets_in(house.log(), vendor.texts) == []


def test_a_gateway_that_does_not_gets_each_text_at_most_once_and_staff_read_which(
    postgres: EmbeddedPostgres, logs: Path
) -> None:
    with ExitStack() as stack:
        centre: Smsc = stack.enter_context(smsc())
        centre.ask("slow", ms=100)
        gateway = {
            "NARVARO_SMS_GATEWAYS": "smpp",
            "NARVARO_SMS_SMPP_HOST": "127.0.0.1",
            "NARVARO_SMS_SMPP_PORT": str(centre.port),
            "NARVARO_SMS_SMPP_TLS": "no",
            "NARVARO_SMS_SMPP_SYSTEM_ID": SYSTEM_ID,
            "NARVARO_SMS_SMPP_PASSWORD": PASSWORD,
        }
        house = stack.enter_context(house_with(gateway, postgres, logs))
        chance = random.Random(2)  # noqa: S311
        invited = Chaos(house, chance, lambda: centre.texts).run()
        arrived = Counter(number for number, _ in centre.texts)
        ends = {number: (status, why) for number, status, why in house.rows()}
        assert sorted(ends) == sorted(invited)
        assert set(arrived.values()) == {1}
        assert {ends[number] for number in invited if number not in arrived} <= {("failed", "unknown")}
        assert set(ends.values()) == {("sent", None), ("failed", "unknown")}
        assert no_secrets_in(house.log(), centre.texts) == []
