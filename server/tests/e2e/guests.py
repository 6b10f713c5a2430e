"""Inviting and being invited, as people do it."""

import re

from e2e.support import Stage, expect_remote_picture
from playwright.sync_api import Locator, Page, expect

numbers = iter(f"+4670174{n:04}" for n in range(610, 700))
"""The Swedish regulator keeps these for tests; each test takes others, for a number gets few texts a day."""


def panel(window: Page) -> Locator:
    found = window.get_by_role("complementary", name="Deltagare")
    if not found.is_visible():
        window.get_by_role("button", name="Deltagare").click()
    return found


def dialog(window: Page) -> Locator:
    found = window.get_by_role("dialog", name="Bjud in deltagare")
    if not found.is_visible():
        panel(window)
        window.get_by_role("button", name="Bjud in", exact=True).click()
    expect(found).to_be_visible()
    return found


def invite(window: Page, number: str) -> None:
    """The lathund's steps 1 to 5."""
    box = dialog(window)
    box.get_by_role("textbox", name="Telefonnummer").fill(number)
    box.get_by_role("button", name="Lägg till", exact=True).click()
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_role("button", name=re.compile(f"^Nytt sms till .*{tail(number).pattern}"))).to_be_visible()
    window.keyboard.press("Escape")


def tail(number: str) -> re.Pattern[str]:
    """The last four digits, however they are spaced."""
    return re.compile(r"\s*".join(number[-4:]))


def link_of(stage: Stage, number: str) -> str:
    """The newest link on the number's virtual phone."""
    phones = stage.context().new_page()
    phones.goto("/demo/phones")
    phone = phones.locator("section").filter(has=phones.get_by_role("heading", name=tail(number)))
    href = phone.get_by_role("link").first.get_attribute("href")
    assert href
    phones.close()
    return href


def open_link(stage: Stage, link: str, name: str, *, role: str | None = None, button: str = "Gå med i samtalet") -> Page:
    """Another browser: types a name and knocks. `role`: as the list on the page says it."""
    guest = stage.context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).new_page()
    guest.goto(link)
    guest.get_by_role("textbox", name="Ditt namn").fill(name)
    if role:
        guest.get_by_label("Din roll (valfritt)").select_option(label=role)
    guest.get_by_role("button", name=button).click()
    return guest


def come_in(stage: Stage, window: Page, name: str, *, role: str | None = None) -> tuple[Page, str]:
    """→ the guest's page, in the call, and the link it came by."""
    number = next(numbers)
    invite(window, number)
    link = link_of(stage, number)
    guest = open_link(stage, link, name, role=role)
    expect(guest.get_by_text("Väntar på att vårdpersonalen släpper in dig.")).to_be_visible()
    window.get_by_role("button", name=f"Släpp in {name}").first.click()
    expect_remote_picture(guest)
    return guest, link
