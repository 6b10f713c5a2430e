"""Signing in and failing to, against a certified provider, with `narvaro serve` by settings alone (C1)."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import httpx2
import psycopg
import pytest
from conftest import create_database, drop_database
from e2e.support import PATIENCE
from playwright.sync_api import Browser, BrowserContext, Page, expect
from test_cli import COMMAND, process, settings

from narvaro.db.embedded import EmbeddedPostgres

SCRIPT = Path(__file__).parents[3] / "web" / "scripts" / "certified-provider.js"
SECRET = "a secret that only the two of them know"
STAFF, PATIENT = "/staff/ost/sign-in", "/patient/ost/sign-in"


@dataclass
class Site:
    """`narvaro serve` and its provider; browsers are thrown away after each test."""

    url: str
    issuer: str
    database_url: str
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    def page(self) -> Page:
        context = self.browser.new_context(base_url=self.url)
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        return context.new_page()

    def sign_in(self, path: str, name: str) -> Page:
        page = self.page()
        page.goto(path)
        page.get_by_role("button", name=name).click()
        return page

    def people(self) -> tuple[int, ...]:
        """How many staff and patients there are."""
        with psycopg.connect(self.database_url) as connection:
            row = connection.execute("SELECT (SELECT count(*) FROM staff_members), (SELECT count(*) FROM patients)").fetchone()
        assert row
        return tuple(row)


def narvaro(database_url: str, *arguments: str) -> None:
    environment = os.environ | {"NARVARO_DATABASE_URL": database_url}
    subprocess.run([*COMMAND, *arguments], env=environment, check=True, capture_output=True)


def wait_for(url: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(httpx2.TransportError):
            if httpx2.get(url).status_code == 200:
                return
        time.sleep(0.05)
    raise AssertionError(url)


@contextmanager
def provider(port: str, site: str, log: Path) -> Iterator[None]:
    # A wheel's node is a process that starts another.
    with log.open("ab") as output:
        running = subprocess.Popen(["node", str(SCRIPT), port, site], stdout=output, stderr=output, start_new_session=True)
    try:
        wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
        yield
    finally:
        os.killpg(running.pid, signal.SIGKILL)
        running.wait()


@pytest.fixture(scope="module")
def serving(postgres: EmbeddedPostgres, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    name = f"certified_{uuid4().hex}"
    create_database(postgres, name)
    url = postgres.url(name)
    own = settings(url)
    port = settings(url)["NARVARO_BIND"].rpartition(":")[2]
    base = f"http://{own['NARVARO_BIND']}"
    issuer = f"http://127.0.0.1:{port}"
    narvaro(url, "clinic", "add", "ost", "--name", "Hälsocentralen Öst")
    narvaro(url, "staff", "add", "ost", "--iss", issuer, "--sub", "selma", "--name", "Selma Testkvist")
    narvaro(url, "patient", "add", "ost", "--iss", issuer, "--sub", "sofia", "--name", "Sofia Gunnarsson")
    own |= {"NARVARO_BASE_URL": base}
    for kind in ("STAFF", "PATIENT"):
        own |= {f"NARVARO_{kind}_OIDC_ISSUER": issuer, f"NARVARO_{kind}_OIDC_CLIENT_ID": kind.lower()}
        own |= {f"NARVARO_{kind}_OIDC_CLIENT_SECRET": SECRET}
    logs = tmp_path_factory.mktemp("certified")
    with process("serve", own, logs / "serve.log"), provider(port, base, logs / "provider.log"):
        wait_for(f"{base}/healthz")
        yield Site(base, issuer, url, browser)
    drop_database(postgres, name)


@pytest.fixture
def site(serving: Site) -> Iterator[Site]:
    yield serving
    for context in serving.contexts:
        context.close()
    serving.contexts.clear()


def test_staff_and_patient_sign_in_and_out(site: Site) -> None:
    staff = site.sign_in(STAFF, "Selma Testkvist")
    expect(staff.get_by_role("button", name="Selma Testkvist")).to_be_visible()
    patient = site.sign_in(PATIENT, "Sofia Gunnarsson")
    expect(patient.get_by_role("button", name="Sofia Gunnarsson")).to_be_visible()
    staff.get_by_role("button", name="Selma Testkvist").click()
    staff.get_by_role("menuitem", name="Logga ut").click()
    expect(staff.get_by_role("link", name="Logga in")).to_be_visible()
    assert staff.request.get("/api/staff/me").status == 401
    assert patient.request.get("/api/patient/me").status == 200


@pytest.mark.parametrize("path", [STAFF, PATIENT])
def test_an_unknown_person_is_told_kindly_and_no_account_is_made(site: Site, path: str) -> None:
    before = site.people()
    page = site.sign_in(path, "Okänd Person")
    expect(page.get_by_role("heading", name="Du är inte upplagd här")).to_be_visible()
    assert site.people() == before


def test_an_unknown_patient_is_made_known_where_the_clinic_allows_it(site: Site) -> None:
    narvaro(site.database_url, "clinic", "set", "ost", "--may-patients-sign-up")
    page = site.sign_in(PATIENT, "Okänd Person")
    expect(page.get_by_role("button", name="Okänd Person")).to_be_visible()
    narvaro(site.database_url, "clinic", "set", "ost", "--no-may-patients-sign-up")


def test_who_changes_their_mind_at_the_provider_reads_so(site: Site) -> None:
    page = site.sign_in(STAFF, "Avbryt")
    expect(page.get_by_role("heading", name="Inloggningen avbröts")).to_be_visible()
    page.get_by_role("link", name="Försök igen").click()
    expect(page.get_by_role("button", name="Selma Testkvist")).to_be_visible()


def test_a_sign_in_too_weak_for_the_clinic_is_told(site: Site) -> None:
    narvaro(site.database_url, "clinic", "set", "ost", "--staff-acr", "loa3")
    page = site.sign_in(STAFF, "Selma Testkvist")
    narvaro(site.database_url, "clinic", "set", "ost", "--staff-acr", "")
    expect(page.get_by_role("heading", name="Logga in på ett säkrare sätt")).to_be_visible()
    assert page.request.get("/api/staff/me").status == 401


def test_a_callback_is_good_once_and_for_its_own_browser_only(site: Site) -> None:
    page = site.page()
    callbacks: list[str] = []
    page.on("request", lambda request: callbacks.append(request.url) if "/signed-in?" in request.url else None)
    page.goto(STAFF)
    page.get_by_role("button", name="Selma Testkvist").click()
    expect(page.get_by_role("button", name="Selma Testkvist")).to_be_visible()
    for again in (page, site.page()):
        answer = again.request.get(callbacks[0])
        assert (answer.status, "Inloggningen blev inte klar" in answer.text()) == (400, True)


@pytest.mark.parametrize("changed", ["code=", "state="])
def test_a_changed_code_or_state_signs_nobody_in(site: Site, changed: str) -> None:
    page = site.page()
    page.goto(STAFF)
    pressed = page.request.post(page.url, form={"sub": "selma"}, max_redirects=0)
    resumed = page.request.get(pressed.headers["location"], max_redirects=0)
    callback = resumed.headers["location"]
    assert "/staff/signed-in?" in callback
    answer = page.request.get(callback.replace(changed, f"{changed}x"))
    assert (answer.status, "Inloggningen blev inte klar" in answer.text()) == (400, True)
    assert page.request.get("/api/staff/me").status == 401
