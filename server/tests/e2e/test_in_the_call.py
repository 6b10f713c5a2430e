"""Lathund 3 a–f, leaving, losing and coming back, and what nobody may do."""

import os
import signal

from e2e.support import (
    QUESTION,
    Stage,
    accept,
    call_id_of,
    expect_no_growth,
    expect_remote_picture,
    expect_remote_sound,
    post_json,
    talk,
    wait_until,
)
from playwright.sync_api import Locator, Page, expect


def test_a_camera_that_is_off_sends_nothing_and_is_seen_as_off(stage: Stage) -> None:
    _, window, patient = talk(stage)
    patient.get_by_role("button", name="Stäng av kameran").click()
    expect(patient.get_by_role("button", name="Slå på kameran")).to_be_visible()
    patient.wait_for_timeout(1000)
    expect_no_growth(patient, "outbound-rtp", "video", "framesEncoded")
    window.get_by_role("button", name="Deltagare").click()
    panel = window.get_by_role("complementary", name="Deltagare").or_(window.get_by_role("region", name="Deltagare"))
    expect(panel.get_by_text("Kamera av").first).to_be_attached()
    patient.get_by_role("button", name="Slå på kameran").click()
    expect_remote_picture(window)


def test_a_muted_microphone_sends_no_sound(stage: Stage) -> None:
    _, window, patient = talk(stage)
    expect_remote_sound(patient)
    window.get_by_role("button", name="Stäng av mikrofonen").click()
    expect(window.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()
    patient.wait_for_timeout(1500)
    expect_no_growth(patient, "inbound-rtp", "audio", "totalAudioEnergy")


def test_a_shared_screen_arrives_and_says_so(stage: Stage) -> None:
    _, window, patient = talk(stage)
    window.get_by_role("button", name="Dela skärm").click()
    expect(window.get_by_text("Välj ett fönster. Kontrollera att inga andra patientuppgifter syns.")).to_be_visible()
    window.get_by_role("button", name="Välj fönster").click()
    expect(window.get_by_text("Du delar skärm. Alla i samtalet ser den.")).to_be_visible()
    expect_shared_surface(patient, "Selma Testkvist delar skärm")
    window.get_by_role("button", name="Sluta dela skärm").click()
    expect(window.get_by_role("button", name="Dela skärm", exact=True)).to_be_visible()
    expect(patient.get_by_test_id("screen")).to_have_count(0)


def test_the_patient_shares_only_while_staff_let_others_do_so(stage: Stage) -> None:
    _, window, patient = talk(stage)
    share = patient.get_by_role("button", name="Dela skärm", exact=True)
    expect(share).to_have_count(0)
    window.get_by_role("button", name="Deltagare").click()
    rule = window.get_by_role("switch", name="Låt andra dela skärm")
    rule.click()
    share.click()
    patient.get_by_role("button", name="Välj fönster").click()
    expect_shared_surface(window, "Sofia Gunnarsson delar skärm")
    rule.click()
    expect(window.get_by_test_id("screen")).to_have_count(0)
    expect(patient.get_by_text("Du delar skärm. Alla i samtalet ser den.")).to_be_hidden()
    expect(share).to_have_count(0)


def expect_shared_surface(page: Page, words: str) -> None:
    screen = page.get_by_test_id("screen")
    expect(screen.get_by_text(words)).to_be_visible()
    drawn = "video => video.getVideoPlaybackQuality().totalVideoFrames"
    wait_until(page, lambda: screen.locator("video").evaluate(drawn) > 0, "the shared surface is drawn")


def test_the_camera_can_be_changed_during_the_call(stage: Stage) -> None:
    _, window, patient = talk(stage)
    window.get_by_role("button", name="Inställningar").click()
    dialog = window.get_by_role("dialog", name="Inställningar")
    cameras = dialog.get_by_role("combobox", name="Kamera", exact=True)
    expect(cameras.locator("option")).to_have_count(3)
    other = values_of(cameras)[-1]
    assert camera_sent(window) != other
    cameras.select_option(other)
    wait_until(window, lambda: camera_sent(window) == other, "the other camera is the one that is sent")
    window.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect_remote_picture(patient)


def values_of(choice: Locator) -> list[str]:
    return list(choice.locator("option").evaluate_all("options => options.map((option) => option.value)"))


def camera_sent(page: Page) -> str:
    """The id of the camera whose picture leaves the browser."""
    return str(
        page.evaluate("""() => window.peersForTest
        .filter((peer) => peer.connectionState !== "closed")
        .flatMap((peer) => peer.getSenders())
        .find((sender) => sender.track?.kind === "video")?.track.getSettings().deviceId""")
    )


def test_the_patient_cannot_end_and_can_come_back(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    expect(patient.get_by_role("button", name="Avsluta videosamtal")).to_have_count(0)
    call_id = call_id_of(window)
    assert post_json(patient, f"/api/patient/calls/{call_id}/end", {})["status"] == 404
    assert post_json(patient, f"/api/staff/calls/{call_id}/end", {})["status"] == 401
    patient.get_by_role("button", name="Lämna samtalet").click()
    expect(window.get_by_text("Sofia Gunnarsson har lämnat samtalet")).to_be_visible()
    patient.get_by_role("button", name="Gå tillbaka till samtalet").click()
    expect_remote_picture(window)
    expect_remote_picture(patient)
    expect(staff.get_by_role("button", name="Gå till samtalet")).to_be_visible()


def test_a_patient_who_left_is_rung_again_with_the_same_truth_in_words(stage: Stage) -> None:
    _, window, patient = talk(stage)
    patient.get_by_role("button", name="Lämna samtalet").click()
    window.get_by_role("button", name="Ring igen").click()
    expect(window.get_by_text("Visas på patientens skärm")).to_be_visible()
    patient.get_by_role("button", name="Avböj").click()
    expect(window.get_by_text("Avböjt")).to_be_visible()
    expect(window.get_by_role("button", name="Avbryt")).to_have_count(0)
    window.get_by_role("button", name="Ring igen").click()
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)


def test_a_reload_in_the_middle_returns_the_patient_to_the_call(stage: Stage) -> None:
    _, window, patient = talk(stage)
    patient.reload()
    expect_remote_picture(patient)
    expect_remote_picture(window)


def test_the_window_closed_by_its_x_is_told_and_the_call_goes_on(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    window.close()
    expect(staff.get_by_text("Du stängde fönstret men samtalet pågår.")).to_be_visible()
    expect(patient.get_by_text("Vårdpersonalen har tappat anslutningen – vänta kvar")).to_be_visible()
    staff.get_by_role("button", name="Avsluta videosamtal").click()
    expect(staff.get_by_role("heading", name=QUESTION)).to_be_visible()
    staff.get_by_role("button", name="Nej", exact=True).click()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()


def test_a_socket_cut_for_eight_seconds_tells_nobody_left_f2(stage: Stage) -> None:
    _, window, patient = talk(stage)
    patient.context.set_offline(True)
    patient.wait_for_timeout(8000)
    assert window.get_by_text("Sofia Gunnarsson har lämnat samtalet").is_hidden()
    patient.context.set_offline(False)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    wait_until(patient, lambda: patient.get_by_text("Ingen anslutning").is_hidden(), "the line is back")


def test_a_killed_media_server_comes_back_without_a_click_f3(stage: Stage) -> None:
    _, window, patient = talk(stage)
    window.get_by_role("button", name="Stäng av mikrofonen").click()
    livekit = stage.demo.child("livekit")
    os.kill(livekit, signal.SIGKILL)
    wait_until(window, lambda: stage.demo.has_replaced("livekit", livekit), "the demo starts it again")
    expect_remote_picture(patient, patience=30_000)
    expect_remote_picture(window, patience=30_000)
    expect(window.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()


def test_every_request_goes_to_our_own_host_a7(stage: Stage) -> None:
    _, window, patient = talk(stage)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()
    assert stage.foreign_hosts() == set()
    for page in (window, patient):
        assert page.evaluate("window.iceServersForTest.filter((url) => !url.includes('127.0.0.1'))") == []


OFFERED = """
peersForTest.flatMap((peer) =>
    [...(peer.localDescription?.sdp ?? "").matchAll(/a=rtpmap:\\d+ ([^/]+)/g)].map((found) => found[1]))
"""


def test_what_a_page_offers_is_what_our_rooms_carry_and_no_more(stage: Stage) -> None:
    _, window, patient = talk(stage)
    for page in (window, patient):
        assert {"VP8", "opus"} <= set(page.evaluate(OFFERED)) <= {"VP8", "rtx", "opus", "red"}


def test_signing_out_in_a_call_is_asked_about(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    menu = staff.get_by_role("button", name="Selma Testkvist")
    menu.click()
    staff.get_by_role("menuitem", name="Logga ut").click()
    asked = staff.get_by_role("dialog", name="Du är med i ett videosamtal")
    asked.get_by_role("button", name="Stanna kvar").click()
    expect(asked).to_have_count(0)
    expect_remote_picture(window)
    menu.click()
    staff.get_by_role("menuitem", name="Logga ut").click()
    asked.get_by_role("button", name="Logga ut ändå").click()
    expect(staff.get_by_role("link", name="Logga in")).to_be_visible()
    expect(patient.get_by_text("Vårdpersonalen har tappat anslutningen – vänta kvar")).to_be_visible()
