"""The code flow, as it should go and as it should not."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from auth.bent_provider import BentProvider
from auth.conftest import BASE_URL, Browser, state_of
from joserfc.jwk import RSAKey
from litestar import Litestar

from narvaro.clinics.actions import set_clinic
from narvaro.db.session import Database

STAFF = "/staff/testkoping/sign-in"
PATIENT = "/patient/testkoping/sign-in"


async def is_signed_in(browser: Browser, kind: str = "staff") -> bool:
    return (await browser.http.get(f"/api/{kind}/me")).status_code == 200


async def test_staff_sign_in_and_land_where_they_were_going(browser: Browser) -> None:
    answer = await browser.sign_in(f"{STAFF}?next=/staff/testkoping/conversations/1", "selma")
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/testkoping/conversations/1")
    me = (await browser.http.get("/api/staff/me")).json()
    assert (me["name"], me["role"], me["clinic_slug"]) == ("Selma Testkvist", "staff", "testkoping")


async def test_session_cookie_on_loopback_is_httponly_lax_and_has_the_port_in_its_name(browser: Browser) -> None:
    answer = await browser.sign_in(STAFF, "selma")
    cookie = next(line for line in answer.headers.get_list("set-cookie") if line.startswith("narvaro_staff_8600="))
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


async def test_provider_is_asked_with_pkce_nonce_hint_and_the_clinics_acr(browser: Browser, database: Database) -> None:
    async with database.transaction() as db:
        await set_clinic(db, "testkoping", staff_acr="loa3")
    asked = parse_qs(urlsplit(await browser.leave(f"{STAFF}?login_hint=selma")).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["login_hint"] == ["selma"]
    assert asked["acr_values"] == ["loa3"]
    assert len(asked["nonce"][0]) >= 22
    assert len(asked["state"][0]) >= 22
    assert asked["redirect_uri"] == [f"{BASE_URL}/staff/signed-in"]


async def test_staff_and_patient_sign_ins_under_way_at_once_in_one_browser_both_succeed(browser: Browser) -> None:
    staff, patient, again = [await browser.leave(address) for address in (STAFF, PATIENT, STAFF)]
    for kind, address, person in (("patient", patient, "sofia"), ("staff", again, "selma"), ("staff", staff, "selma")):
        assert (await browser.come_back(kind, address, person)).status_code == 303
    assert await is_signed_in(browser, "staff")
    assert await is_signed_in(browser, "patient")


@pytest.mark.parametrize(
    "wanted",
    ["https://evil.test/", "//evil.test", "/\\evil.test", "/patient/testkoping/", "/staff/testkoping/../../x", "/staff/annan/",
     "/staff/testkoping/%2e%2e/", "/staff/testkoping/\r\nx"],
)  # fmt: skip
async def test_sign_in_leads_nowhere_else(browser: Browser, wanted: str) -> None:
    address = str(httpx2.URL(STAFF, params={"next": wanted}))
    assert (await browser.sign_in(address, "selma")).headers["location"] == "/staff/testkoping/"


async def test_another_browser_cannot_use_the_attempt_and_does_not_use_it_up(browser: Browser, site: Litestar) -> None:
    at_provider = await browser.leave(STAFF)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=site), base_url=BASE_URL) as other:  # type: ignore[arg-type]
        answer = await other.get("/staff/signed-in", params={"code": "stolen", "state": state_of(at_provider)})
    assert answer.status_code == 400
    assert "Inloggningen blev inte klar" in answer.text
    assert (await browser.come_back("staff", at_provider, "selma")).status_code == 303


async def test_unknown_state_is_refused(browser: Browser) -> None:
    answer = await browser.http.get("/staff/signed-in", params={"code": "x", "state": "made-up"})
    assert answer.status_code == 400
    assert not await is_signed_in(browser)


async def test_attempt_of_a_patient_does_not_sign_in_staff(browser: Browser) -> None:
    at_provider = await browser.leave(PATIENT)
    assert (await browser.come_back("staff", at_provider, "selma")).status_code == 400
    assert not await is_signed_in(browser)


async def test_the_same_answer_works_once(browser: Browser) -> None:
    at_provider = await browser.leave(STAFF)
    code = browser.provider.authorize(at_provider, "selma")
    asked = {"code": code, "state": state_of(at_provider)}
    assert (await browser.http.get("/staff/signed-in", params=asked)).status_code == 303
    assert (await browser.http.get("/staff/signed-in", params=asked)).status_code == 400


async def test_code_of_another_attempt_is_refused_by_its_verifier(browser: Browser) -> None:
    one, other = await browser.leave(STAFF), await browser.leave(STAFF)
    code = browser.provider.authorize(one, "selma")
    answer = await browser.http.get("/staff/signed-in", params={"code": code, "state": state_of(other)})
    assert answer.status_code == 400
    assert not await is_signed_in(browser)


@pytest.mark.parametrize(
    "claims",
    [{"nonce": "another"}, {"nonce": None}, {"iss": "https://evil.test"}, {"aud": "another"}, {"aud": None}, {"exp": 1},
     {"sub": None}, {"sub": ""}, {"sub": 7}, {"azp": "another"}, {"iss": None}],
)  # fmt: skip
async def test_id_token_with_a_wrong_claim_is_refused(browser: Browser, claims: dict[str, Any]) -> None:
    browser.provider.claims = claims
    answer = await browser.sign_in(STAFF, "selma")
    assert answer.status_code == 400
    assert not await is_signed_in(browser)


async def test_id_token_signed_by_somebody_else_is_refused(browser: Browser) -> None:
    browser.provider.signs_with = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
    assert (await browser.sign_in(STAFF, "selma")).status_code == 400


async def test_answer_that_names_another_issuer_is_refused(browser: Browser) -> None:
    at_provider = await browser.leave(STAFF)
    code = browser.provider.authorize(at_provider, "selma")
    asked = {"code": code, "state": state_of(at_provider), "iss": "https://evil.test"}
    assert (await browser.http.get("/staff/signed-in", params=asked)).status_code == 400


@pytest.mark.parametrize(("told", "status"), [("loa2", 403), (None, 403), ("loa3", 303)])
async def test_clinic_that_requires_an_acr_gets_it(browser: Browser, database: Database, told: str | None, status: int) -> None:
    async with database.transaction() as db:
        await set_clinic(db, "testkoping", staff_acr="loa3")
    browser.provider.claims = {"acr": told}
    assert (await browser.sign_in(STAFF, "selma")).status_code == status
    assert await is_signed_in(browser) is (status == 303)


async def test_provider_with_another_issuer_than_configured_is_not_used(browser: Browser) -> None:
    browser.provider.metadata = {"issuer": browser.provider.issuer + "/"}
    assert (await browser.http.get(STAFF)).status_code == 503


async def test_provider_that_is_down_is_named_with_a_way_to_try_again(browser: Browser) -> None:
    browser.provider.is_broken = True
    answer = await browser.http.get(f"{STAFF}?next=/staff/testkoping/conversations/1")
    assert answer.status_code == 503
    assert "Inloggningstjänsten svarar inte" in answer.text
    assert 'href="/staff/testkoping/sign-in?next=%2Fstaff%2Ftestkoping%2Fconversations%2F1"' in answer.text
    browser.provider.is_broken = False
    assert (await browser.sign_in(STAFF, "selma")).status_code == 303


async def test_provider_that_goes_down_before_the_code_is_redeemed_is_named(browser: Browser) -> None:
    at_provider = await browser.leave(STAFF)
    browser.provider.is_broken = True
    assert (await browser.come_back("staff", at_provider, "selma")).status_code == 503


async def test_refusal_at_the_provider_is_told_kindly(browser: Browser) -> None:
    at_provider = await browser.leave(STAFF)
    asked = {"error": "access_denied", "state": state_of(at_provider)}
    answer = await browser.http.get("/staff/signed-in", params=asked)
    assert answer.status_code == 400
    assert "Inloggningen avbröts" in answer.text


@pytest.mark.parametrize("address", [STAFF, PATIENT, "/staff/annan/sign-in"])
async def test_unknown_person_gets_a_kind_page_and_no_account(browser: Browser, address: str) -> None:
    answer = await browser.sign_in(address, "nobody")
    assert answer.status_code == 403
    assert "Du är inte upplagd här" in answer.text
    assert not await is_signed_in(browser)
    assert not await is_signed_in(browser, "patient")


async def test_patient_signs_up_where_the_clinic_allows_it_with_the_name_from_userinfo(
    browser: Browser, database: Database, provider: BentProvider
) -> None:
    async with database.transaction() as db:
        await set_clinic(db, "testkoping", may_patients_sign_up=True)
    provider.userinfo = {"sub": "karl", "name": "Karl  Johansson"}
    assert (await browser.sign_in(PATIENT, "karl")).status_code == 303
    assert (await browser.http.get("/api/patient/me")).json()["name"] == "Karl Johansson"


async def test_userinfo_about_somebody_else_is_refused(browser: Browser, provider: BentProvider) -> None:
    provider.userinfo = {"sub": "another", "name": "Karl Johansson"}
    assert (await browser.sign_in(PATIENT, "sofia")).status_code == 400


async def test_unknown_clinic_is_not_found(browser: Browser) -> None:
    answer = await browser.http.get("/staff/ingen/sign-in")
    assert answer.status_code == 404
    assert "Mottagningen finns inte" in answer.text
