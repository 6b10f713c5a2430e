"""Sessions, and what may be asked with them."""

import json
from datetime import timedelta

import psycopg
import pytest
from auth.conftest import BASE_URL, Browser
from sqlalchemy import func, select, update

from narvaro.auth.actions import sweep
from narvaro.auth.actors import ActorKind
from narvaro.auth.cookies import session_cookie
from narvaro.auth.guards import origin_of
from narvaro.auth.headers import content_security_policy
from narvaro.auth.models import Session, SignInAttempt
from narvaro.auth.tokens import hash_token, session_key
from narvaro.clock import utc_now
from narvaro.db.session import Database
from narvaro.realtime.topics import CHANNEL

STAFF = "/staff/testkoping/sign-in"
OWN = {"Origin": BASE_URL}


async def age(database: Database, *, seen: timedelta = timedelta(0), signed_in: timedelta = timedelta(0)) -> None:
    async with database.transaction() as db:
        await db.execute(update(Session).values(seen_at=Session.seen_at - seen, expires_at=Session.expires_at - signed_in))


async def test_only_the_hash_of_the_token_is_stored(browser: Browser, database: Database) -> None:
    await browser.sign_in(STAFF, "selma")
    token = browser.http.cookies["narvaro_staff_8600"]
    async with database.transaction() as db:
        stored = await db.scalar(select(Session.token_hash))
    assert stored == hash_token(token)
    assert token.encode() not in stored


@pytest.mark.parametrize(("seen", "signed_in"), [(2, 0), (0, 12)])
async def test_session_ends_when_idle_and_when_old(browser: Browser, database: Database, seen: int, signed_in: int) -> None:
    await browser.sign_in(STAFF, "selma")
    await age(database, seen=timedelta(hours=seen), signed_in=timedelta(hours=signed_in))
    answer = await browser.http.get("/api/staff/me")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {"type": "about:blank", "title": "Sign in first.", "status": 401, "code": "not-signed-in"}


async def test_what_nobody_can_use_any_more_is_swept_away(browser: Browser, database: Database) -> None:
    for seen, signed_in in ((0, 0), (2, 0), (0, 12)):
        await age(database, seen=timedelta(hours=seen), signed_in=timedelta(hours=signed_in))
        browser.http.cookies.clear()
        await browser.sign_in(STAFF, "selma")
    await browser.leave(STAFF)
    async with database.transaction() as db:
        await db.execute(update(SignInAttempt).values(expires_at=func.now()))
        assert await db.scalar(select(func.count()).select_from(Session)) == 3
        await sweep(db, now=utc_now())
        assert list(await db.scalars(select(Session.token_hash))) == [hash_token(browser.http.cookies["narvaro_staff_8600"])]
        assert await db.scalar(select(func.count()).select_from(SignInAttempt)) == 0


async def test_request_keeps_the_session_awake(browser: Browser, database: Database) -> None:
    await browser.sign_in(STAFF, "selma")
    for _ in range(3):
        await age(database, seen=timedelta(minutes=70))
        assert (await browser.http.get("/api/staff/me")).status_code == 200


async def test_staff_cookie_says_nothing_on_the_patients_prefix(browser: Browser) -> None:
    await browser.sign_in(STAFF, "selma")
    browser.http.cookies.set("narvaro_patient_8600", browser.http.cookies["narvaro_staff_8600"])
    assert (await browser.http.get("/api/patient/me")).status_code == 401


async def test_sign_out_ends_the_session_for_a_saved_cookie_too(browser: Browser) -> None:
    await browser.sign_in(STAFF, "selma")
    saved = browser.http.cookies["narvaro_staff_8600"]
    assert (await browser.http.delete("/api/staff/session", headers=OWN)).status_code == 204
    assert "narvaro_staff_8600" not in browser.http.cookies
    browser.http.cookies.set("narvaro_staff_8600", saved)
    assert (await browser.http.get("/api/staff/me")).status_code == 401


@pytest.mark.parametrize("origin", [None, "null", "https://evil.test", "http://127.0.0.1:8601", BASE_URL + ".evil.test"])
async def test_changing_request_from_elsewhere_is_refused(browser: Browser, origin: str | None) -> None:
    await browser.sign_in(STAFF, "selma")
    answer = await browser.http.delete("/api/staff/session", headers={"Origin": origin} if origin else {})
    assert (answer.status_code, answer.json()["code"]) == (400, "foreign-origin")
    assert (await browser.http.get("/api/staff/me")).status_code == 200


