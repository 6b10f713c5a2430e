"""A site with the sign-in and nothing else, on a real database, with a provider that can be bent."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from auth.bent_provider import CLIENT_ID, CLIENT_SECRET, BentProvider, bent_provider
from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide

import narvaro.clinics.sign_in
import narvaro.patients.sign_in  # noqa: F401
from narvaro.auth import guards, routes
from narvaro.auth.headers import security_headers
from narvaro.auth.oidc import providers_from
from narvaro.clinics.actions import add_clinic, add_staff_member
from narvaro.db.session import Database
from narvaro.logs import RequestId, log_response
from narvaro.patients.actions import add_patient
from narvaro.problems import EXCEPTION_HANDLERS
from narvaro.settings import Settings

BASE_URL = "http://127.0.0.1:8600"


@pytest.fixture
def provider() -> Iterator[BentProvider]:
    with bent_provider() as provider:
        yield provider


def settings_for(issuer: str, base_url: str = BASE_URL) -> Settings:
    return Settings(
        base_url=base_url,
        database_url="postgresql://unused",
        livekit_url="http://127.0.0.1:7880",
        livekit_public_url="ws://127.0.0.1:7880",
        livekit_api_key="key",
        livekit_api_secret="s" * 32,
        staff_oidc_issuer=issuer,
        staff_oidc_client_id=CLIENT_ID,
        staff_oidc_client_secret=CLIENT_SECRET,
        patient_oidc_issuer=issuer,
        patient_oidc_client_id=CLIENT_ID,
        patient_oidc_client_secret=CLIENT_SECRET,
        link_secret="s" * 32,
    )


def make_site(database: Database, settings: Settings) -> Litestar:
    async def provide_database() -> Database:
        return database

    return Litestar(
        route_handlers=routes.ROUTES,
        dependencies={**guards.DEPENDENCIES, "database": Provide(provide_database)},
        middleware=[RequestId(), guards.OwnOriginOnly()],
        exception_handlers=EXCEPTION_HANDLERS,
        before_send=[security_headers(settings), log_response],
        state=State({"settings": settings, "database": database, "providers": providers_from(settings)}),
    )


@dataclass
class Browser:
    """One cookie jar before the site; the provider's button is pressed by `person`."""

    http: httpx2.AsyncClient
    provider: BentProvider

    async def leave(self, address: str) -> str:
        """The address at the provider."""
        answer = await self.http.get(address)
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def come_back(self, kind: str, at_provider: str, person: str) -> httpx2.Response:
        code = self.provider.authorize(at_provider, person)
        return await self.http.get(f"/{kind}/signed-in", params={"code": code, "state": state_of(at_provider)})

    async def sign_in(self, address: str, person: str) -> httpx2.Response:
        return await self.come_back(address.split("/")[1], await self.leave(address), person)


def state_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["state"][0]


@pytest.fixture
async def site(database: Database, provider: BentProvider) -> Litestar:
    async with database.transaction() as db:
        clinic = await add_clinic(db, "testkoping", name="Hälsocentralen Testköping", brand="Region Testköping")
        await add_clinic(db, "annan", name="Annan mottagning")
        await add_staff_member(db, clinic.id, iss=provider.issuer, sub="selma", name="Selma Testkvist")
        await add_staff_member(db, clinic.id, iss=provider.issuer, sub="anna", name="Anna Lindqvist", role="administrator")
        await add_patient(db, clinic.id, iss=provider.issuer, sub="sofia", name="Sofia Gunnarsson")
    return make_site(database, settings_for(provider.issuer))


@pytest.fixture
async def browser(site: Litestar, provider: BentProvider) -> AsyncIterator[Browser]:
    transport = httpx2.ASGITransport(app=site)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as http:
        yield Browser(http, provider)
