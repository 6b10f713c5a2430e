"""The patient whose app is closed is reached all the same, and staff read each rung as it is climbed."""

import re
from typing import Any

from e2e.guests import link_of
from e2e.support import Stage, accept, call_id_of, expect_remote_picture, post_json, ring, start_call
from playwright.sync_api import Page, expect

PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
NUMBER = "+46701740605"
CLIMBS_WITHIN = 25_000
"""Milliseconds: ten seconds by the table, and two busy cores."""


def places(window: Page) -> list[object]:
    """Where the buttons are that staff may be about to press."""
    return [window.get_by_role("button", name=name).bounding_box() for name in ("Ring på telefon", "Avbryt")]


def open_by_link(stage: Stage, address: str) -> Page:
    """On a phone where nobody is signed in, through the sign-in."""
    phone = stage.context(**PHONE).new_page()
    phone.goto(address)
    phone.get_by_role("button", name="Sofia Gunnarsson").click()
    expect(phone).to_have_url(re.compile(r"/patient/testkoping/conversations/[0-9a-f-]+\?ring="))
    return phone


def test_with_the_app_closed_a_text_leads_straight_to_the_call(stage: Stage) -> None:
    stage.demo.age_texts()
    staff = stage.staff()
    window = start_call(staff)
    expect(window.get_by_text("Patienten har inte appen öppen")).to_be_visible()
    before = places(window)
    expect(window.get_by_text(re.compile("Sms skickat|Sms levererat"))).to_be_visible(timeout=CLIMBS_WITHIN)
    assert places(window) == before, "nothing jumps when a rung appears"
    address = link_of(stage, NUMBER)
    expect(window.get_by_text("Sms levererat")).to_be_visible()
    phone = open_by_link(stage, address)
    expect(window.get_by_text("Sms: länken öppnad")).to_be_visible()
    accept(phone)
    expect_remote_picture(phone)
    expect_remote_picture(window)


def test_by_telephone_what_rings_ends_kindly_and_the_log_says_so(stage: Stage) -> None:
    staff, window, dialog = ring(stage)
    window.get_by_role("button", name="Ring på telefon").click()
    expect(window.get_by_role("link", name="+46 70 174 06 05")).to_have_attribute("href", "tel:+46701740605")
    expect(dialog).to_be_hidden()
    expect(
        staff.get_by_role("log").get_by_text(re.compile(r"Selma Testkvist ringde på telefon i stället \d\d:\d\d"))
    ).to_be_visible()
    call = post_json(staff, f"/api/staff/calls/{call_id_of(window)}", None, "GET")["body"]
    assert (call["status"], call["ring"]["status"]) == ("open", "cancelled")