async def test_body_that_is_not_json_is_refused(browser: Browser) -> None:
    asked = {**OWN, "Content-Type": "text/plain"}
    answer = await browser.http.request("DELETE", "/api/staff/session", headers=asked, content=b"{}")
    assert (answer.status_code, answer.json()["code"]) == (400, "not-json")


async def test_somebody_else_signing_in_ends_the_browsers_earlier_session(browser: Browser, database: Database) -> None:
    for person in ("selma", "selma", "anna"):
        await browser.sign_in(STAFF, person)
    async with database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(Session)) == 2
    assert (await browser.http.get("/api/staff/me")).json()["name"] == "Anna Lindqvist"


@pytest.mark.parametrize("path", ["/api/staff/me", "/api/nowhere", "/staff/ingen/sign-in"])
async def test_every_answer_has_the_security_headers(browser: Browser, path: str) -> None:
    headers = (await browser.http.get(path)).headers
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert (headers["cross-origin-opener-policy"], headers["cache-control"]) == ("same-origin", "no-store")
    assert "camera=(self)" in headers["permissions-policy"]
    assert "strict-transport-security" not in headers


@pytest.mark.parametrize(("path", "method", "status"), [("/api/nowhere", "GET", 404), ("/api/staff/me", "PUT", 405)])
async def test_litestars_own_refusals_are_problems(browser: Browser, path: str, method: str, status: int) -> None:
    answer = await browser.http.request(method, path, headers=OWN)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.status_code == answer.json()["status"] == status


def test_https_cookies_have_the_host_prefix_and_are_secure() -> None:
    cookie = session_cookie("https://vard.example", ActorKind.STAFF, "token")
    assert (cookie.key, cookie.secure, cookie.path, cookie.domain) == ("__Host-narvaro_staff", True, "/", None)


def test_policy_names_both_sockets() -> None:
    policy = content_security_policy("https://vard.example", "wss://media.example")
    assert "connect-src 'self' wss://vard.example wss://media.example https://media.example" in policy


@pytest.mark.parametrize(
    ("url", "origin"), [("https://A.example:443/", "https://a.example"), ("http://[::1]:80", "http://[::1]")]
)
def test_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


async def test_sign_out_wakes_the_sessions_sockets(browser: Browser, database: Database) -> None:
    await browser.sign_in(STAFF, "selma")
    key = session_key(hash_token(browser.http.cookies["narvaro_staff_8600"]))
    async with await psycopg.AsyncConnection.connect(database.url, autocommit=True) as listener:
        await listener.execute(f"LISTEN {CHANNEL}")
        await browser.http.delete("/api/staff/session", headers=OWN)
        woken = [note.payload async for note in listener.notifies(timeout=10, stop_after=1)]
    assert woken == [json.dumps({"wake": [key]})]


PATIENT = "/patient/testkoping/sign-in"


async def sign_in_twice(browser: Browser) -> tuple[str, str]:
    """The cookies of a phone and, last and in the browser, a computer."""
    browser.http.headers["user-agent"] = "Phone\r\n\u2603" + "x" * 400
    await browser.sign_in(PATIENT, "sofia")
    phone = browser.http.cookies["narvaro_patient_8600"]
    browser.http.cookies.clear()
    browser.http.headers["user-agent"] = "Computer"
    await browser.sign_in(PATIENT, "sofia")
    return phone, browser.http.cookies["narvaro_patient_8600"]


async def test_patient_sees_own_devices_and_which_is_this_one(browser: Browser, database: Database) -> None:
    await sign_in_twice(browser)
    devices = (await browser.http.get("/api/patient/sessions")).json()
    assert [(device["user_agent"][:8], device["is_this"]) for device in devices] == [("Computer", True), ("Phonexxx", False)]
    assert len(devices[1]["user_agent"]) == 300
    await age(database, seen=timedelta(hours=5))
    assert (await browser.http.get("/api/patient/sessions")).status_code == 401
    await browser.sign_in(PATIENT, "sofia")
    assert len((await browser.http.get("/api/patient/sessions")).json()) == 1


async def test_patient_signs_out_another_device_and_stays(browser: Browser) -> None:
    phone, computer = await sign_in_twice(browser)
    other = (await browser.http.get("/api/patient/sessions")).json()[1]["id"]
    assert (await browser.http.delete(f"/api/patient/sessions/{other}", headers=OWN)).status_code == 204
    assert (await browser.http.delete(f"/api/patient/sessions/{other}", headers=OWN)).status_code == 404
    for cookie, status in ((phone, 401), (computer, 200)):
        browser.http.cookies.clear()
        browser.http.cookies.set("narvaro_patient_8600", cookie)
        assert (await browser.http.get("/api/patient/me")).status_code == status
