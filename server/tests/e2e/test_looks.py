"""How every page and state looks and behaves: light and dark, narrow and wide, without a mouse, without jumping.

With LOOKS set, a picture of each is left in `test-output/`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files

import pytest
from e2e.guests import dialog, invite, link_of, numbers, open_link, panel
from e2e.support import OUTPUT, QUESTION, Stage, accept, expect_remote_picture, post_json, start_call, talk
from playwright.sync_api import Locator, Page, expect

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
WIDTHS = (320, 768, 1440) if "LOOKS" in os.environ else (320, 1440)
THEMES = ("light", "dark")

GRAVE = """
async () => {
    const found = await axe.run(document, {resultTypes: ["violations"], preload: false});
    const grave = found.violations.filter((one) => ["serious", "critical"].includes(one.impact));
    return grave.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target} ${node.any[0]?.message ?? node.html}`));
}
"""
TOO_WIDE = """
(width) => [document.documentElement, ...document.querySelectorAll("body *")]
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0)
    .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
    .map((one) => `${one.tagName}.${one.className} ${one.scrollWidth} > ${one.clientWidth}`)
    .concat(innerWidth > width ? [`the page ${innerWidth} > ${width}`] : [])
"""
"""Whatever can be scrolled sideways."""

WATCH_SHIFTS = """
window.shiftsForTest = [];
new PerformanceObserver((list) => {
    for (const one of list.getEntries()) {
        if (one.hadRecentInput) continue;
        window.shiftsForTest.push([one.value, one.sources.map((source) => source.node?.outerHTML?.slice(0, 120))]);
    }
}).observe({type: "layout-shift", buffered: true});
"""
LARGEST_SHIFT = 0.02
"""Sum of layout-shift scores; 0.1 is what browsers' makers call good."""


@dataclass(slots=True)
class Inspector:
    """Looks at a page in every width and theme and keeps what is wrong."""

    faults: list[str] = field(default_factory=list)

    def look(self, page: Page, state: str, themes: tuple[str, ...] = THEMES) -> None:
        size = page.viewport_size
        assert size
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            self._note(state, f"{width}", page.evaluate(TOO_WIDE, width) if width == WIDTHS[0] else [])
            for theme in themes:
                page.emulate_media(color_scheme="dark" if theme == "dark" else "light", reduced_motion="reduce")
                self._note(state, f"{width} {theme}", self._grave(page))
                if "LOOKS" in os.environ:
                    page.screenshot(path=OUTPUT / f"look-{state.replace(' ', '-')}-{width}-{theme}.png")
        page.set_viewport_size(size)

    def _grave(self, page: Page) -> list[str]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE)
        return list(page.evaluate(GRAVE))

    def _note(self, state: str, how: str, faults: list[str]) -> None:
        self.faults += [f"{state} ({how}): {fault}" for fault in faults]


@pytest.fixture
def inspector() -> Iterator[Inspector]:
    inspector = Inspector()
    yield inspector
    assert inspector.faults == []


def test_nothing_is_grave_before_anybody_has_signed_in(stage: Stage, inspector: Inspector) -> None:
    page = stage.context().new_page()
    for path, heading in (("/demo", ""), ("/staff/testkoping/", "Välkommen"), ("/patient/testkoping/", "Välkommen")):
        page.goto(path)
        expect(page.get_by_role("heading", name=heading).first).to_be_visible()
        inspector.look(page, path)
    page.goto(stage.demo.sign_in_url("Sofia Gunnarsson"))
    inspector.look(page, "the demo's sign-in")


def test_nothing_is_grave_in_the_lists_and_conversations(stage: Stage, inspector: Inspector) -> None:
    look = inspector.look
    newcomer = stage.patient("Karl Johansson")
    expect(newcomer.get_by_text("Inga ärenden än")).to_be_visible()
    look(newcomer, "patient without conversations")
    staff, patient = stage.staff(), stage.patient()
    expect(staff.get_by_role("link", name="Sofia Gunnarsson")).to_be_visible()
    look(staff, "staff's list")
    look(patient, "patient's list")
    staff.get_by_role("searchbox", name="Sök patient").fill("Xyz")
    expect(staff.get_by_text("Inget ärende hittades")).to_be_visible()
    look(staff, "nothing found")
    staff.get_by_role("searchbox", name="Sök patient").fill("")
    staff.get_by_role("button", name="Nytt ärende").click()
    expect(staff.get_by_role("dialog").get_by_role("button", name="Karl Johansson")).to_be_visible()
    look(staff, "new conversation")
    staff.keyboard.press("Escape")
    staff.get_by_role("button", name="Selma Testkvist").click()
    look(staff, "account menu")
    staff.keyboard.press("Escape")
    staff.get_by_role("link", name="Sofia Gunnarsson").click()
    patient.get_by_role("link", name="Hälsocentralen Testköping").click()
    write(
        staff, "Hej Sofia! Jag ringer upp dig på video. Läs mer på https://exempel.se/en-mycket-lang-adress-som-inte-far-plats"
    )
    write(patient, "Tack. Jag är redo.")
    expect(staff.get_by_text("Tack. Jag är redo.")).to_be_visible()
    expect(staff.get_by_text("i appen nu").last).to_be_visible()
    look(staff, "staff's conversation")
    look(patient, "patient's conversation")
    patient.context.set_offline(True)
    patient.evaluate("window.dispatchEvent(new Event('offline'))")
    write(patient, "Kommer det här fram?")
    expect(patient.get_by_text("Ingen anslutning")).to_be_visible()
    look(patient, "patient without a line")
    patient.context.set_offline(False)


def test_nothing_is_grave_from_the_ring_to_the_question(stage: Stage, inspector: Inspector) -> None:
    look = inspector.look
    colleague = stage.staff("Anna Lindqvist")
    missed = start_call(colleague, "Erik Lind")
    staff = stage.staff()
    window = start_call(staff)
    expect(window.get_by_text("Patienten har inte appen öppen")).to_be_visible()
    look(window, "ringing nobody")
    look(staff, "staff while a call is open")
    patient = stage.patient()
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()
    look(patient, "incoming call")
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    look(window, "ringing")
    patient.get_by_role("button", name="Avböj").click()
    expect(window.get_by_text("Avböjt")).to_be_visible()
    look(window, "declined")
    window.get_by_role("button", name="Ring igen").click()
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    look_at_the_call(window, patient, partial(look, themes=("light",)))  # always dark
    patient.get_by_role("button", name="Lämna samtalet").click()
    expect(window.get_by_text("Sofia Gunnarsson har lämnat samtalet")).to_be_visible()
    look(window, "the patient has left")
    look(patient, "having left")
    patient.get_by_role("button", name="Gå tillbaka till samtalet").click()
    expect_remote_picture(patient)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    look_at_the_question(window, patient, look)
    look_at_a_call_that_came_to_nothing(staff, patient, look)
    staff.get_by_role("link", name="Erik Lind").click()
    expect(staff.get_by_text("I videosamtal nu: Anna Lindqvist")).to_be_visible()
    look(staff, "a colleague rings")
    expect(missed.get_by_text("Patienten svarade inte")).to_be_visible(timeout=50_000)
    look(missed, "missed")


def look_at_the_call(window: Page, patient: Page, look: Callable[[Page, str], None]) -> None:
    look(window, "staff in the call")
    look(patient, "patient in the call")
    for page, whose in ((window, "staff's"), (patient, "patient's")):
        page.get_by_role("button", name="Inställningar").click()
        expect(page.get_by_role("combobox", name="Kamera", exact=True).locator("option").nth(1)).to_be_attached()
        look(page, f"{whose} settings")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Deltagare").click()
        expect(page.get_by_text("(Du)")).to_be_visible()
        look(page, f"{whose} participants")
        page.get_by_role("button", name="Meddelanden").click()
        expect(page.get_by_role("textbox", name="Skriv ett meddelande")).to_be_visible()
        look(page, f"{whose} messages")
        page.get_by_role("button", name="Stäng panelen").click()
    window.get_by_role("button", name="Dela skärm").click()
    look(window, "before sharing")
    window.get_by_role("button", name="Välj fönster").click()
    expect(window.get_by_text("Du delar skärm. Alla i samtalet ser den.")).to_be_visible()
    expect(patient.get_by_text("Selma Testkvist delar skärm")).to_be_visible()
    look(window, "sharing")
    look(patient, "seeing a shared screen")
    window.get_by_role("button", name="Sluta dela skärm").click()
    patient.get_by_role("button", name="Stäng av kameran").click()
    patient.get_by_role("button", name="Stäng av mikrofonen").click()
    expect(window.get_by_text("Mikrofon av")).to_be_visible()
    look(window, "the patient's camera and microphone are off")
    look(patient, "camera and microphone are off")


def look_at_the_question(window: Page, patient: Page, look: Callable[[Page, str], None]) -> None:
    for page, whose in ((window, "staff's"), (patient, "patient's")):
        expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()
        look(page, f"{whose} question")
        page.get_by_role("button", name="Ja", exact=True).click()
        expect(page.get_by_role("button", name="Bilden frös")).to_be_visible()
        look(page, f"{whose} kinds of problems")
        page.get_by_role("button", name="Bilden frös").click()
        expect(page.get_by_role("button", name="Bilden frös")).to_be_hidden()
        look(page, f"{whose} thanks")
        page.get_by_role("button", name="Stäng", exact=True).click()


def look_at_a_call_that_came_to_nothing(staff: Page, patient: Page, look: Callable[[Page, str], None]) -> None:
    window = start_call(staff)
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()
    window.get_by_role("button", name="Avbryt").click()
    expect(patient.get_by_role("heading", name="Samtalet ringer inte längre.")).to_be_visible()
    look(patient, "rings no longer")
    expect(window.get_by_role("button", name="Stäng fönstret")).to_be_visible()
    look(window, "cancelled")
    patient.get_by_role("button", name="Stäng", exact=True).click()


def test_nothing_is_grave_when_somebody_is_invited_and_knocks(stage: Stage, inspector: Inspector) -> None:
    look = inspector.look
    staged = partial(look, themes=("light",))  # always dark
    dead = stage.context().new_page()
    dead.goto("/g#dead")
    expect(dead.get_by_role("heading", name="Länken fungerar inte.")).to_be_visible()
    look(dead, "guest dead link")
    _, window, _ = talk(stage)
    number, other = next(numbers), next(numbers)
    look_at_the_dialog(window, number, staged)
    invite(window, other)
    window.get_by_role("button", name="Stäng panelen").click()
    guest = stage.context(viewport={"width": 390, "height": 844}).new_page()
    guest.goto(link_of(stage, number))
    look_at_the_door(guest, look)
    expect(window.get_by_role("button", name="Släpp in Amira Haddad").first).to_be_visible()
    staged(window, "staff a knock")
    panel(window)
    staged(window, "staff a knock in the panel")
    refused = open_link(stage, link_of(stage, other), "Fel Person")
    window.get_by_role("button", name="Neka Fel Person").first.click()
    expect(refused.get_by_text("Du släpptes inte in.")).to_be_visible()
    look(refused, "guest refused")
    window.get_by_role("button", name="Släpp in Amira Haddad").first.click()
    expect_remote_picture(guest)
    look_at_a_visit(window, guest, look, staged)


def look_at_the_dialog(window: Page, number: str, look: Callable[[Page, str], None]) -> None:
    box = dialog(window)
    look(window, "invite nobody yet")
    field = box.get_by_role("textbox", name="Telefonnummer")
    field.fill(number)
    box.get_by_role("button", name="Lägg till", exact=True).click()
    expect(field).to_have_value("+46")
    field.fill("070-12")
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_text("Kontrollera numret.")).to_be_visible()
    look(window, "invite a wrong number")
    field.fill("+46")
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_role("button", name="Nytt sms till")).to_be_visible()
    look(window, "invite sent")
    window.keyboard.press("Escape")


def look_at_the_door(guest: Page, look: Callable[[Page, str], None]) -> None:
    enter = guest.get_by_role("button", name="Gå med i samtalet")
    enter.click()
    expect(guest.get_by_text("Skriv ditt namn först.")).to_be_visible()
    look(guest, "guest door without name")
    guest.get_by_role("button", name="Jag kan inte nu").click()
    expect(guest.get_by_text("Tack för att du sa till.")).to_be_visible()
    look(guest, "guest declined")
    guest.get_by_role("button", name="Jag kan nu").click()
    guest.get_by_role("button", name="Prova kamera och mikrofon").click()
    expect(guest.get_by_role("meter", name="Ljudnivå")).to_be_visible()
    guest.get_by_role("textbox", name="Ditt namn").fill("Amira Haddad")
    look(guest, "guest door with preview")
    enter.click()
    expect(guest.get_by_text("Väntar på att vårdpersonalen släpper in dig.")).to_be_visible()
    look(guest, "guest waiting")


def look_at_a_visit(window: Page, guest: Page, look: Callable[[Page, str], None], staged: Callable[[Page, str], None]) -> None:
    expect(window.get_by_role("button", name="Ta bort Amira Haddad ur samtalet")).to_be_visible()
    staged(window, "staff with a guest")
    staged(guest, "guest in the call")
    guest.get_by_role("button", name="Lämna samtalet").click()
    expect(guest.get_by_text("Du har lämnat samtalet.")).to_be_visible()
    look(guest, "guest left")
    guest.get_by_role("button", name="Gå tillbaka till samtalet").click()
    expect_remote_picture(guest)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(guest.get_by_role("heading", name=QUESTION)).to_be_visible()
    look(guest, "guest question")
    guest.get_by_role("button", name="Nej", exact=True).click()
    expect(guest.get_by_role("heading", name="Samtalet är avslutat.")).to_be_visible()
    look(guest, "guest end")


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Skriv ett meddelande").fill(text)
    page.get_by_role("button", name="Skicka meddelande").click()


def test_nothing_jumps_when_messages_pictures_and_people_arrive(stage: Stage) -> None:
    staff, patient = stage.staff(), stage.patient()
    for context in (staff.context, patient.context):
        context.add_init_script(WATCH_SHIFTS)
    staff.reload()
    patient.reload()
    patient.get_by_role("link", name="Hälsocentralen Testköping").click()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    conversation = window.evaluate("new URLSearchParams(location.search).get('conversation')")
    window.get_by_role("button", name="Meddelanden").click()
    expect(window.get_by_role("textbox", name="Skriv ett meddelande")).to_be_visible()
    for number in range(3):
        message = {"id": f"0199a000-0000-7000-8000-00000000000{number}", "text": f"Rad {number}. " * 12}
        assert post_json(patient, f"/api/patient/conversations/{conversation}/messages", message)["status"] in {200, 201}
        expect(window.get_by_text(f"Rad {number}.")).to_be_visible()
        expect(staff.get_by_text(f"Rad {number}.")).to_be_visible()
    patient.get_by_role("button", name="Lämna samtalet").click()
    patient.get_by_role("button", name="Gå tillbaka till samtalet").click()
    expect_remote_picture(window)
    for page in (staff, window, patient):
        shifts = page.evaluate("window.shiftsForTest")
        assert sum(value for value, _ in shifts) < LARGEST_SHIFT, shifts


def test_staff_and_patient_need_no_mouse(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    press(staff, staff.get_by_role("link", name="Sofia Gunnarsson"))
    go_to(staff, staff.get_by_role("textbox", name="Skriv ett meddelande"))
    staff.keyboard.type("Nu ringer jag utan mus.")
    staff.keyboard.press("Enter")
    press(patient, patient.get_by_role("link", name="Hälsocentralen Testköping"))
    expect(patient.get_by_text("Nu ringer jag utan mus.")).to_be_visible()
    go_to(patient, patient.get_by_role("textbox", name="Skriv ett meddelande"))

    with staff.expect_popup() as popup:
        press(staff, staff.get_by_role("button", name="Starta videosamtal"))
    window = popup.value
    incoming = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(incoming.get_by_role("heading", name="Selma Testkvist")).to_be_focused()
    patient.keyboard.type("a \n")
    expect(incoming.get_by_role("button", name="Acceptera")).to_be_enabled()
    press(patient, incoming.get_by_role("button", name="Acceptera"))
    expect_remote_picture(window)

    press(window, window.get_by_role("button", name="Stäng av mikrofonen"))
    press(window, window.get_by_role("button", name="Deltagare"))
    expect(window.get_by_text("Selma Testkvist (Du)")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.get_by_role("button", name="Deltagare")).to_be_focused()
    press(window, window.get_by_role("button", name="Inställningar"))
    expect(window.get_by_role("dialog", name="Inställningar")).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.get_by_role("button", name="Inställningar")).to_be_focused()
    press(patient, patient.get_by_role("button", name="Stäng av kameran"))
    press(window, window.get_by_role("button", name="Avsluta videosamtal"))
    expect(window.get_by_role("heading", name=QUESTION)).to_be_visible()
    press(patient, patient.get_by_role("button", name="Hoppa över"))
    press(window, window.get_by_role("button", name="Ja", exact=True))
    press(window, window.get_by_role("button", name="Bilden frös"))
    expect(window.get_by_role("button", name="Stäng", exact=True)).to_be_visible()


def press(page: Page, control: Locator) -> None:
    go_to(page, control)
    page.keyboard.press("Enter")


def go_to(page: Page, control: Locator) -> None:
    """With Tab alone."""
    expect(control).to_be_visible()
    for _ in range(60):
        if control.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {control}")
