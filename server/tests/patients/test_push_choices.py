"""What a patient decides about being reached, over HTTP."""

from collections.abc import AsyncIterator
from dataclasses import replace

import httpx2
import pytest
from builders import build_practice
from sqlalchemy import select
from test_app import BASE_URL, Person, Site, settings_of_test
from test_app import site as site
from webpush.service import Subscription

from narvaro.app import create_app
from narvaro.auth.actions import start_session
from narvaro.auth.cookies import session_cookie_name
from narvaro.clock import utc_now
from narvaro.patients.models import Patient
from narvaro.webpush.models import PushSubscription

DEVICE = Subscription("https://push.example/abc", "").as_told()


@pytest.fixture
async def patient(site: Site) -> AsyncIterator[Person]:
    """Sofia, in another session than `site.patient`; her number is verified."""
    async with site.doors.database.transaction() as db:
        person = await db.get_one(Patient, site.at.patient.id)
        person.number = "+46701740605"
        token = await start_session(db, site.patient.actor.kind, person.id, site.at.clinic_id, now=utc_now())
    async with httpx2.AsyncClient(
        transport=httpx2.ASGITransport(app=site.app),  # type: ignore[arg-type]
        base_url=BASE_URL,
        headers={"origin": BASE_URL},
        cookies={session_cookie_name(BASE_URL, site.patient.actor.kind): token},
    ) as http:
        yield Person(site.patient.actor, http)


async def test_push_is_off_where_the_installation_has_no_key(site: Site) -> None:
    without = create_app(settings_of_test(), doors=replace(site.doors, push=None))
    site.patient.http._transport = httpx2.ASGITransport(app=without)  # type: ignore[arg-type]
    assert (await site.patient.ask("GET", "/push"))["public_key"] is None
    await site.patient.ask("PUT", "/push/subscription", DEVICE, expect=404)


async def test_a_device_subscribes_for_its_session_and_can_change_and_end_it(site: Site, patient: Person) -> None:
    before = await patient.ask("GET", "/push")
    assert before == {
        "public_key": "BAAA",
        "is_subscribed": False,
        "shows": None,
        "may_show_brand": False,
        "quiet_from": None,
        "quiet_to": None,
        "has_sms_agreement": False,
        "number_ending": "0605",
    }
    for shows in ("all", "calls_only"):
        await patient.ask("PUT", "/push/subscription", {**DEVICE, "shows": shows}, expect=204)
        assert (await patient.ask("GET", "/push"))["shows"] == shows
    assert (await site.patient.ask("GET", "/push"))["is_subscribed"] is False, "another session of the same patient"
    await patient.ask("DELETE", "/push/subscription", expect=204)
    assert (await patient.ask("GET", "/push"))["is_subscribed"] is False


async def test_signing_out_ends_the_subscription(site: Site, patient: Person) -> None:
    await patient.ask("PUT", "/push/subscription", DEVICE, expect=204)
    await patient.ask("DELETE", "/session", expect=204)
    async with site.doors.database.transaction() as db:
        assert list(await db.scalars(select(PushSubscription.id))) == []


async def test_the_same_browser_in_a_new_session_is_one_device(site: Site, patient: Person) -> None:
    await patient.ask("PUT", "/push/subscription", DEVICE, expect=204)
    async with site.doors.database.transaction() as db:
        token = await start_session(db, patient.actor.kind, patient.actor.id, site.at.clinic_id, now=utc_now())
    patient.http.cookies.set(session_cookie_name(BASE_URL, patient.actor.kind), token)
    await patient.ask("PUT", "/push/subscription", DEVICE, expect=204)
    async with site.doors.database.transaction() as db:
        assert len(list(await db.scalars(select(PushSubscription.id)))) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/x"},
        {"endpoint": "https://10.0.0.4/x"},
        {"endpoint": "https://192.168.1.1/x"},
        {"p256dh": "A" * 40},
        {"auth": "A" * 40},
        {"p256dh": "!" * 87},
        {"shows": "everything"},
    ],
)
async def test_what_is_no_push_address_is_refused_c6(patient: Person, wrong: dict[str, str]) -> None:
    await patient.ask("PUT", "/push/subscription", {**DEVICE, **wrong}, expect=400)
    assert (await patient.ask("GET", "/push"))["is_subscribed"] is False


async def test_choices_stay_as_they_are_when_left_out(patient: Person) -> None:
    await patient.ask("PATCH", "/push", {"quiet_from": "22:00", "quiet_to": "06:30"})
    await patient.ask("PATCH", "/push", {"may_show_brand": True})
    told = await patient.ask("PATCH", "/push", {"has_sms_agreement": True})
    assert (told["quiet_from"], told["quiet_to"]) == ("22:00", "06:30")
    assert (told["may_show_brand"], told["has_sms_agreement"]) == (True, True)
    told = await patient.ask("PATCH", "/push", {"quiet_from": None, "quiet_to": None})
    assert (told["quiet_from"], told["quiet_to"]) == (None, None)


async def test_half_a_quiet_time_and_an_agreement_without_a_number_are_refused(site: Site, patient: Person) -> None:
    assert (await patient.ask("PATCH", "/push", {"quiet_from": "22:00"}, expect=400))["code"] == "quiet-hours-not-whole"
    await patient.ask("PATCH", "/push", {"quiet_from": "25:00", "quiet_to": "07:00"}, expect=400)
    async with site.doors.database.transaction() as db:
        (await db.get_one(Patient, site.at.patient.id)).number = None
    assert (await patient.ask("PATCH", "/push", {"has_sms_agreement": True}, expect=409))["code"] == "no-number-known"


async def test_a_protected_identity_is_offered_nothing_and_can_ask_for_nothing_d1b(site: Site, patient: Person) -> None:
    async with site.doors.database.transaction() as db:
        (await db.get_one(Patient, site.at.patient.id)).has_protected_identity = True
    told = await patient.ask("GET", "/push")
    assert (told["public_key"], told["number_ending"]) == (None, None)
    await patient.ask("PUT", "/push/subscription", DEVICE, expect=404)


async def test_another_clinics_patient_has_settings_of_their_own(site: Site, patient: Person) -> None:
    await patient.ask("PATCH", "/push", {"may_show_brand": True})
    async with site.doors.database.transaction() as db:
        other = await build_practice(db)
        assert (await db.get_one(Patient, other.patient.id)).push_shows_brand is False
