"""Text that guests read along, and an interpreter on everybody's stage."""

import re

from e2e.guests import come_in, panel
from e2e.support import Stage, call_id_of, post_json, talk, wait_until
from e2e.test_looks import Inspector
from playwright.sync_api import Locator, Page, expect

ALL = "Syns för alla i samtalet"
TO_PATIENT = "Syns bara för patienten"
TO_STAFF = "Syns bara för vårdpersonalen"

WATCH_WORDS = """
() => {
    window.saidForTest = new Set();
    const look = () => document.querySelectorAll("[role=status] p").forEach((one) => window.saidForTest.add(one.innerText));
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}
"""
"""What is shown for a while and read out, however late one looks."""


def messages(page: Page) -> Locator:
    found = page.get_by_role("complementary", name="Meddelanden")
    if not found.is_visible():
        page.get_by_role("button", name="Meddelanden").click()
    expect(found).to_be_visible()
    return found


def write(page: Page, text: str, *, to: str | None = None) -> None:
    box = messages(page)
    if to:
        box.get_by_text(to, exact=True).last.click()
        expect(box.get_by_role("radio", name=to)).to_be_checked()
    box.get_by_role("textbox", name="Skriv ett meddelande").fill(text)
    box.get_by_role("button", name="Skicka meddelande").click()


def row(page: Page, text: str) -> Locator:
    return messages(page).get_by_role("listitem").filter(has_text=text)


def test_guests_read_what_is_for_everybody_and_nothing_that_is_for_the_patient_c3(stage: Stage) -> None:
    _, window, patient = talk(stage)
    write(window, "Innan gästen kom", to=ALL)
    patient.evaluate(WATCH_WORDS)
    guest, _ = come_in(stage, window, "Amira Tolk", role="tolk")
    news = "Amira Tolk (tolk) kommer in – inbjuden av Selma Testkvist."
    wait_until(patient, lambda: news in patient.evaluate("[...window.saidForTest]"), "the patient reads who comes in")
    expect(messages(window).get_by_role("radio", name=TO_PATIENT)).to_be_checked()
    write(window, "Hemligt för patienten")
    write(window, "Recept: två om dagen", to=ALL)
    expect(guest.get_by_role("button", name="Meddelanden")).to_contain_text("1")
    expect(row(guest, "Recept: två om dagen")).to_contain_text("Selma Testkvist")
    write(guest, "Jag översätter")
    write(patient, "Tack allihop", to=ALL)
    write(patient, "Det gör ont", to=TO_STAFF)
    for page in (window, patient):
        expect(row(page, "Jag översätter")).to_contain_text("Amira Tolk · gäst, ej legitimerad")
        expect(row(page, "Recept: två om dagen")).to_contain_text(ALL)
    expect(row(window, "Det gör ont")).to_contain_text(TO_STAFF)
    expect(row(guest, "Tack allihop")).to_be_visible()
    for unseen in ("Hemligt för patienten", "Det gör ont", "Innan gästen kom"):
        expect(guest.get_by_text(unseen)).to_have_count(0)
    guest.reload()
    expect(row(guest, "Jag översätter")).to_have_count(1)
    written = f"/api/guest/calls/{call_id_of(window)}/messages"
    panel(window).get_by_role("button", name="Ta bort Amira Tolk ur samtalet").click()
    expect(guest.get_by_text("Du är inte längre med i samtalet.")).to_be_visible()
    expect(guest.get_by_text("Recept: två om dagen")).to_have_count(0)
    again = post_json(guest, written, {"id": "0b7e5f6a-6a3f-4a39-8f43-0f9a36c1c001", "text": "Hej igen"})
    assert again["status"] == 404
    assert guest.evaluate("Object.keys(localStorage).filter((key) => key.includes('personal'))") == []
    logs = stage.demo.logs()
    assert "Recept" not in logs
    assert "Jag översätter" not in logs


def test_a_guests_text_survives_a_lost_line_and_is_there_once_g1(stage: Stage) -> None:
    _, window, _ = talk(stage)
    guest, _ = come_in(stage, window, "Rut Anhörig")
    messages(guest)
    guest.route("**/api/guest/calls/*/messages", lambda route: route.abort())
    write(guest, "Skrivet utan nät")
    expect(row(guest, "Skrivet utan nät")).to_contain_text("inte skickat än")
    guest.unroute("**/api/guest/calls/*/messages")
    expect(row(guest, "Skrivet utan nät")).to_contain_text(re.compile("· skickat$"))
    expect(row(window, "Skrivet utan nät")).to_have_count(1)


def tile(page: Page, name: str) -> Locator:
    return page.get_by_test_id("person").filter(has_text=name)


def is_widest(page: Page, name: str) -> bool:
    """Its tile is wider than every other."""
    widths = {one.inner_text(): (one.bounding_box() or {"width": 0})["width"] for one in page.get_by_role("figure").all()}
    mine = next((width for words, width in widths.items() if name in words), 0)
    return all(width < mine for words, width in widths.items() if name not in words)


def test_an_interpreter_is_pinned_for_everybody_and_ones_own_pin_wins(stage: Stage) -> None:
    _, window, patient = talk(stage)
    guest, _ = come_in(stage, window, "Tina Tecken", role="teckenspråkstolk")
    expect(panel(window).get_by_role("button", name="Fäst Sofia Gunnarsson för alla")).to_have_count(0)
    panel(window).get_by_role("button", name="Fäst Tina Tecken för alla").click()
    for page in (window, patient):
        expect(tile(page, "Tina Tecken")).to_contain_text("Fäst för alla")
        assert is_widest(page, "Tina Tecken")
    expect(guest.get_by_test_id("own-picture")).to_contain_text("Fäst för alla")
    tile(patient, "Selma Testkvist").get_by_role("button", name="Fäst Selma Testkvist").click()
    assert is_widest(patient, "Selma Testkvist")
    assert is_widest(window, "Tina Tecken")
    panel(window).get_by_role("button", name="Lossa Tina Tecken för alla").click()
    expect(tile(window, "Tina Tecken")).not_to_contain_text("Fäst för alla")
    panel(window).get_by_role("button", name="Fäst Tina Tecken för alla").click()
    guest.get_by_role("button", name="Lämna samtalet").click()
    expect(window.get_by_text("Fäst för alla")).to_have_count(0)


def test_the_two_audiences_are_legible_in_every_width_and_theme(stage: Stage) -> None:
    inspector = Inspector()
    staff, window, _ = talk(stage)
    guest, _ = come_in(stage, window, "Amira Tolk", role="tolk")
    write(window, "Bara till patienten")
    write(window, "Till alla", to=ALL)
    expect(row(guest, "Till alla")).to_be_visible()
    for page, state in ((window, "staff's panel"), (guest, "guest's panel")):
        inspector.look(page, state, ("dark",))
    expect(staff.get_by_text(ALL).last).to_be_visible()
    inspector.look(staff, "the conversation with both")
    assert inspector.faults == []
