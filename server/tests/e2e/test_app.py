"""The patient's page as an app: installed, without a network, and when a new version comes."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from e2e.support import QUESTION, Stage, expect_remote_picture, talk, wait_until
from playwright.sync_api import Page, expect

import narvaro

WORKER = Path(narvaro.__file__).parent / "static" / "service-worker.js"
CLINIC = "Hälsocentralen Testköping"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.1 Mobile/15E148 Safari/604.1"
)
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36"
OFFER = """
() => {
    window.asked = false;
    const offer = new Event("beforeinstallprompt", {cancelable: true});
    offer.prompt = async () => { window.asked = true; return {outcome: "accepted"}; };
    dispatchEvent(offer);
}
"""
"""Chromium's offer to install, which it does not make without a window of its own."""
IS_KEPT = """
async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith("narvaro-shell-"));
    return (await navigator.serviceWorker.getRegistration("/patient/"))?.active?.state === "activated" && names.length;
}
"""


def keep(page: Page) -> Page:
    """The worker is there and has the page."""
    wait_until(page, lambda: bool(page.evaluate(IS_KEPT)), "the service worker keeps the page")
    return page


def test_the_app_can_be_installed_and_bears_the_brand(stage: Stage) -> None:
    page = keep(stage.patient())
    chrome = page.context.new_cdp_session(page)
    manifest = json.loads(chrome.send("Page.getAppManifest")["data"])
    assert (manifest["name"], manifest["short_name"]) == ("Närvaro – Region Testköping", "Närvaro")
    assert (manifest["start_url"], manifest["display"]) == ("/patient/testkoping/", "standalone")
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        size = page.evaluate(
            "async (src) => { const it = new Image(); it.src = src; await it.decode(); return it.width + 'x' + it.height; }",
            icon["src"],
        )
        assert size == icon["sizes"]
    errors = {error["errorId"] for error in chrome.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}
    assert stage.foreign_hosts() == set()


def test_without_a_network_the_last_list_is_there_and_opens_by_itself_when_it_is_back(stage: Stage) -> None:
    page = keep(stage.patient())
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Du är offline. Så här såg listan ut")).to_be_visible()
    expect(page.get_by_text(CLINIC)).to_be_visible()
    expect(page.get_by_role("link", name=CLINIC)).to_have_count(0)
    page.context.set_offline(False)
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()


