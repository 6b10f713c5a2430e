"""What breaks in the middle of a call: a process, a line, a page, a device. The call goes on, and says what is the matter."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil
from e2e.support import (
    QUESTION,
    Stage,
    accept,
    expect_growth,
    expect_remote_picture,
    expect_remote_sound,
    launch,
    start_call,
    statistic,
    talk,
    wait_until,
)
from playwright.sync_api import Browser, Error, Page, Playwright, expect

LOST = "Har tappat anslutningen …"
POSTMASTER = "/postgres -D"
BROKEN = "Anslutningen bröts. Återansluter …"
REMEMBER_TRACKS = """() => {
    window.tracksForTest = [];
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wish) => {
        const stream = await real(wish);
        window.tracksForTest.push(...stream.getTracks());
        return stream;
    };
}"""
HAPPEN = """([kind, event]) => {
    const track = window.tracksForTest.findLast((one) => one.kind === kind);
    if (event === "ended") track.stop();
    track.dispatchEvent(new Event(event));
}"""
BUSY = """(isBusy) => {
    const devices = navigator.mediaDevices;
    devices.realForTest ??= devices.getUserMedia.bind(devices);
    const refuse = async () => { throw new DOMException("Could not start video source", "NotReadableError"); };
    devices.getUserMedia = isBusy ? refuse : devices.realForTest;
}"""


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Skriv ett meddelande").fill(text)
    page.get_by_role("button", name="Skicka meddelande").click()


def network_processes() -> set[int]:
    """The processes that hold the sockets of every Chromium we run, sound and picture included."""
    found = set()
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            if "--utility-sub-type=network.mojom.NetworkService" in child.cmdline():
                found.add(child.pid)
    return found


@contextmanager
def stopped(pid: int) -> Iterator[None]:
    """The process is alive and does nothing."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


# A process dies


