"""A number and a token go through all that sends a text and opens its link; no log has them afterwards (D3)."""

import asyncio
import io
import logging
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

import httpx2
import pytest
import structlog
from builders import build_practice, build_sms
from sms.conftest import Line
from sqlalchemy import select
from test_app import BASE_URL, settings_of_test

from narvaro.app import create_app
from narvaro.auth.actions import start_session
from narvaro.auth.cookies import session_cookie_name
from narvaro.calls import actions as call_actions
from narvaro.calls import ring_actions
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.jobs import Doors
from narvaro.jobs.worker import run_worker
from narvaro.logs import set_up_logging
from narvaro.media.memory import MemoryMedia
from narvaro.sms.models import TextMessage

NUMBERS = {"taken": "+46701740612", "refused": "+46701740613", "too fast": "+46701740614", "broken": "+46701740615"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """As `serve` and `worker` write it."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logging(stream)
    yield stream
    structlog.reset_defaults()
    root.handlers[:], root.level = before[0], before[1]


@dataclass
class Desk:
    line: Line
    doors: Doors
    http: httpx2.AsyncClient
    call_id: UUID

    async def invite(self, number: str) -> TextMessage:
        """→ the text, when it is no longer in a gateway's hands."""
        path = f"/api/staff/calls/{self.call_id}"
        assert (await self.http.post(f"{path}/numbers", json={"number": number})).status_code == 200
        body = {"invitations": [{"id": str(uuid4()), "number": number}]}
        assert (await self.http.post(f"{path}/invitations", json=body)).status_code == 200
        async with asyncio.timeout(30):
            while (text := await self.read(number)).attempts == 0 or text.status == "sending":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        return text

    async def read(self, number: str) -> TextMessage:
        async with self.doors.database.transaction() as db:
            return (await db.scalars(select(TextMessage).where(TextMessage.number == number))).one()

    async def knock(self, token: str) -> None:
        for path, more in (("links", {}), ("knocks", {"name": "Amira"}), ("declines", {})):
            await self.http.post(f"/api/guest/{path}", json={"token": token, **more})
        await self.http.get("/g", params={"token": token})
        await self.http.post("/api/guest/links", json={"token": token, "wrong": NUMBERS["taken"]})

    async def report(self, text: TextMessage) -> str:
        """From somebody who has the address but not the secret, and somebody who has neither → the address's key."""
        url = self.doors.sms.receipt_url(self.line.gateway.name, text.id)
        for address in (url, url[:-4] + "aaaa"):
            await self.http.post(address, content=f"to={text.number}".encode())
        return url.rpartition("/")[2]


@pytest.fixture
async def desk(line: Line, database: Database, log: io.StringIO) -> AsyncIterator[Desk]:
    now = utc_now()
    async with database.transaction() as db:
        at = await build_practice(db)
        session = await start_session(db, at.staff.kind, at.staff.id, at.clinic_id, now=now)
    doors = Doors(database, MemoryMedia(), build_sms(line.gateway))
    app = create_app(settings_of_test(), doors=doors)
    async with database.transaction() as db:
        call = await call_actions.place_call(db, at.staff, uuid4(), at.conversation_id, now=now)
        await ring_actions.answer_ring(db, at.patient, call.ring_id, device_id="phone-0001", now=now)
    working = asyncio.create_task(run_worker(doors, install_signal_handlers=False))
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=app),  # type: ignore[arg-type]
        base_url=BASE_URL,
        headers={"origin": BASE_URL},
        cookies={session_cookie_name(BASE_URL, at.staff.kind): session},
    ) as http:
        yield Desk(line, doors, http, call.id)
    working.cancel()
    await asyncio.gather(working, return_exceptions=True)


async def test_no_log_holds_number_words_or_token_whatever_becomes_of_the_text_d3(
    desk: Desk, log: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    taken = await desk.invite(NUMBERS["taken"])
    (_, words), *_ = desk.line.vendor.texts
    token = words.partition("#")[2]
    await desk.knock(token)
    key = await desk.report(taken)
    desk.line.vendor.status = 400
    refused = await desk.invite(NUMBERS["refused"])
    desk.line.vendor.status = 429
    too_fast = await desk.invite(NUMBERS["too fast"])
    desk.line.vendor.status = 200
    desk.line.vendor.takes_it_and_breaks = True
    broken = await desk.invite(NUMBERS["broken"])

    after_doubt = "sent" if desk.line.gateway.deduplicates else "failed"
    assert [text.status for text in (taken, refused, too_fast, broken)] == ["sent", "failed", "queued", after_doubt]
    said = log.getvalue() + "".join(capfd.readouterr())
    marks = ("sms_gateway_unavailable", "sms_outcome_unknown", "Starting job sms.send_text", "/hooks/sms/")
    assert [mark for mark in marks if mark not in said] == [], "the log is the one that is meant"
    secrets = [token, key, "/g#", "bjuder in", *(number[3:] for number in NUMBERS.values())]
    assert [secret for secret in secrets if secret in said] == []
