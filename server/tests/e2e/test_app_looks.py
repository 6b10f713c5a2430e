"""How the app's own pages look: light and dark, narrow and wide, and what axe says of them."""

import pytest
from e2e import test_looks
from e2e.support import Stage
from e2e.test_app import IPHONE, keep
from e2e.test_looks import Inspector
from playwright.sync_api import expect

SETTINGS = "/patient/testkoping/settings"
PAGES = {
    "": "Inställningar",
    "/calls": "Få veta när vården ringer",
    "/texts": "Sms när vården ringer",
    "/quiet": "Tysta timmar",
    "/devices": "Inloggade enheter",
    "/install": "Lägg Närvaro på hemskärmen",
}
SHOWN = {"/texts": "Skicka sms till numret", "/quiet": "Inga tysta timmar.", "/devices": "Den här enheten"}


def test_nothing_is_grave_in_the_apps_own_pages(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_looks, "WIDTHS", (320, 768, 1440))
    inspector = Inspector()
    page = keep(stage.patient(user_agent=IPHONE))
    expect(page.get_by_role("heading", name="Få veta när vården ringer")).to_be_visible()
    inspector.look(page, "app hint")
    for path, heading in PAGES.items():
        page.goto(SETTINGS + path)
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_focused()
        expect(page.get_by_text(SHOWN.get(path, heading)).first).to_be_visible()
        inspector.look(page, f"app settings{path.replace('/', ' ')}")
    page.goto("/patient/testkoping/")
    expect(page.get_by_role("heading", name="Få veta när vården ringer")).to_be_visible()
    page.context.set_offline(True)
    page.reload()
    expect(page.get_by_text("Du är offline")).to_be_visible()
    inspector.look(page, "app offline")
    assert inspector.faults == []