def test_after_signing_out_nothing_of_the_list_is_left(stage: Stage) -> None:
    page = keep(stage.patient())
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()
    page.get_by_role("button", name="Sofia Gunnarsson").click()
    page.get_by_role("menuitem", name="Logga ut").click()
    expect(page.get_by_role("heading", name="Du är utloggad")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Du är offline")).to_be_visible()
    expect(page.get_by_text(CLINIC)).to_have_count(0)
    everything = page.evaluate("() => JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")
    assert "Testköping" not in everything


HAS_SWAPPED = """
async () => {
    const worker = await navigator.serviceWorker.getRegistration("/patient/");
    return worker.active?.state === "activated" && !worker.waiting && !worker.installing && (await caches.keys()).length > 1;
}
"""
WAITS = "async () => (await navigator.serviceWorker.getRegistration('/patient/')).waiting?.state === 'installed'"
UPDATE = "async () => (await navigator.serviceWorker.getRegistration('/patient/')).update()"


@contextmanager
def newer_worker(*, without: str = "") -> Iterator[None]:
    """The server has another worker; `without`: one that no longer knows this file, as when the pages are others too."""
    text = WORKER.read_text(encoding="utf-8")
    newer = re.sub(r"version:`\w+`", "version:`another`", text)
    assert newer != text
    assert without in text
    WORKER.write_text(newer.replace(without, "/assets/icons/badge-96.png") if without else newer, encoding="utf-8")
    try:
        yield
    finally:
        WORKER.write_text(text, encoding="utf-8")


def script_of(page: Page) -> str:
    return str(page.evaluate("() => new URL(document.querySelector('script[type=module][src]').src).pathname"))


def test_a_draft_survives_a_new_version_which_is_offered_and_not_forced(stage: Stage) -> None:
    page = keep(stage.patient())
    page.get_by_role("link", name=CLINIC).click()
    page.get_by_role("textbox", name="Skriv ett meddelande").fill("Ett halvt meddelande")
    with newer_worker(without=script_of(page)):
        page.evaluate(UPDATE)
        wait_until(page, lambda: bool(page.evaluate(WAITS)), "the new worker waits")
        page.get_by_role("button", name="Tillbaka till ärenden").click()
        expect(page.get_by_role("heading", name="Ny version finns")).to_be_visible()
        with page.expect_event("load"):
            page.get_by_role("button", name="Uppdatera").click()
    page.get_by_role("link", name=CLINIC).click()
    expect(page.get_by_role("textbox", name="Skriv ett meddelande")).to_have_value("Ett halvt meddelande")


def test_a_page_of_the_new_version_is_left_alone_and_its_worker_takes_over(stage: Stage) -> None:
    page = keep(stage.patient())
    page.evaluate("() => { window.isStillHere = true; }")
    with newer_worker():
        page.evaluate(UPDATE)
        wait_until(page, lambda: bool(page.evaluate(HAS_SWAPPED)), "the new worker has taken over")
    assert page.evaluate("() => window.isStillHere")
    expect(page.get_by_text("Ny version finns")).to_have_count(0)


def test_no_worker_takes_over_under_a_call(stage: Stage) -> None:
    _, window, patient = talk(stage)
    keep(patient)
    with newer_worker():
        patient.evaluate(UPDATE)
        wait_until(patient, lambda: bool(patient.evaluate(WAITS)), "the new worker waits")
        expect_remote_picture(patient)
        assert patient.evaluate(WAITS)
        window.get_by_role("button", name="Avsluta videosamtal").click()
        expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()
        patient.reload()
        wait_until(patient, lambda: bool(patient.evaluate(HAS_SWAPPED)), "the new worker has taken over")
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()
    patient.get_by_role("button", name="Nej", exact=True).click()
    expect(patient.get_by_role("heading", name="Ärenden")).to_be_visible()
    patient.reload()
    expect(patient.get_by_role("link", name=CLINIC)).to_be_visible()
    expect(patient.get_by_role("heading", name=QUESTION)).to_have_count(0)


def test_a_lost_phone_is_signed_out_from_another_device_and_shows_nothing_more(stage: Stage) -> None:
    phone = keep(stage.patient(user_agent=IPHONE))
    expect(phone.get_by_role("link", name=CLINIC)).to_be_visible()
    computer = stage.patient()
    computer.get_by_role("button", name="Sofia Gunnarsson").click()
    computer.get_by_role("menuitem", name="Inställningar").click()
    computer.get_by_role("link", name="Inloggade enheter").click()
    expect(computer.get_by_text("Den här enheten")).to_be_visible()
    computer.get_by_role("button", name="Logga ut Safari på iPhone").first.click()
    expect(computer.get_by_text("Safari på iPhone är utloggad.")).to_be_visible()
    expect(phone.get_by_role("heading", name="Du är utloggad")).to_be_visible()
    phone.context.set_offline(True)
    phone.reload()
    expect(phone.get_by_text("Du är offline")).to_be_visible()
    expect(phone.get_by_text(CLINIC)).to_have_count(0)


def test_a_shared_device_keeps_no_list(stage: Stage) -> None:
    page = keep(stage.patient())
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()
    page.goto("/patient/testkoping/settings/devices")
    page.get_by_role("checkbox", name='Visa bara "Inkommande videosamtal"', exact=True).check()
    page.get_by_role("button", name="Tillbaka till inställningar").click()
    page.get_by_role("button", name="Tillbaka till ärenden").click()
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Du är offline")).to_be_visible()
    expect(page.get_by_text(CLINIC)).to_have_count(0)


def test_an_iphone_is_shown_how_until_it_is_told_not_now(stage: Stage) -> None:
    page = stage.patient(user_agent=IPHONE)
    page.add_init_script("delete window.PushManager")  # as in a tab on an iPhone: push is for what is on the home screen
    page.reload()
    hint = page.get_by_role("region", name="Lägg Närvaro på hemskärmen")
    hint.get_by_role("button", name="Visa hur").click()
    expect(page.get_by_text("Tryck på dela, fyrkanten med en pil uppåt.")).to_be_visible()
    expect(page.get_by_text("Välj Lägg till på hemskärmen.")).to_be_visible()
    page.goto("/patient/testkoping/")
    hint.get_by_role("button", name="Inte nu").click()
    expect(hint).to_have_count(0)
    page.reload()
    expect(page.get_by_role("link", name=CLINIC)).to_be_visible()
    wait_until(page, lambda: bool(page.evaluate(IS_KEPT)), "what comes after the page has come")
    expect(hint).to_have_count(0)


def test_an_android_phone_asks_its_browser_when_the_person_presses(stage: Stage) -> None:
    page = keep(stage.patient(user_agent=ANDROID))
    page.evaluate(OFFER)
    page.get_by_role("region", name="Få veta när vården ringer").get_by_role("button", name="Inte nu").click()
    page.get_by_role("region", name="Lägg Närvaro på hemskärmen").get_by_role("button", name="Visa hur").click()
    assert page.evaluate("() => window.asked") is False
    page.get_by_role("button", name="Lägg till", exact=True).click()
    wait_until(page, lambda: bool(page.evaluate("() => window.asked")), "the browser's own question")
