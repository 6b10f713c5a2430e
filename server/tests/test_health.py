"""What is told of the process's health and measures, and what is not (D3, G2, G5)."""

import json
import re
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from builders import NOON, build_practice, build_sms
from prometheus_client import REGISTRY, generate_latest, start_http_server
from sqlalchemy import text
from test_app import Site
from test_app import site as site

from narvaro import health
from narvaro.calls.tasks import eject
from narvaro.db.session import Database
from narvaro.health import Doctor, Health
from narvaro.jobs import Doors, enqueue
from narvaro.jobs.queue import watch_queue
from narvaro.media.memory import MemoryMedia
from narvaro.settings import private_address
from narvaro.sms.elks import Elks
from narvaro.sms.models import TextMessage

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
async def doors(database: Database) -> AsyncIterator[Doors]:
    sms = build_sms(Elks("u", "p"))
    yield Doors(database=database, media=MemoryMedia(), sms=sms)
    await sms.close()


async def examine(doors: Doors) -> Health:
    return await Doctor(doors).examine()


async def test_readyz_says_which_part_is_down_and_that_chat_goes_on_g2(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ASK_AGAIN_AFTER", -1.0)
    answer = await site.staff.http.get("/readyz")
    assert (answer.status_code, answer.json()) == (
        200,
        {"ready": True, "postgresql": "up", "livekit": "up", "sms": "none"},
    )
    site.media.is_down = True
    answer = await site.staff.http.get("/readyz")
    assert (answer.status_code, answer.json()["livekit"]) == (200, "down")


async def test_readyz_refuses_requests_without_a_database() -> None:
    gone = Database("postgresql://nobody@/nothing?host=/nonexistent")
    told = await examine(Doors(database=gone, media=MemoryMedia(), sms=build_sms()))
    assert (told.ready, told.postgresql, told.livekit) == (False, "down", "up")
    await gone.close()


@pytest.mark.parametrize(
    ("outcomes", "said"),
    [
        ([], "unknown"),
        ([("queued", None)], "unknown"),
        ([("sent", None)], "up"),
        ([("sent", None), ("failed", "unreachable")], "down"),
        ([("failed", "unreachable"), ("failed", "refused")], "up"),
        ([("failed", "unreachable"), ("failed", "stopped")], "down"),
        ([("failed", "stopped")], "unknown"),
        ([("failed", "unreachable"), ("delivered", None), ("sending", None)], "up"),
    ],
)
async def test_readyz_judges_texts_by_the_latest_that_has_an_outcome(
    doors: Doors, outcomes: list[tuple[str, str | None]], said: str
) -> None:
    async with doors.database.transaction() as db:
        at = await build_practice(db)
        for status, why in outcomes:
            facts = {"purpose": "x", "object_id": uuid4(), "number": "+46701740605", "salt": b"", "status": status, "why": why}
            db.add(TextMessage(clinic_id=at.clinic_id, created_at=NOON, give_up_at=NOON, **facts))
            await db.flush()
    assert (await examine(doors)).sms == said


async def test_health_is_asked_once_however_often_it_is_read(doors: Doors) -> None:
    doctor = Doctor(doors)
    first = await doctor.examine()
    assert isinstance(doors.media, MemoryMedia)
    doors.media.is_down = True
    assert await doctor.examine() is first


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


async def test_a_call_is_measured_from_ring_to_end(site: Site) -> None:
    before = value("narvaro_calls_ended_total", reason="by_staff"), value("narvaro_rings_ended_total", status="answered")
    call_id = await site.talk()
    await site.staff.ask("POST", f"/calls/{call_id}/end")
    after = value("narvaro_calls_ended_total", reason="by_staff"), value("narvaro_rings_ended_total", status="answered")
    assert after == (before[0] + 1, before[1] + 1)
    assert value("narvaro_request_seconds_count", method="POST", status="200") > 0


async def test_the_age_of_the_queue_is_told(doors: Doors) -> None:
    async with doors.database.transaction() as db:
        await enqueue(db, eject, room="r", identity="i")
        await enqueue(db, eject, run_at=NOON, room="r", identity="i")
    async with doors.database.transaction() as db:
        await db.execute(text("UPDATE procrastinate_events SET at = now() - interval '90 seconds'"))
        await db.execute(
            text("UPDATE procrastinate_jobs SET scheduled_at = now() + interval '1 hour' WHERE scheduled_at IS NOT NULL")
        )
    await watch_queue(doors, NOON)
    assert value("narvaro_jobs_waiting") == 1
    assert 90 <= value("narvaro_jobs_oldest_seconds") < 3600


def test_metrics_have_an_address_of_their_own_g5() -> None:
    assert private_address("127.0.0.1:8690") == ("127.0.0.1", 8690)
    for outside in ("0.0.0.0:8690", "8.8.8.8:8690", "[::]:8690", "metrics.example:8690"):
        with pytest.raises(ValueError, match="private"):
            private_address(outside)


def test_prometheus_is_answered_there_and_nowhere_else() -> None:
    server, thread = start_http_server(0, addr="127.0.0.1")
    with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}/metrics") as answer:
        told = answer.read().decode()
    server.shutdown()
    server.server_close()
    thread.join()
    assert "narvaro_sockets" in told


def test_the_dashboard_shows_metrics_that_are_there() -> None:
    board = (ROOT / "deploy" / "grafana" / "narvaro.json").read_text(encoding="utf-8")
    shown = set(re.findall(r"narvaro_[a-z_]+", " ".join(t["expr"] for p in json.loads(board)["panels"] for t in p["targets"])))
    there = set(re.findall(r"^# TYPE (narvaro_\w+)", generate_latest().decode(), re.MULTILINE))
    assert {re.sub(r"_(bucket|count|sum)$", "", name) for name in shown} <= there
    assert len(shown) >= 9
    told = (ROOT / "docs" / "operating" / "watching.md").read_text(encoding="utf-8")
    assert {name for name in there if not name.endswith("_created")} <= set(re.findall(r"`(narvaro_\w+)`", told))
