"""The lathund, from the click on the video camera to *Ja*, on real parts."""

import re

from e2e.support import Stage, accept, expect_remote_picture, expect_remote_sound, start_call
from playwright.sync_api import expect

QUESTION = "Upplevde du några tekniska problem under videosamtalet?"


def test_a_nurse_writes_rings_talks_ends_and_answers_ja(stage: Stage) -> None:
    patient = stage.patient()
    staff = stage.staff()
    staff.get_by_role("link", name="Sofia Gunnarsson").click()
    staff.get_by_role("textbox", name="Skriv ett meddelande").fill("Hej Sofia! Jag ringer upp dig på video.")
    staff.get_by_role("button", name="Skicka meddelande").click()
    patient.get_by_role("link", name="Hälsocentralen Testköping").click()
    expect(patient.get_by_text("Hej Sofia! Jag ringer upp dig på video.", exact=True).last).to_be_visible()
    calls = staff.get_by_text(re.compile(r"Videosamtal \d\d:\d\d–\d\d:\d\d"))
    before = calls.count()

    window = start_call(staff)
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    expect_remote_sound(window)
    expect_remote_sound(patient)

    window.get_by_role("button", name="Stäng av kameran").click()
    expect(window.get_by_role("button", name="Slå på kameran")).to_be_visible()
    window.get_by_role("button", name="Slå på kameran").click()
    window.get_by_role("button", name="Stäng av mikrofonen").click()
    expect(window.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()
    window.get_by_role("button", name="Deltagare").click()
    expect(window.get_by_text("Selma Testkvist (Du)")).to_be_visible()

    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(window.get_by_role("heading", name=QUESTION)).to_be_visible()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()
    window.get_by_role("button", name="Ja", exact=True).click()
    expect(window.get_by_role("button", name="Stäng", exact=True)).to_be_visible()
    patient.get_by_role("button", name="Nej", exact=True).click()
    expect(calls).to_have_count(before + 1)
    assert stage.foreign_hosts() == set()
