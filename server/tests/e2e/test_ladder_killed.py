"""kill -9 of the worker at every rung of a ring: none is lost, none is climbed twice, and the end takes all of it down.

Real processes, a real database, a push service that decrypts, a gateway that tells copies apart. One ring for each moment at
which something is half done; the worker is killed there and started again.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

import psycopg
from builders import build_patient, build_practice
from conftest import create_database, drop_database
from e2e.test_killed_between import House, lasting_port, until
from sms import vendors
from sms.vendors import SECRET, Vendor, serving
from sqlalchemy import update
from test_cli import settings
from webpush.service import PushService, Subscription, push_service

from narvaro.auth.actions import start_session
from narvaro.auth.actors import Actor
from narvaro.auth.tokens import hash_token
from narvaro.calls import actions, ring_actions
from narvaro.calls.models import Call
from narvaro.clock import utc_now
from narvaro.conversations.actions import start_conversation
from narvaro.db.embedded import EmbeddedPostgres
from narvaro.db.session import Database
from narvaro.features import register_features
from narvaro.webpush import Device
from narvaro.webpush.actions import subscribe
from narvaro.webpush.keys import new_private_key, public_key_of

T = TypeVar("T")
RUNG = "SELECT count(*) FROM rungs WHERE ring_id = '{ring}' AND kind = '{kind}' AND state = '{state}'"
MOMENTS = ("placed", "push asked", "push handed over", "push sent", "sms asked", "sms handed over", "sms sent", "ended")
CLIMBED = sorted([("push", "asked"), ("push", "sent"), ("sms", "asked"), ("sms", "sent")])


@dataclass
class Rung:
    """One patient's ring, and where it arrives."""

    patient: Actor
    number: str
    device: Subscription
    ring_id: UUID = field(default_factory=uuid4)

    def told(self, kind: str) -> list[str]:
        return [each.topic for each in self.device.arrived if each.told["kind"] == kind]


@dataclass
class Rig:
    house: House
    service: PushService
    vendor: Vendor
    staff: Actor

    async def ring(self, database: Database, number: str) -> Rung:
        """A patient with a device and a number that nobody else has, rung just now; nobody misses staff's page."""
        device = self.service.subscribe(public_key_of(self.house.environment["NARVARO_PUSH_PRIVATE_KEY"]))
        now = utc_now()
        async with database.transaction() as db:
            patient = await build_patient(db, self.staff.clinic_id, f"Sofia {number}")
            token = await start_session(db, patient.kind, patient.id, patient.clinic_id, now=now)
            where = Device(**device.as_told())
            await subscribe(db, hash_token(token), patient.id, where, shows="all", now=now)
            thread = await start_conversation(db, patient, patient.id, now=now)
        self.house.execute("UPDATE patients SET number = %s, has_text_agreement = true WHERE id = %s", number, patient.id)
        async with database.transaction() as db:
            call = await actions.place_call(db, self.staff, uuid4(), thread, now=utc_now())
            await db.execute(update(Call).where(Call.id == call.id).values(no_staff_since=None))
            return Rung(patient, number, device, call.ring_id)

    async def decline(self, database: Database, rung: Rung) -> None:
        async with database.transaction() as db:
            await ring_actions.decline_ring(db, rung.patient, rung.ring_id, now=utc_now())

    def reached(self, rung: Rung, moment: str) -> Callable[[], object]:
        kind, _, state = moment.partition(" ")
        if moment == "push handed over":
            return lambda: rung.told("ring")
        if moment == "sms handed over":
            return lambda: any(to == rung.number for to, _ in self.vendor.texts)
        if kind in {"push", "sms"}:
            return lambda: self.house.count(RUNG.format(ring=rung.ring_id, kind=kind, state=state))
        return lambda: True

    def kill_at(self, rung: Rung, moment: str) -> None:
        until(self.reached(rung, moment), moment)
        self.house.kill("worker")
        self.house.start("worker")

    def climbed(self, rung: Rung) -> list[tuple[str, str]]:
        with psycopg.connect(self.house.database_url) as connection:
            rows = connection.execute("SELECT kind, state FROM rungs WHERE ring_id = %s", [rung.ring_id]).fetchall()
        return sorted(rows)


def beside_the_browsers(house: House, work: Callable[[Database], Awaitable[T]]) -> T:
    """Another test's browsers hold this thread's loop."""

    async def run() -> T:
        database = Database(house.database_url, pool_size=1)
        try:
            return await work(database)
        finally:
            await database.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, run()).result()


def open_rig(house: House, service: PushService, vendor: Vendor) -> Rig:
    async def open_practice(database: Database) -> Actor:
        register_features()
        async with database.transaction() as db:
            return (await build_practice(db)).staff

    staff = beside_the_browsers(house, open_practice)
    house.execute("UPDATE clinics SET text_after_seconds = 2, sms_per_staff = 1000")
    return Rig(house, service, vendor, staff)


def slow(vendor: Vendor, arrived: vendors.Arrived) -> vendors.Answer:
    answer = vendors.webhook(vendor, arrived)
    threading.Event().wait(0.1)
    return answer


def test_no_rung_is_lost_or_doubled_wherever_the_worker_is_killed(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    name = f"ladder_{uuid4().hex}"
    create_database(postgres, name)
    with push_service() as service, serving(slow) as vendor:
        service.answers_after = 0.1
        environment = settings(postgres.url(name)) | {
            "NARVARO_BASE_URL": f"http://127.0.0.1:{lasting_port()}",
            "NARVARO_PUSH_PRIVATE_KEY": new_private_key(),
            "NARVARO_PUSH_CONTACT": "mailto:drift@vard.example",
            "NARVARO_SMS_GATEWAYS": "webhook",
            "NARVARO_SMS_WEBHOOK_URL": f"{vendor.url}/send",
            "NARVARO_SMS_WEBHOOK_SECRET": SECRET,
        }
        house = House(environment, tmp_path, postgres.url(name))
        house.start("worker")
        try:
            kill_at_every_moment(open_rig(house, service, vendor))
        finally:
            house.kill(*house.running)
            drop_database(postgres, name)


def is_climbed(rig: Rig, rung: Rung) -> bool:
    return rig.climbed(rung) == CLIMBED


def kill_at_every_moment(rig: Rig) -> None:
    rungs = []
    for number, moment in enumerate(MOMENTS):
        rung = beside_the_browsers(rig.house, partial(rig.ring, number=f"+4670174{700 - number:04}"))
        rungs.append(rung)
        if moment != "ended":
            rig.kill_at(rung, moment)
    for rung in rungs:
        until(partial(is_climbed, rig, rung), "every rung is climbed")
        beside_the_browsers(rig.house, partial(rig.decline, rung=rung))
        if rung is rungs[-1]:
            rig.kill_at(rung, "ended")
    for rung in rungs:
        until(partial(rung.told, "ring_over"), "every device is told of the end")
        assert rig.climbed(rung) == CLIMBED
        assert len(set(rung.told("ring"))) == 1, "what comes twice replaces itself"
        assert [each.told["kind"] for each in rung.device.arrived][-1] == "ring_over"
    assert Counter(to for to, _ in rig.vendor.texts) == {rung.number: 1 for rung in rungs}
    assert rig.service.refused == []
    log = rig.house.log()
    assert "job_rescued" in log, "some kill was in the middle of a job"
    assert [secret for rung in rungs for secret in (rung.number, rung.device.endpoint, rung.device.auth) if secret in log] == []
