"""Values that must never be seen again, through every flow; then all that anybody could read of it is searched (D3)."""

import asyncio
import io
import logging
from collections.abc import Iterator
from types import SimpleNamespace
from uuid import UUID, uuid4

import psycopg
import pytest
import structlog
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from prometheus_client import generate_latest
from pushing import House
from sqlalchemy import select
from test_app import BASE_URL, DESK, PHONE, Site
from test_app import site as site
from webpush.service import Subscription

from narvaro.auth.actors import ActorKind
from narvaro.auth.cookies import session_cookie_name
from narvaro.auth.tokens import hash_token, new_token
from narvaro.clock import utc_now
from narvaro.conversations import actions as conversation_actions
from narvaro.errors import Problem
from narvaro.invitations.models import InvitationLink
from narvaro.jobs import Doors
from narvaro.logs import set_up_logging
from narvaro.media.memory import MemoryMedia
from narvaro.patients.models import Patient
from narvaro.sms import DeliveryReceipt, OutgoingText, ReceiptCall, SmsUnavailable
from narvaro.sms.models import TextMessage
from narvaro.sms.sending import Sms
from narvaro.sms.tasks import send_text
from narvaro.tracing import trace_by
from narvaro.webpush import PushRefused, PushUnavailable

WORDS = "kanariefågel-i-meddelandet"
SEARCH = "kanariesök"
NUMBER, OTHER_NUMBER = "+46701740677", "+46701740678"
OWN_NUMBER = "+46701740679"
GUEST = "Kanarie Kanariesson"


@pytest.fixture
def output() -> Iterator[io.StringIO]:
    """Every line that any logger writes, down to debug."""
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logging(stream)
    yield stream
    root.handlers[:], root.level = before, level
    structlog.reset_defaults()


class BrokenGateway:
    """Fails in every way that a gateway can, with the text in its hands."""

    name = "broken"
    deduplicates = True

    def __init__(self) -> None:
        self.texts: list[OutgoingText] = []
        self.failures: list[Exception] = []

    async def send(self, text: OutgoingText) -> str:
        self.texts.append(text)
        if self.failures:
            raise self.failures.pop()
        return str(text.id)

    def read_receipt(self, call: ReceiptCall) -> DeliveryReceipt | None:
        return DeliveryReceipt("delivered")

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    exporter = InMemorySpanExporter()
    trace_by(SimpleSpanProcessor(exporter))
    yield exporter
    trace_by(None)


