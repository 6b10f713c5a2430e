"""*Jag är redo*, from the link in a reminder to the ring."""

import re

from e2e.support import PATIENCE, Stage, accept, expect_remote_picture, start_call
from e2e.test_looks import Inspector
from e2e.test_looks import inspector as inspector
from e2e.test_pictures import take
from playwright.sync_api import Locator, Page, expect

LATE = "Vi är 10 minuter sena."


def test_a_patient_who_is_ready_is_first_in_the_list_until_rung(stage: Stage, inspector: Inspector) -> None:
    staff, other, patient = stage.staff(), stage.patient("Erik Lind"), come_by_reminder(stage)
    inspector.look(patient, "ready by a link")
    expect(staff.get_by_role("link", name="Sofia Gunnarsson")).to_be_visible()
    assert group(staff).is_hidden(), "the link alone says nothing"
    staff.set_viewport_size({"width": 700, "height": 800})
    staff.get_by_role("link", name="Sofia Gunnarsson").click()

    patient.get_by_role("button", name="Jag är redo").click()
    expect(patient).to_have_url(re.compile(r"/conversations/[0-9a-f-]+$"))
    expect(patient.get_by_text("Vårdpersonalen har inte sett det än.")).to_be_visible()
    expect(staff.get_by_text("Redo sedan mindre än 1 min").last).to_be_visible()
    staff.get_by_role("button", name="Tillbaka till ärenden").click()
    expect(patient.get_by_text("Vårdpersonalen ser att du väntar.")).to_be_visible()
    assert patient.get_by_text("På sista tiden").is_hidden(), "fewer than five have been called"
    inspector.look(patient, "patient who waits")

    other.get_by_role("link", name="Hälsocentralen Testköping").click()
    other.get_by_role("button", name="Jag är redo").click()
    names = group(staff).get_by_role("link")
    expect(names).to_have_count(2)
    expect(names.first).to_contain_text("Sofia Gunnarsson")
    expect(staff.get_by_role("link", name="Sofia Gunnarsson")).to_have_count(1)
    staff.set_viewport_size({"width": 1280, "height": 800})
    take(staff, "redo")
    inspector.look(staff, "staff with two who wait")
    write_to_all(staff, inspector)
    for page in (patient, other):
        expect(page.get_by_text(LATE)).to_have_count(1)

    window = start_call(staff)
    expect(names).to_have_count(1)
    accept(patient)
    expect_remote_picture(window)
    other.get_by_role("button", name="Jag är inte redo längre").click()
    expect(group(staff)).to_be_hidden()
    expect(other.get_by_role("button", name="Jag är redo")).to_be_visible()


def test_the_late_tap_and_a_reload_keep_the_wait(stage: Stage) -> None:
    staff, patient = stage.staff(), stage.patient()
    window = start_call(staff)
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()
    window.get_by_role("button", name="Avbryt").click()
    patient.get_by_role("button", name="Jag är redo").click()
    expect(group(staff)).to_be_visible()
    for page in (staff, patient):
        page.reload()
    expect(group(staff).get_by_role("link", name="Sofia Gunnarsson")).to_be_visible()
    expect(patient.get_by_text("Redo för samtal")).to_be_visible()
    patient.get_by_role("link", name="Hälsocentralen Testköping").click()
    patient.get_by_role("button", name="Jag är inte redo längre").click()
    expect(group(staff)).to_be_hidden()


def come_by_reminder(stage: Stage) -> Page:
    """Signed out, on a phone."""
    page = stage.context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    page.goto("/patient/testkoping/?redo=1")
    page.get_by_role("link", name="Logga in").click()
    page.get_by_role("button", name="Sofia Gunnarsson").click()
    expect(page.get_by_role("heading", name="Är du redo för ditt videosamtal?")).to_be_visible(timeout=PATIENCE)
    return page


def write_to_all(staff: Page, inspector: Inspector) -> None:
    staff.get_by_role("button", name="Skriv till alla som väntar").click()
    dialog = staff.get_by_role("dialog", name="Skriv till alla som väntar")
    dialog.get_by_role("button", name=LATE).click()
    inspector.look(staff, "write to all who wait")
    dialog.get_by_role("button", name="Skicka till 2 som väntar").dblclick()
    expect(dialog.get_by_text("Skickat till 2 som väntar.")).to_be_visible()
    dialog.get_by_role("button", name="Klart").click()


def group(staff: Page) -> Locator:
    return staff.get_by_role("region", name="Redo för samtal")
