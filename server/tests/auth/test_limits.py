"""How often one address may ask, however many ask at once."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest
from auth.conftest import BASE_URL, Browser, make_site, settings_for
from builders import NOON
from sqlalchemy import func, select
from test_app import Site
from test_app import site as whole_site  # noqa: F401 - a fixture

from narvaro.auth import limits
from narvaro.auth.limits import WITHIN, Limit, count_request, network_of
from narvaro.auth.models import RequestCount, SignInAttempt
from narvaro.db.session import Database
from narvaro.errors import TooMany

TEN = Limit("test", 10)
SIGN_IN = "/staff/testkoping/sign-in"


async def passes(database: Database, key: bytes = b"somebody", *, later: timedelta = timedelta(0)) -> bool:
    try:
        await count_request(database, TEN, key, now=NOON + later)
    except TooMany:
        return False
    return True


async def test_of_many_at_once_exactly_as_many_pass_as_may(database: Database) -> None:
    assert sum(await asyncio.gather(*(passes(database) for _ in range(40)))) == TEN.most
    assert await passes(database, b"somebody else")


async def test_the_next_window_begins_anew_and_sweeps_the_last(database: Database) -> None:
    for _ in range(TEN.most + 1):
        last = await passes(database)
    assert not last
    assert await passes(database, later=WITHIN)
    async with database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(RequestCount)) == 1


async def test_who_is_refused_is_told_when_to_come_back(database: Database) -> None:
    for _ in range(TEN.most):
        await passes(database)
    with pytest.raises(TooMany) as refused:
        await count_request(database, TEN, b"somebody", now=NOON + timedelta(minutes=1))
    assert refused.value.retry_after == 240


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("", ""),
    ],
)
def test_a_household_is_one_whatever_its_devices(host: str, network: str) -> None:
    assert network_of(host) == network


async def test_too_many_sign_ins_are_told_so_in_words_and_begin_nothing(browser: Browser, database: Database) -> None:
    settings = settings_for(browser.provider.issuer)
    few = make_site(database, replace(settings, sign_ins_per_address=2))
    transport = httpx2.ASGITransport(app=few)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url=BASE_URL) as http:
        answers = [await http.get(SIGN_IN) for _ in range(3)]
        back = await http.get("/staff/signed-in", params={"code": "x", "state": "y"})
    assert [answer.status_code for answer in answers] == [303, 303, 429]
    assert "Vänta några minuter" in answers[2].text
    assert 0 < int(answers[2].headers["retry-after"]) <= WITHIN.total_seconds()
    assert back.status_code == 429
    async with database.transaction() as db:
        assert await db.scalar(select(func.count()).select_from(SignInAttempt)) == 2


@pytest.mark.parametrize("path", ["/api/guest/links", "/api/guest/knocks", "/api/guest/declines"])
async def test_who_tries_links_for_ever_is_stopped_b5(
    whole_site: Site,  # noqa: F811
    path: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "GUESTS_REQUESTS", 3)
    body = {"token": "t" * 43, **({"name": "Amira"} if path.endswith("knocks") else {})}
    answers = [await whole_site.staff.http.post(path, json=body) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [404, 404, 404, 429]
    assert answers[3].json()["code"] == "too-many"
    assert int(answers[3].headers["retry-after"]) > 0