async def test_no_canary_is_seen_again_d3(
    site: Site, output: io.StringIO, spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway = BrokenGateway()
    sms = Sms([gateway], site.doors.sms.stationery)
    doors = Doors(database=site.doors.database, media=site.media, sms=sms)
    canaries = {WORDS, SEARCH, NUMBER, NUMBER[3:], OTHER_NUMBER, GUEST}
    canaries |= {person.http.cookies[name] for person in (site.staff, site.patient) for name in person.http.cookies}
    call_id, media_tokens = await talk(site)
    canaries |= media_tokens
    canaries |= await invite(site, doors, gateway, call_id)
    canaries |= await knock(site, doors, call_id)
    await go_wrong(site, monkeypatch)
    await site.staff.ask("POST", f"/calls/{call_id}/end")
    canaries |= await reach(site)
    said = output.getvalue()
    assert said.count('"event": "request"') > 20
    assert '"event": "unexpected_error"' in said
    traces = "".join(span.to_json() for span in spans.get_finished_spans())
    assert traces.count("narvaro.request_id") > 20
    places = {"log": said, "metrics": generate_latest().decode(), "traces": traces, "jobs": jobs_of(site)}
    for place, told in places.items():
        assert {canary for canary in canaries if canary in told} == set(), place


async def talk(site: Site) -> tuple[str, set[str]]:
    """Messages, searches, a call; what is refused as well as what is taken → the call, and its passes."""
    thread = site.at.conversation_id
    for person in (site.staff, site.patient):
        body = {"id": str(uuid4()), "text": WORDS}
        await person.ask("POST", f"/conversations/{thread}/messages", body, expect=201)
        await person.ask("GET", f"/conversations?search={SEARCH}")
        await person.ask("POST", f"/conversations/{thread}/messages", {"id": WORDS, "text": WORDS}, expect=400)
        await person.ask("POST", f"/conversations/{thread}/messages", {"id": str(uuid4()), "text": 5, WORDS: 1}, expect=400)
    await site.staff.ask("GET", f"/patients?search={SEARCH}")
    ready = f"/conversations/{thread}/ready"
    await site.patient.ask("POST", ready, expect=204)
    to_waiting = {"id": str(uuid4()), "text": WORDS, "conversation_ids": [str(thread)]}
    assert await site.staff.ask("POST", "/waiting/messages", to_waiting) == {"count": 1}
    await site.staff.ask("POST", "/waiting/messages", {**to_waiting, "conversation_ids": [WORDS]}, expect=400)
    await site.patient.ask("DELETE", ready, expect=204)
    await site.patient.ask("POST", ready, expect=204)
    call_id, ring_id = await site.place()
    joined = [
        (await site.patient.ask("POST", f"/rings/{ring_id}/answer", PHONE))["media"]["token"],
        (await site.staff.ask("POST", f"/calls/{call_id}/join", DESK))["media"]["token"],
    ]
    return call_id, set(joined)


async def invite(site: Site, doors: Doors, gateway: BrokenGateway, call_id: str) -> set[str]:
    """A text that fails and one that is sent, with its receipt → the words and the keys."""
    await site.staff.ask("POST", f"/calls/{call_id}/numbers", {"number": NUMBER})
    await site.staff.ask("POST", f"/calls/{call_id}/numbers", {"number": "kanarie"}, expect=200)
    for number in (NUMBER, OTHER_NUMBER):
        new = {"invitations": [{"id": str(uuid4()), "number": number}]}
        await site.staff.ask("POST", f"/calls/{call_id}/invitations", new)
    gateway.failures = [SmsUnavailable(f"no way to {NUMBER}: {WORDS}")]
    async with doors.database.transaction() as db:
        ids = list(await db.scalars(select(TextMessage.id)))
    for text_id in ids:
        await run(doors, text_id)
    await site.staff.http.post(f"/hooks/sms/broken/{ids[0]}/{doors.sms.receipt_key(ids[0])}", content=NUMBER.encode())
    links = {text.words.partition("#")[2].split()[0] for text in gateway.texts}
    return links | {text.receipt_url for text in gateway.texts} | {doors.sms.receipt_key(text_id) for text_id in ids}


async def run(doors: Doors, text_id: UUID) -> None:
    """As the worker does, with the job's own context."""
    context = SimpleNamespace(additional_context={"doors": doors}, job=SimpleNamespace(id=1))
    await send_text.func(context, text_id=str(text_id))


async def knock(site: Site, doors: Doors, call_id: str) -> set[str]:
    """A guest comes by a link → the link's token and the guest's session."""
    token = new_token()
    async with doors.database.transaction() as db:
        invitation_id = await db.scalar(select(TextMessage.object_id).limit(1))
        db.add(InvitationLink(token_hash=hash_token(token), invitation_id=invitation_id, created_at=utc_now()))
    http = site.staff.http
    await http.post("/api/guest/links", json={"token": token})
    answer = await http.post("/api/guest/knocks", json={"token": token, "name": GUEST})
    assert answer.status_code == 201
    await site.staff.ask("POST", f"/knocks/{answer.json()['id']}/admit")
    await http.post(f"/api/guest/calls/{call_id}/join", json=DESK)
    await http.get(f"/staff/signed-in?code={WORDS}&state={WORDS}")
    return {token, http.cookies[session_cookie_name(BASE_URL, ActorKind.GUEST)]}


async def reach(site: Site) -> set[str]:
    """Push and text to the patient, refused and taken, failing and not → the device's address and keys, and the number."""
    device = Subscription(f"https://push.example/{WORDS}", "").as_told()
    await site.patient.ask("PUT", "/push/subscription", device, expect=204)
    await site.patient.ask("PUT", "/push/subscription", {**device, "endpoint": f"ftp://{WORDS}"}, expect=400)
    async with site.doors.database.transaction() as db:
        person = await db.get_one(Patient, site.at.patient.id)
        person.number, person.has_text_agreement = OWN_NUMBER, True
    house = House(site.doors.database, site.at)
    for fault in (PushRefused(device["endpoint"]), PushUnavailable()):
        house.push.faults[device["endpoint"]] = fault
        call_id, ring_id = await site.place()
        await site.staff.ask(
            "POST", f"/conversations/{site.at.conversation_id}/messages", {"id": str(uuid4()), "text": WORDS}, expect=201
        )
        await house.work()
        await site.patient.ask("POST", f"/rings/{ring_id}/push", {"what": "shown"}, expect=204)
        await site.staff.ask("POST", f"/calls/{call_id}/phone")
        await site.staff.ask("POST", f"/calls/{call_id}/cancel")
    await site.patient.http.post("/api/patient/links", json={"token": "l" * 32})
    return {*device.values(), OWN_NUMBER, OWN_NUMBER[3:], "l" * 32}


async def go_wrong(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Faults of our own with canaries in every frame of the trace, and a database that refuses a value."""

    async def fail(*_: object, **__: object) -> None:
        secret = WORDS
        raise RuntimeError(f"broken with nothing in it but {len(secret)}")

    async def refuse(*_: object, **__: object) -> None:
        raise Problem

    path, body = f"/conversations/{site.at.conversation_id}/messages", {"id": str(uuid4()), "text": WORDS}
    for broken in (fail, refuse):
        with monkeypatch.context() as patched:
            patched.setattr(conversation_actions, "post_message", broken)
            await site.staff.ask("POST", path, body, expect=500)
    await site.staff.ask("GET", f"/conversations?before={WORDS}", expect=400)
    assert isinstance(site.media, MemoryMedia)
    site.media.is_down = True
    await asyncio.gather(*(site.staff.ask("GET", f"/conversations?search={SEARCH}") for _ in range(3)))
    site.media.is_down = False


def jobs_of(site: Site) -> str:
    with psycopg.connect(site.doors.database.url) as connection:
        rows = connection.execute("SELECT j::text FROM procrastinate_jobs j").fetchall()
    assert len(rows) > 3
    return "\n".join(row for (row,) in rows)
