"""A ring tells the truth, whatever becomes of it."""

import re

from e2e.support import (
    QUESTION,
    Stage,
    accept,
    call_id_of,
    expect_remote_picture,
    post_json,
    ring,
    start_call,
    statistic,
    talk,
    wait_until,
)
from playwright.sync_api import Page, Route, expect

COUNT_QUESTIONS = """() => {
    window.questionsForTest = 0;
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wish) => {
        window.questionsForTest += 1;
        return real(wish);
    };
}"""
"""How often the page has asked for camera or microphone."""


def test_a_declined_ring_is_told_and_can_be_rung_again(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    patient.get_by_role("button", name="Avböj").click()
    expect(window.get_by_text("Avböjt")).to_be_visible()
    window.get_by_role("button", name="Ring igen").click()
    accept(patient)
    expect_remote_picture(window)


def test_a_cancelled_ring_stops_on_the_patients_screen_and_asks_nothing(stage: Stage) -> None:
    _, window, dialog = ring(stage)
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
    window.evaluate("window.isSameForTest = true")
    staff.get_by_role("button", name="Gå till samtalet").click()
    assert window.evaluate("window.isSameForTest"), "the window is not loaded anew"
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
    staff.evaluate("window.openForTest = window.open; void (window.open = () => null)")
    staff.get_by_role("button", name="Starta videosamtal").click()
    expect(staff.get_by_text("Fönstret blockerades. Ingen har ringts upp.")).to_be_visible()
    expect(staff.get_by_role("button", name="Öppna samtalsfönstret")).to_be_visible()
    assert patient.get_by_role("alertdialog", name="Inkommande videosamtal").is_hidden()
    staff.evaluate("void (window.open = window.openForTest)")  # a function would be called
    with staff.expect_popup() as popup:
        staff.get_by_role("button", name="Öppna samtalsfönstret").click()
    expect(popup.value.get_by_text("Visas på patientens skärm")).to_be_visible()
    expect(staff.get_by_text("Fönstret blockerades. Ingen har ringts upp.")).to_be_hidden()


def test_an_unanswered_ring_is_missed_after_its_time_and_leaves_a_trace(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    late = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(window.get_by_text("Patienten svarade inte")).to_be_visible(timeout=60_000)
    expect(late).to_be_hidden()
    expect(staff.get_by_text(re.compile(r"Patienten svarade inte \d\d:\d\d – visades på skärmen"))).to_be_visible()
    wait_until(window, lambda: window.get_by_role("button", name="Ring igen").is_visible(), "Ring igen")


def test_while_it_rings_the_line_is_made_ready_and_camera_and_microphone_stay_untouched(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    patient.evaluate(COUNT_QUESTIONS)
    window = start_call(staff)
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_be_visible()
    wait_until(patient, lambda: "connected" in lines_of(patient), "a media connection before the answer")
    wait_until(window, lambda: "connected" in lines_of(window), "staff are connected too")
    sent = ("outbound-rtp", "video", "packetsSent")
    wait_until(patient, lambda: statistic(patient, *sent) > 0, "a black picture: the media server knows a track by its packets")
    expect(window.get_by_test_id("person")).to_have_count(0)
    for page in (window, patient):
        assert statistic(page, "inbound-rtp", "video", "packetsReceived") == 0
    assert patient.evaluate("window.questionsForTest") == 0
    before = lines_of(patient)
    accept(patient)
    expect_remote_picture(patient)
    expect_remote_picture(window)
    assert lines_of(patient) == before, "the answer used the line that was ready"


def test_when_the_line_cannot_be_made_ready_the_answer_joins_plainly(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    patient.route("**/prepare", lambda route: route.abort())
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(patient)
    expect_remote_picture(window)


def test_a_double_click_makes_one_window_and_one_call(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    staff.get_by_role("link", name="Sofia Gunnarsson").click()
    with staff.expect_popup() as popup:
        staff.get_by_role("button", name="Starta videosamtal").dblclick()
    expect(popup.value.get_by_text("Visas på patientens skärm")).to_be_visible()
    assert len(staff.context.pages) == 2
    expect(patient.get_by_role("alertdialog", name="Inkommande videosamtal")).to_have_count(1)


def test_from_a_second_tab_the_call_is_gone_to_and_not_rung_anew(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    tab = staff.context.new_page()
    tab.goto(staff.url)
    with tab.expect_popup() as popup:
        tab.get_by_role("button", name="Gå till samtalet").click()
    expect_remote_picture(popup.value)
    assert call_id_of(popup.value) == call_id_of(window)
    assert patient.get_by_role("alertdialog", name="Inkommande videosamtal").is_hidden()
    expect(window.get_by_text("Du är med i samtalet i ett annat fönster.")).to_be_visible()
    window.get_by_role("button", name="Fortsätt här").click()
    expect_remote_picture(window)
    expect_remote_picture(patient)


def test_a_reload_while_it_rings_does_not_ring_anew(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    address = f"/api/staff/calls/{call_id_of(window)}"
    before = post_json(staff, address, None, "GET")["body"]["ring"]
    window.reload()
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    after = post_json(staff, address, None, "GET")["body"]["ring"]
    assert (after["id"], after["rung_at"]) == (before["id"], before["rung_at"])
    accept(patient)
    expect_remote_picture(window)


def test_a_late_tap_is_told_kindly_and_can_say_that_one_is_ready(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    held: list[Route] = []
    patient.route("**/answer", lambda route: held.append(route))
    window = start_call(staff)
    accept(patient)
    wait_until(patient, lambda: len(held) == 1, "the answer is on its way")
    window.get_by_role("button", name="Avbryt").click()
    expect(window.get_by_role("button", name="Stäng fönstret")).to_be_visible()
    held[0].continue_()
    expect(patient.get_by_role("heading", name="Samtalet ringer inte längre.")).to_be_focused()
    patient.get_by_role("button", name="Jag är redo").click()
    expect(patient.get_by_role("heading", name="Samtalet ringer inte längre.")).to_be_hidden()
    expect(staff.get_by_role("log").get_by_text("Jag är redo").last).to_be_visible()


def test_a_cancel_that_meets_the_answer_leaves_the_call_to_staff(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    held: list[Route] = []
    window = start_call(staff)
    window.route("**/cancel", lambda route: held.append(route))
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    window.get_by_role("button", name="Avbryt").click()
    wait_until(window, lambda: len(held) == 1, "the cancel is on its way")
    accept(patient)
    expect_remote_picture(window)
    with window.expect_response("**/cancel") as refused:
        held[0].continue_()
    assert refused.value.status == 409
    window.get_by_role("button", name="Avsluta videosamtal").click(trial=True)
    expect_remote_picture(patient)
    assert patient.get_by_role("heading", name=QUESTION).is_hidden()


def test_the_window_is_of_no_use_to_somebody_else_who_signs_in_meanwhile_c5b(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    call_id = call_id_of(window)
    sign_in_as(staff, stage.demo.sign_in_url("Anna Lindqvist"), "Anna Lindqvist")
    words = "Någon annan har loggat in här. Logga in som Selma Testkvist för att fortsätta."
    expect(window.get_by_role("heading", name=words)).to_be_visible()
    assert post_json(window, f"/api/staff/calls/{call_id}/end", {})["status"] in {404, 409}
    assert patient.get_by_role("heading", name=QUESTION).is_hidden()
    window.reload()
    expect(window.get_by_role("heading", name=words)).to_be_visible()
    sign_in_as(staff, stage.demo.sign_in_url("Selma Testkvist"), "Selma Testkvist")
    window.reload()
    expect_remote_picture(window)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()


def sign_in_as(page: Page, address: str, name: str) -> None:
    page.goto(address)
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name="Ärenden")).to_be_visible()


def lines_of(page: Page) -> list[str]:
    """The state of each of the page's peer connections, oldest first."""
    return list(page.evaluate("window.peersForTest.map((peer) => peer.connectionState)"))
