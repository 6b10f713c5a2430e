"""Inviting in English, inviting the same persons again, and ringing again while a guest sits in the call."""

import re

from e2e.guests import come_in, dialog, invite, link_of, numbers, open_link, panel
from e2e.support import Stage, accept, expect_remote_picture, talk
from playwright.sync_api import Page, expect


def html_speaks(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_an_english_text_leads_to_an_english_page_until_the_person_chooses_another(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    box = dialog(window)
    box.get_by_role("textbox", name="Telefonnummer").fill(number)
    expect(box.get_by_role("radio", name="Svenska")).to_be_checked()
    box.get_by_role("radio", name="English").check()
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_text("sms på engelska").last).to_be_visible()
    window.keyboard.press("Escape")
    link = link_of(stage, number)
    phones = stage.context().new_page()
    phones.goto("/demo/phones")
    expect(phones.get_by_text("Region Testköping invites you to a video call now:").first).to_be_visible()

    guest = stage.context(viewport={"width": 390, "height": 844}).new_page()
    guest.goto(link)
    expect(guest.get_by_role("heading", name="Region Testköping invites you to a video call")).to_be_visible()
    html_speaks(guest, "en")
    guest.get_by_role("textbox", name="Your name").fill("Amy Interpreter")
    guest.keyboard.press("Enter")
    expect(window.get_by_role("button", name="Släpp in Amy Interpreter").first).to_be_visible()
    guest.reload()
    html_speaks(guest, "en")
    guest.get_by_role("button", name="Svenska").click()
    expect(guest.get_by_text("Väntar på att vårdpersonalen släpper in dig.")).to_be_visible()
    guest.reload()
    expect(guest.get_by_text("Väntar på att vårdpersonalen släpper in dig.")).to_be_visible()
    html_speaks(guest, "sv")


def test_after_an_end_by_mistake_the_same_persons_are_invited_with_one_press(stage: Stage) -> None:
    _, window, patient = talk(stage)
    number, turned_away = next(numbers), next(numbers)
    for one in (number, turned_away):
        invite(window, one)
    first = link_of(stage, number)
    open_link(stage, first, "Amira Tolk")
    window.get_by_role("button", name="Släpp in Amira Tolk").first.click()
    open_link(stage, link_of(stage, turned_away), "Fel Person")
    window.get_by_role("button", name="Neka Fel Person").first.click()
    expect(panel(window).get_by_text("nekad")).to_be_visible()
    window.get_by_role("button", name="Avsluta videosamtal").click()
    stage.demo.age_texts()
    window.get_by_role("button", name="Ring igen").click()
    accept(patient)
    expect_remote_picture(window)

    expect(dialog(window).get_by_role("button", name="Bjud in samma personer")).to_be_visible()
    window.keyboard.press("Escape")
    offer = panel(window).get_by_role("region", name="Från förra samtalet")
    expect(offer.get_by_role("listitem")).to_have_text([re.compile(f"Amira Tolk.*nummer som slutar på {number[-4:]}")])
    offer.get_by_role("button", name="Bjud in samma personer").click()
    expect(panel(window).get_by_text("Samma personer är inbjudna igen.")).to_be_focused()
    expect(panel(window).get_by_text(re.compile("skickat|levererat"))).to_be_visible()
    second = link_of(stage, number)
    assert second != first
    guest = open_link(stage, second, "Amira Tolk")
    window.get_by_role("button", name="Släpp in Amira Tolk").first.click()
    expect_remote_picture(guest)


def test_a_ring_that_follows_while_a_guest_sits_there_says_how_far_it_has_got(stage: Stage) -> None:
    _, window, patient = talk(stage)
    come_in(stage, window, "Amira Tolk")
    patient.get_by_role("button", name="Lämna samtalet").click()
    expect(window.get_by_text("Sofia Gunnarsson har lämnat samtalet")).to_be_visible()
    window.get_by_role("button", name="Ring igen").click()
    expect(window.get_by_text(re.compile("Ringer Sofia Gunnarsson … Visas på patientens skärm"))).to_be_visible()
    patient.get_by_role("alertdialog").get_by_role("button", name="Avböj").click()
    expect(window.get_by_text("Avböjt")).to_be_visible()
    expect_remote_picture(window)
