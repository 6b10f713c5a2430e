"""The flow against a provider that somebody else wrote, over real HTTP."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress

import httpx2
import pytest
from auth.conftest import BASE_URL, make_site, settings_for

from narvaro.clinics.actions import add_clinic, add_staff_member
from narvaro.db.session import Database


@pytest.fixture
def issuer() -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            wait_for(f"http://127.0.0.1:{port}/.well-known/openid-configuration")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def wait_for(address: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with suppress(httpx2.TransportError):
            if httpx2.get(address).status_code == 200:
                return
        time.sleep(0.05)
    raise TimeoutError(address)


async def test_staff_sign_in_through_oidc_provider_mock(database: Database, issuer: str) -> None:
    async with database.transaction() as db:
        clinic = await add_clinic(db, "testkoping", name="Hälsocentralen Testköping")
        await add_staff_member(db, clinic.id, iss=issuer, sub="selma", name="Selma Testkvist")
    site = make_site(database, settings_for(issuer))
    transport = httpx2.ASGITransport(app=site)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as browser, httpx2.AsyncClient() as outside:
        leaving = await browser.get("/staff/testkoping/sign-in")
        pressed = await outside.post(leaving.headers["location"], data={"sub": "selma"})
        assert (await browser.get(pressed.headers["location"])).status_code == 303
        assert (await browser.get("/api/staff/me")).json()["name"] == "Selma Testkvist"