def test_a_killed_web_process_loses_nothing_and_interrupts_nobody_g1(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    web = stage.demo.child("narvaro.demo.web")
    os.kill(web, signal.SIGKILL)
    write(staff, "Skrivet medan webben var död")
    expect_growth(window, "inbound-rtp", "video", "framesDecoded")
    wait_until(patient, lambda: stage.demo.has_replaced("narvaro.demo.web", web), "the demo starts it again")
    patient.get_by_role("button", name="Meddelanden").click()
    expect(patient.get_by_text("Skrivet medan webben var död")).to_have_count(1)
    expect(patient.get_by_text("Skrivet medan webben var död")).to_be_visible()
    patient.get_by_role("button", name="Stäng panelen").click()  # what it covers is not fetched
    for page in (window, patient):
        expect(page.get_by_text(BROKEN)).to_be_hidden()
        expect(page.get_by_text(LOST)).to_be_hidden()
        expect_remote_picture(page)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()


def test_a_killed_worker_is_replaced_and_takes_up_the_watch(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    dialog = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(dialog).to_be_visible()
    os.kill(stage.demo.child("narvaro.cli worker"), signal.SIGKILL)
    window.close()
    expect(dialog).to_be_hidden(timeout=30_000)
    expect(staff.get_by_role("button", name="Starta videosamtal")).to_be_visible()


def test_a_killed_database_interrupts_nobody_and_loses_nothing_g1(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    patient.get_by_role("button", name="Meddelanden").click()
    write(staff, "Skrivet medan databasen levde")
    expect(patient.get_by_text("Skrivet medan databasen levde")).to_be_visible()
    postgres = stage.demo.child(POSTMASTER)
    os.kill(postgres, signal.SIGKILL)
    write(staff, "Skrivet medan databasen var död")
    for page in (window, patient):
        expect_growth(page, "inbound-rtp", "audio", "totalAudioEnergy")
    wait_until(staff, lambda: stage.demo.has_replaced(POSTMASTER, postgres), "the demo starts it again", 30_000)
    expect(patient.get_by_text("Skrivet medan databasen var död")).to_be_visible(timeout=30_000)
    expect(staff.get_by_text("inte skickat än")).to_be_hidden()
    write(staff, "Skrivet efteråt")
    for words in ("Skrivet medan databasen levde", "Skrivet medan databasen var död", "Skrivet efteråt"):
        for page in (staff, patient):
            expect(page.get_by_text(words)).to_have_count(1)
    patient.get_by_role("button", name="Stäng panelen").click()
    for page in (window, patient):
        expect(page.get_by_text(BROKEN)).to_be_hidden()
        expect(page.get_by_text(LOST)).to_be_hidden()
        expect_remote_picture(page)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    for page in (window, patient):
        expect(page.get_by_role("heading", name=QUESTION)).to_be_visible()


def test_a_silent_media_server_is_named_and_the_chat_goes_on_g2(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    words = "Videotjänsten svarar inte."
    with stopped(stage.demo.child("livekit")):
        expect(window.get_by_text(words)).to_be_visible(timeout=30_000)
        expect(patient.get_by_text(words)).to_be_visible()
        write(staff, "Skrivet medan bilden var borta")
        patient.get_by_role("button", name="Meddelanden").click()
        expect(patient.get_by_text("Skrivet medan bilden var borta")).to_be_visible()
        patient.get_by_role("button", name="Stäng panelen").click()
    for page in (window, patient):
        expect(page.get_by_text(words)).to_be_hidden(timeout=30_000)
        expect_remote_picture(page, patience=30_000)


# A line breaks


def test_a_line_cut_for_25_seconds_is_said_so_and_mends_itself_f2(stage: Stage, playwright: Playwright) -> None:
    others = network_processes()
    phone = launch(playwright)
    _, window, patient = talk(stage, browser=phone)
    (line,) = network_processes() - others
    with stopped(line):
        cut_at = time.monotonic()
        expect(window.get_by_text(LOST)).to_be_visible(timeout=9_000)
        expect(patient.get_by_text(BROKEN)).to_be_visible()
        patient.get_by_role("button", name="Stäng av mikrofonen").click()
        expect(patient.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()
        wait_until(window, lambda: time.monotonic() - cut_at > 25, "25 seconds", 26_000)
        assert window.get_by_text("Sofia Gunnarsson har lämnat samtalet").is_hidden()
    for page in (window, patient):
        expect_remote_picture(page)
        expect(page.get_by_text(BROKEN)).to_be_hidden()
        expect(page.get_by_text(LOST)).to_be_hidden()
    expect(patient.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()
    phone.close()


def test_staff_whose_line_is_cut_are_waited_for_and_are_back_with_it(stage: Stage, playwright: Playwright) -> None:
    others = network_processes()
    desk = launch(playwright)
    patient, staff = stage.patient(), stage.staff(browser=desk)
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(patient)
    (line,) = network_processes() - others
    words = "Vårdpersonalen har tappat anslutningen – vänta kvar"
    with stopped(line):
        expect(patient.get_by_text(words)).to_be_visible(timeout=9_000)
        expect(window.get_by_text(BROKEN)).to_be_visible()
    expect(patient.get_by_text(words)).to_be_hidden()
    expect(window.get_by_text(BROKEN)).to_be_hidden()
    expect_remote_picture(patient)
    expect_remote_picture(window)
    desk.close()


def test_a_message_that_waits_for_the_line_keeps_the_log_at_its_end(stage: Stage) -> None:
    staff = stage.staff()
    staff.get_by_role("link", name="Erik Lind").click()
    for number in range(6):
        write(staff, f"Rad {number}" + "\nen till" * 6)
    expect(staff.get_by_text("skickas …")).to_have_count(0)
    staff.context.set_offline(True)
    write(staff, "Skrivet utan anslutning")
    for _ in range(3):
        staff.get_by_role("button", name="Försök igen").dispatch_event("click")
        expect(staff.get_by_text("inte skickat än")).to_be_visible()
        wait_until(staff, lambda: is_log_at_end(staff), "the log is at its end")
    expect(staff.get_by_text("Ingen anslutning.")).to_be_visible()
    staff.context.set_offline(False)
    expect(staff.get_by_text("inte skickat än")).to_be_hidden(timeout=30_000)
    wait_until(staff, lambda: is_log_at_end(staff), "the log is at its end")


def is_log_at_end(page: Page) -> bool:
    return bool(
        page.evaluate("""() => {
            const log = document.querySelector('[role="log"]');
            return log.scrollTop > 0 && log.scrollHeight - log.scrollTop - log.clientHeight <= 1;
        }""")
    )


# A page is gone


def test_a_patient_whose_page_crashes_is_missed_within_seconds_and_finds_the_way_back(
    stage: Stage, playwright: Playwright
) -> None:
    phone = launch(playwright)
    _, window, patient = talk(stage, browser=phone)
    with patient.expect_event("crash"), suppress(Error):
        patient.goto("chrome://crash", timeout=1_000)
    expect(window.get_by_text(LOST)).to_be_visible(timeout=8_000)
    again = patient.context.new_page()
    again.goto("/patient/testkoping/")
    again.get_by_role("button", name="Gå tillbaka till samtalet").click()
    expect_remote_picture(again)
    expect_remote_picture(window)
    expect(window.get_by_text(LOST)).to_be_hidden()
    phone.close()


# A device fails


def test_who_has_forbidden_camera_and_microphone_reads_how_to_allow_them_and_takes_part(
    stage: Stage, playwright: Playwright
) -> None:
    refusing = launch(playwright, "--use-fake-ui-for-media-stream=deny")
    _, patient = listen(stage, refusing)
    camera = "Webbläsaren får inte använda kameran. Tillåt kameran vid adressfältet och tryck på Slå på kameran."
    expect(patient.get_by_text(camera)).to_be_visible()
    expect(patient.get_by_text("Webbläsaren får inte använda mikrofonen. De andra hör dig inte.")).to_be_visible()
    expect(patient.get_by_role("button", name="Slå på mikrofonen")).to_be_enabled()
    refusing.close()


def test_who_has_no_camera_reads_so_and_is_heard(stage: Stage, playwright: Playwright) -> None:
    bare = launch(playwright, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream=device-count=0")
    window, patient = listen(stage, bare)
    expect(patient.get_by_text("Ingen kamera hittades. Anslut en kamera och tryck på Slå på kameran.")).to_be_visible()
    expect(patient.get_by_role("button", name="Slå på kameran")).to_be_enabled()
    expect_remote_sound(window)
    bare.close()


def listen(stage: Stage, browser: Browser) -> tuple[Page, Page]:
    """→ (staff's call window, patient), who sees and hears staff."""
    patient, staff = stage.patient(browser=browser), stage.staff()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(patient)
    expect_remote_sound(patient)
    return window, patient


def test_a_camera_that_another_program_holds_is_named_and_works_once_it_is_free(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    patient.evaluate(BUSY, True)
    window = start_call(staff)
    accept(patient)
    expect(patient.get_by_text("Kameran används av ett annat program.")).to_be_visible()
    expect(patient.get_by_text("Mikrofonen används av ett annat program. De andra hör dig inte.")).to_be_visible()
    expect_remote_picture(patient)
    patient.evaluate(BUSY, False)
    patient.get_by_role("button", name="Slå på kameran").click()
    patient.get_by_role("button", name="Slå på mikrofonen").click()
    expect(patient.get_by_text("används av ett annat program")).to_have_count(0)
    expect_remote_picture(window)
    expect_remote_sound(window)


def test_a_camera_that_is_unplugged_is_named_and_can_be_put_back(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    patient.evaluate(REMEMBER_TRACKS)
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    patient.evaluate(HAPPEN, ["video", "ended"])
    expect(patient.get_by_text("Kameran kopplades ur.")).to_be_visible()
    wait_until(window, lambda: window.get_by_test_id("person").locator("video").count() == 0, "seen as off")
    patient.get_by_role("button", name="Slå på kameran").click()
    expect(patient.get_by_text("Kameran kopplades ur.")).to_be_hidden()
    expect_remote_picture(window)


def test_after_a_phone_call_has_taken_the_microphone_one_button_takes_it_back(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    patient.evaluate(REMEMBER_TRACKS)
    window = start_call(staff)
    accept(patient)
    expect_remote_sound(window)
    patient.evaluate(HAPPEN, ["audio", "mute"])
    expect(patient.get_by_text("Samtalet pausades.")).to_be_visible()
    patient.get_by_role("button", name="Fortsätt samtalet").click()
    expect(patient.get_by_text("Samtalet pausades.")).to_be_hidden()
    before = statistic(window, "inbound-rtp", "audio", "totalAudioEnergy")
    wait_until(window, lambda: statistic(window, "inbound-rtp", "audio", "totalAudioEnergy") > before, "heard again")


NO_SOUND_YET = """
AudioContext.prototype.resume = () => new Promise(() => { window.askedForSoundAt = performance.now(); });
Object.defineProperty(AudioContext.prototype, "state", {get: () => "suspended"});
"""
"""A new window whose camera question waits: Chromium starts no audio context in it."""
IS_SUSPENDED = "() => performance.now() > window.askedForSoundAt + 300"
"""LiveKit waits 200 ms for it."""
NO_SOUND_UNPRESSED = """
const play = HTMLMediaElement.prototype.play;
let wasPressed = false;
addEventListener("click", () => { wasPressed = true; }, true);
HTMLMediaElement.prototype.play = function () {
    if (this.localName !== "audio" || wasPressed) return play.call(this);
    this.autoplay = false;
    this.pause();
    return Promise.reject(new DOMException("Not allowed.", "NotAllowedError"));
};
"""


def test_nothing_lies_over_the_ring_where_no_sound_may_be_played_yet(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    staff.context.add_init_script(NO_SOUND_YET)
    window = start_call(staff)
    wait_until(window, lambda: bool(window.evaluate(IS_SUSPENDED)), "LiveKit has asked for sound")
    window.get_by_role("button", name="Avbryt").click()
    window.get_by_role("button", name="Ring igen").click()
    accept(patient)
    expect_remote_picture(window)
    expect(window.get_by_text("Webbläsaren har stängt av ljudet.")).to_have_count(0)


def test_a_browser_that_plays_no_sound_before_a_press_says_so_and_one_button_mends_it(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    staff.context.add_init_script(NO_SOUND_UNPRESSED)
    window = start_call(staff)
    accept(patient)
    expect(window.get_by_text("Webbläsaren har stängt av ljudet.")).to_be_visible()
    window.get_by_role("button", name="Fortsätt samtalet").click()
    expect(window.get_by_text("Webbläsaren har stängt av ljudet.")).to_be_hidden()
    expect_remote_sound(window)


UNANSWERED = """
const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wish) => {
    await new Promise((resolve) => { window.allowForTest = resolve; });
    return ask(wish);
};
"""


def test_while_the_browsers_question_about_camera_and_microphone_waits_the_page_says_so(stage: Stage) -> None:
    patient, staff = stage.patient(), stage.staff()
    staff.context.add_init_script(UNANSWERED)
    window = start_call(staff)
    hint = window.get_by_text("Om webbläsaren frågar, svara Tillåt.")
    expect(hint).to_be_visible()
    accept(patient)
    expect_remote_picture(window)
    window.evaluate("() => window.allowForTest()")
    expect(hint).to_have_count(0)
    expect_remote_picture(patient)
    expect_remote_sound(patient)
