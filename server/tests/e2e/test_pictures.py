"""The pictures of README and the guides, taken by walking through them: `PICTURES=1` puts them where the papers show them."""

import os
import re
from pathlib import Path

from e2e.guests import dialog, link_of, numbers
from e2e.support import OUTPUT, QUESTION, Stage, accept, expect_remote_picture, start_call
from e2e.test_app import IPHONE, keep
from playwright.sync_api import Page, expect

SHOWN = Path(__file__).parents[3] / "docs" / "lathund" / "bilder"
LARGEST = 250_000
"""Bytes; a guide must open on a slow line."""


def test_the_guides_show_what_is_on_the_screen(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    patient.get_by_role("link", name="Hälsocentralen Testköping").click()
    staff.get_by_role("link", name="Sofia Gunnarsson").click()
    write(staff, "Hej Sofia! Ja, jag ringer upp dig på video. Är du redo?")
    write(patient, "Ja, jag är redo.")
    expect(staff.get_by_text("Ja, jag är redo.")).to_be_visible()
    expect(staff.get_by_text("läst").last).to_be_visible()
    expect(staff.get_by_role("button", name="Starta videosamtal")).to_be_visible()
    take(staff, "arende")

    window = start_call(staff)
    expect(window.get_by_text("Ringer Sofia Gunnarsson")).to_be_visible()
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    expect(window.get_by_role("button", name="Avbryt")).to_be_visible()
    take(window, "ringer")
    expect(patient.get_by_role("heading", name="Selma Testkvist")).to_be_visible()
    for answer in ("Acceptera", "Svara utan kamera", "Avböj", "Ge mig en minut"):
        expect(patient.get_by_role("button", name=answer)).to_be_visible()
    take(patient, "patient-inkommande")

    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    window.get_by_role("button", name="Deltagare").click()
    expect(window.get_by_text("Selma Testkvist (Du)")).to_be_visible()
    expect(window.get_by_role("button", name="Avsluta videosamtal")).to_be_visible()
    take(window, "samtal")
    take_a_visit(stage, window)

    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(window.get_by_role("heading", name=QUESTION)).to_be_visible()
    take(window, "fragan")


def test_the_patients_guide_shows_what_is_on_the_phone(stage: Stage) -> None:
    phone = keep(stage.patient(user_agent=IPHONE))
    expect(phone.get_by_role("link", name="Hälsocentralen Testköping")).to_be_visible()
    expect(phone.get_by_role("button", name="Visa hur")).to_be_visible()
    take(phone, "app-lista")
    settings = "/patient/testkoping/settings"
    for page, sees, name in (
        ("install", "Välj Lägg till på hemskärmen.", "app-iphone"),
        ("calls", "Sedan frågar din webbläsare", "app-aviseringar"),
        ("devices", "Den här enheten", "app-enheter"),
    ):
        phone.goto(f"{settings}/{page}")
        expect(phone.get_by_text(sees)).to_be_visible()
        take(phone, name)


def take_a_visit(stage: Stage, window: Page) -> None:
    number = next(numbers)
    box = dialog(window)
    box.get_by_role("textbox", name="Telefonnummer").fill(number)
    box.get_by_role("combobox", name="Roll (valfritt)").select_option(label="tolk")
    expect(box.get_by_text("Sverige")).to_be_visible()
    take(window, "bjud-in")
    box.get_by_role("button", name="Lägg till", exact=True).click()
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_role("button", name=re.compile("^Nytt sms till"))).to_be_visible()
    window.keyboard.press("Escape")
    guest = stage.context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    guest.goto(link_of(stage, number))
    guest.get_by_role("textbox", name="Ditt namn").fill("Amira Haddad")
    expect(guest.get_by_role("button", name="Jag kan inte nu")).to_be_visible()
    take(guest, "gast")
    guest.get_by_role("button", name="Gå med i samtalet").click()
    admit = window.get_by_role("button", name="Släpp in Amira Haddad").first
    expect(admit).to_be_visible()
    take(window, "knackar")
    admit.click()
    expect_remote_picture(guest)


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Skriv ett meddelande").fill(text)
    page.get_by_role("button", name="Skicka meddelande").click()
    expect(page.get_by_text(text)).to_be_visible()


def take(page: Page, name: str) -> None:
    folder = SHOWN if os.environ.get("PICTURES") == "1" else OUTPUT
    folder.mkdir(parents=True, exist_ok=True)
    picture = page.screenshot(path=folder / f"{name}.png", animations="disabled", caret="hide")
    assert len(picture) < LARGEST, name
