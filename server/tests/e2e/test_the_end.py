"""The end is said when the server has said it; then the question, and nothing that was saved before opens anything."""

import os
import signal
import time
from uuid import uuid4

from e2e.support import QUESTION, Stage, call_id_of, expect_remote_picture, post_json, talk, wait_until
from playwright.sync_api import Page, expect

THANKS = "Tack för ditt svar!"
OPEN_SIGNALLING = """([url, token]) => new Promise((resolve) => {
    const socket = new WebSocket(`${url}/rtc?access_token=${token}&auto_subscribe=1&protocol=15`);
    const settle = (word) => { socket.onclose = null; socket.close(); resolve(word); };
    socket.onmessage = () => settle("in");
    socket.onclose = () => resolve("refused");
    setTimeout(() => settle("silence"), 8000);
})"""


def end(window: Page) -> None:
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(window.get_by_role("heading", name=QUESTION)).to_be_visible()


def must_ask(page: Page, kind: str, call_id: str) -> bool:
    return bool(post_json(page, f"/api/{kind}/calls/{call_id}", None, "GET")["body"]["must_ask_feedback"])


def test_nej_thanks_and_closes_the_window_after_two_seconds(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    call_id = call_id_of(window)
    end(window)
    window.get_by_role("button", name="Nej", exact=True).click()
    expect(window.get_by_role("heading", name=THANKS)).to_be_visible()
    thanked_at = time.monotonic()
    wait_until(staff, window.is_closed, "the window closes by itself")
    assert 1 < time.monotonic() - thanked_at < 6
    assert not must_ask(staff, "staff", call_id)
    assert must_ask(patient, "patient", call_id), "not answering is not Nej"


def test_ja_is_stored_with_the_click_and_what_it_was_may_follow(stage: Stage) -> None:
    staff, window, _ = talk(stage)
    end(window)
    window.get_by_role("button", name="Ja", exact=True).click()
    expect(window.get_by_role("heading", name=THANKS)).to_be_visible()
    assert not must_ask(staff, "staff", call_id_of(window))
    for kind in ("Hörde inte de andra", "De andra hörde inte mig", "Såg inte de andra", "De andra såg inte mig"):
        expect(window.get_by_role("button", name=kind, exact=True)).to_be_enabled()
    for kind in ("Bilden frös", "Samtalet bröts", "Annat"):
        expect(window.get_by_role("button", name=kind, exact=True)).to_be_enabled()
    with window.expect_response("**/feedback") as stored:
        window.get_by_role("button", name="Bilden frös").click()
    assert stored.value.status == 204
    expect(window.get_by_role("button", name="Bilden frös")).to_be_hidden()
    window.get_by_role("button", name="Stäng", exact=True).click()
    wait_until(staff, window.is_closed, "Stäng closes the window")


def test_the_patient_may_skip_the_question(stage: Stage) -> None:
    _, window, patient = talk(stage)
    call_id = call_id_of(window)
    end(window)
    patient.get_by_role("button", name="Hoppa över").click()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_hidden()
    expect(patient.get_by_role("heading", name="Dina ärenden")).to_be_visible()
    assert not must_ask(patient, "patient", call_id)


def test_an_answer_that_could_not_be_stored_is_asked_for_again(stage: Stage) -> None:
    staff, window, _ = talk(stage)
    end(window)
    window.route("**/feedback", lambda route: route.abort())
    window.get_by_role("button", name="Nej", exact=True).click()
    expect(window.get_by_text("Svaret kunde inte sparas. Tryck igen.")).to_be_visible()
    window.unroute("**/feedback")
    window.get_by_role("button", name="Nej", exact=True).click()
    expect(window.get_by_role("heading", name=THANKS)).to_be_visible()
    wait_until(staff, window.is_closed, "the window closes by itself")


def test_the_end_is_not_said_before_the_server_has_said_it_a4(stage: Stage) -> None:
    _, window, patient = talk(stage)
    web = stage.demo.child("narvaro.demo.web")
    os.kill(web, signal.SIGKILL)
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(window.get_by_text("Samtalet kunde inte avslutas än. Vi försöker igen.")).to_be_visible()
    assert window.get_by_role("heading", name=QUESTION).is_hidden()
    expect(window.get_by_role("heading", name=QUESTION)).to_be_visible(timeout=30_000)
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()


def test_a_call_ended_by_mistake_is_rung_anew_from_where_the_question_is(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    before = call_id_of(window)
    end(window)
    patient.get_by_role("button", name="Hoppa över").click()
    window.get_by_role("button", name="Ring igen").click()
    patient.get_by_role("button", name="Acceptera").click()
    expect_remote_picture(window)
    assert call_id_of(window) != before
    staff.get_by_role("button", name="Gå till samtalet").click()
    expect_remote_picture(window)
    assert len(staff.context.pages) == 2, "the window that is there is gone to"


def test_a_saved_token_opens_the_room_during_the_call_and_nothing_after_it_a3(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    address = f"/api/patient/calls/{call_id_of(window)}/join"
    device = {"device_id": uuid4().hex}
    media = post_json(patient, address, device)["body"]["media"]
    assert patient.evaluate(OPEN_SIGNALLING, [media["url"], media["token"]]) == "in"
    saved = post_json(patient, address, device)["body"]["media"]
    end(window)
    assert staff.evaluate(OPEN_SIGNALLING, [saved["url"], saved["token"]]) == "refused"
    refused = post_json(patient, address, device)
    assert (refused["status"], refused["body"]["code"]) == (409, "call-has-ended")
