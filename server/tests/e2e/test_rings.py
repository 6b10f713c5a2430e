"""A ring tells the truth, whatever becomes of it."""

import re

from e2e.support import Stage, accept, call_id_of, expect_remote_picture, post_json, start_call, wait_until
from playwright.sync_api import expect


def test_a_declined_ring_is_told_and_can_be_rung_again(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    patient.get_by_role("button", name="Avböj").click()
    expect(window.get_by_text("Avböjt")).to_be_visible()
    window.get_by_role("button", name="Ring igen").click()
    accept(patient)
    expect_remote_picture(window)


def test_a_cancelled_ring_stops_on_the_patients_screen_and_asks_nothing(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    dialog = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(dialog).to_be_visible()
    window.get_by_role("button", name="Avbryt").click()
    expect(dialog).to_be_hidden()
    expect(window.get_by_role("heading", name="Upplevde du några tekniska problem under videosamtalet?")).to_be_hidden()


def test_a_patient_without_the_app_open_is_said_to_be_so(stage: Stage) -> None:
    staff = stage.staff()
    window = start_call(staff, "Erik Lind")
    expect(window.get_by_text("Patienten har inte appen öppen")).to_be_visible()


def test_of_two_devices_one_answers_and_the_other_is_told(stage: Stage) -> None:
    phone, tablet, staff = stage.patient(), stage.patient(), stage.staff()
    window = start_call(staff)
    expect(tablet.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()
    accept(phone)
    expect(tablet.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_hidden()
    expect_remote_picture(window)
    expect_remote_picture(phone)


def test_a_minute_is_asked_for_once(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    patient.get_by_role("button", name="Ge mig en minut").click()
    expect(window.get_by_text("Patienten ber om en minut")).to_be_visible()
    expect(patient.get_by_role("button", name="Ge mig en minut")).to_be_disabled()


def test_no_key_that_is_being_typed_answers_e3b(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    start_call(staff)
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()
    patient.keyboard.press("Enter")
    patient.keyboard.press("Space")
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()


def test_a_second_click_goes_to_the_call_and_a_colleague_sees_who_is_in_it(stage: Stage) -> None:
    patient, staff, colleague = stage.patient(), stage.staff(), stage.staff("Anna Lindqvist")
    colleague.get_by_role("link", name="Sofia Gunnarsson").click()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    expect(staff.get_by_role("button", name="Gå till samtalet")).to_be_visible()
    expect(colleague.get_by_text(re.compile("Selma Testkvist")).first).to_be_visible()
    expect(colleague.get_by_role("button", name="Starta videosamtal")).to_be_hidden()


def test_a_reload_of_the_call_window_never_rings_again(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    call_id = call_id_of(window)
    window.reload()
    expect_remote_picture(window)
    assert patient.get_by_role("alertdialog", name="Inkommande videosamtal").is_hidden()
    call = post_json(staff, f"/api/staff/calls/{call_id}", None, "GET")["body"]
    assert (call["status"], call["ring"]["status"]) == ("active", "answered")


def test_a_blocked_window_rings_nobody(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    staff.get_by_role("link", name="Sofia Gunnarsson").click()
    staff.evaluate("window.open = () => null")
    staff.get_by_role("button", name="Starta videosamtal").click()
    expect(staff.get_by_text("Fönstret blockerades. Ingen har ringts upp.")).to_be_visible()
    expect(staff.get_by_role("button", name="Öppna samtalsfönstret")).to_be_visible()
    assert patient.get_by_role("alertdialog", name="Inkommande videosamtal").is_hidden()


def test_an_unanswered_ring_is_missed_after_its_time_and_leaves_a_trace(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    late = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(window.get_by_text("Patienten svarade inte")).to_be_visible(timeout=60_000)
    expect(late).to_be_hidden()
    expect(staff.get_by_text(re.compile(r"Patienten svarade inte \d\d:\d\d – visades på skärmen"))).to_be_visible()
    wait_until(window, lambda: window.get_by_role("button", name="Ring igen").is_visible(), "Ring igen")
