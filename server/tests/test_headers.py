"""What every answer carries, whatever the address and whatever the answer (C2, C5)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from builders import build_sms
from litestar import Litestar
from test_app import BASE_URL, SOME_ID, settings_of_test

from narvaro.app import create_app
from narvaro.db.session import Database
from narvaro.demo import page, phones
from narvaro.jobs import Doors
from narvaro.media.memory import MemoryMedia
from narvaro.settings import Settings

SECURE = "https://vard.example"
WORDS = {"clinic": "testkoping", "gateway": "demo", "key": "k", "file_path": "nothing.js", "path": "openapi.json"}


def settings_at(base_url: str) -> Settings:
    issuer = "https://login.example"
    return replace(settings_of_test(), base_url=base_url, staff_oidc_issuer=issuer, patient_oidc_issuer=issuer)


def app_at(base_url: str, database: Database) -> Litestar:
    doors = Doors(database=database, media=MemoryMedia(), sms=build_sms())
    return create_app(settings_at(base_url), doors=doors, routes=[*page.ROUTES, *phones.ROUTES])


def requests_of(app: Litestar) -> set[tuple[str, str]]:
    found = set()
    for route in app.routes:
        path = re.sub(r"{(\w+)(?::(\w+))?}", lambda part: SOME_ID if part[2] == "uuid" else WORDS.get(part[1], "x"), route.path)
        found |= {(method, path) for method in getattr(route, "methods", set())}
    odd = ("/nowhere", "/api/nowhere", "/staff/%00", "/staff/%00/sign-in", "/staff/%FF/sign-in")
    return found | {("PATCH", "/g")} | {("GET", path) for path in odd}


@pytest.fixture(params=[BASE_URL, SECURE])
async def everywhere(
    request: pytest.FixtureRequest, database: Database
) -> AsyncIterator[dict[tuple[str, str], httpx2.Response]]:
    """Every address's answer to somebody whom nobody knows."""
    app = app_at(request.param, database)
    transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url=request.param, headers={"origin": request.param}) as http:
        yield {(method, path): await http.request(method, path) for method, path in sorted(requests_of(app))}


async def test_every_answer_has_the_headers_c5(everywhere: dict[tuple[str, str], httpx2.Response]) -> None:
    assert len(everywhere) > 80
    for asked, answer in everywhere.items():
        headers = answer.headers
        policy = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
        assert "unsafe" not in headers["content-security-policy"], asked
        assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'",) * 3, asked
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY"), asked
        assert (headers["referrer-policy"], headers["cross-origin-opener-policy"]) == ("no-referrer", "same-origin"), asked
        for own in ("camera", "microphone", "display-capture"):
            assert f"{own}=(self)" in headers["permissions-policy"], asked
        is_secure = str(answer.url).startswith("https:")
        assert ("strict-transport-security" in headers) == is_secure, asked
        assert headers["cache-control"] == "no-store", asked


async def test_nobody_is_let_in_nothing_breaks_and_no_cookie_is_set_c6(
    everywhere: dict[tuple[str, str], httpx2.Response],
) -> None:
    for (method, path), answer in everywhere.items():
        provider_is_not_there = path.endswith("/sign-in") and answer.status_code == 503
        assert answer.status_code < 500 or provider_is_not_there, (method, path)
        assert "set-cookie" not in answer.headers or path.endswith("/signed-in"), (method, path)
        assert "access-control-allow-origin" not in answer.headers, (method, path)
        if path.startswith("/api/") and not path.startswith("/api/schema"):
            assert answer.status_code in {204, 400, 401, 404, 405}, (method, path)
