"""A third person by SMS: the lathund's five steps, and everything that may go otherwise."""

import re
import secrets

from e2e.guests import come_in, dialog, invite, link_of, numbers, open_link, panel
from e2e.support import (
    Stage,
    accept,
    call_id_of,
    expect_remote_picture,
    expect_remote_sound,
    post_json,
    start_call,
    wait_until,
)
from playwright.sync_api import Page, expect

TRACKS = """
() => window.peersForTest
    .filter((peer) => peer.connectionState !== "closed")
    .flatMap((peer) => peer.getReceivers())
    .map((receiver) => receiver.track)
    .filter((track) => track && track.readyState === "live" && !track.muted)
    .map((track) => track.id)
    .sort()
"""


def talk(stage: Stage) -> tuple[Page, Page, Page]:
    """→ conversation, call window, patient, who see each other."""
    patient = stage.patient()
    staff = stage.staff()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    return staff, window, patient


def test_the_lathunds_five_steps_bring_in_a_third_who_sees_and_hears_both(stage: Stage) -> None:
    _, window, patient = talk(stage)
    before = {page: page.evaluate(TRACKS) for page in (window, patient)}
    box = dialog(window)
    expect(box.get_by_role("heading", name="Bjud in via sms")).to_be_visible()
    expect(box.get_by_text("Ingen har bjudits in till detta samtal än.")).to_be_visible()
    guest, _ = come_in(stage, window, "Amira Tolk")
    expect_remote_sound(guest)
    wait_until(guest, lambda: len(guest.evaluate(TRACKS)) == 4, "the guest receives two pictures and two sounds")
    for page, tracks in before.items():
        wait_until(page, lambda page=page: len(page.evaluate(TRACKS)) == 4, "both receive two more")  # type: ignore[misc]
        assert set(tracks) <= set(page.evaluate(TRACKS)), "what was running goes on untouched"
    expect(patient.get_by_text("Amira Tolk").first).to_be_visible()
    expect(panel(window).get_by_text("(Du)")).to_be_visible()
    assert stage.foreign_hosts() == set()


def test_a_wrong_number_is_told_and_stops_sending(stage: Stage) -> None:
    _, window, _ = talk(stage)
    box = dialog(window)
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_text("Lägg till minst ett telefonnummer.")).to_be_visible()
    box.get_by_role("textbox", name="Telefonnummer").fill("070-12")
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_text("Kontrollera numret.")).to_be_visible()


def test_a_refused_guest_is_told_and_gets_no_further(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    invite(window, number)
    guest = open_link(stage, link_of(stage, number), "Okänd Person")
    window.get_by_role("button", name="Neka Okänd Person").first.click()
    expect(guest.get_by_text("Du släpptes inte in.")).to_be_visible()
    assert post_json(guest, f"/api/guest/calls/{call_id_of(window)}/join", {"device_id": "device-0001"})["status"] == 404


def test_a_removed_guest_is_out_at_once_and_the_link_is_dead(stage: Stage) -> None:
    _, window, _ = talk(stage)
    guest, link = come_in(stage, window, "Gunnar Gäst")
    call_id = call_id_of(window)
    panel(window)
    window.get_by_role("button", name="Ta bort Gunnar Gäst ur samtalet").click()
    expect(guest.get_by_text("Du är inte längre med i samtalet.")).to_be_visible()
    assert post_json(guest, f"/api/guest/calls/{call_id}/join", {"device_id": "device-0001"})["status"] == 404
    again = stage.context().new_page()
    again.goto(link)
    expect(again.get_by_text("Länken fungerar inte. Kontakta den som bjöd in dig.")).to_be_visible()


def test_a_revoked_link_is_dead_before_and_after_entering(stage: Stage) -> None:
    _, window, _ = talk(stage)
    guest, link = come_in(stage, window, "Rut Gäst")
    box = dialog(window)
    box.get_by_role("button", name=re.compile("^Återkalla inbjudan till")).first.click()
    expect(guest.get_by_text("Du är inte längre med i samtalet.")).to_be_visible()
    again = stage.context().new_page()
    again.goto(link)
    expect(again.get_by_text("Länken fungerar inte. Kontakta den som bjöd in dig.")).to_be_visible()


def test_a_second_device_knocks_for_itself_and_a_reload_stays_in(stage: Stage) -> None:
    _, window, _ = talk(stage)
    guest, link = come_in(stage, window, "Sara Anhörig")
    guest.reload()
    expect_remote_picture(guest)
    open_link(stage, link, "Någon Annan")
    expect(window.get_by_text(re.compile("ny enhet")).first).to_be_visible()
    open_taken = stage.context().new_page()
    open_taken.goto(link)
    open_taken.get_by_role("textbox", name="Ditt namn").fill("sara anhörig (du)")
    open_taken.get_by_role("button", name="Gå med i samtalet").click()
    expect(open_taken.get_by_text("Namnet används redan i samtalet.")).to_be_visible()


def test_the_end_reaches_those_who_wait_and_asks_those_who_were_in(stage: Stage) -> None:
    _, window, _ = talk(stage)
    inside, link = come_in(stage, window, "Inne Gäst")
    waiting = open_link(stage, link, "Väntande Gäst")
    expect(waiting.get_by_text("Väntar på att vårdpersonalen släpper in dig.")).to_be_visible()
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(waiting.get_by_text("Samtalet är avslutat.")).to_be_visible()
    expect(inside.get_by_text("Upplevde du några tekniska problem under videosamtalet?")).to_be_visible()
    inside.get_by_role("button", name="Nej", exact=True).click()
    dead = stage.context().new_page()
    dead.goto(link)
    expect(dead.get_by_text("Länken fungerar inte. Kontakta den som bjöd in dig.")).to_be_visible()


def test_a_scanner_gains_a_knock_at_most_and_dead_links_look_alike_b3_b5(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    invite(window, number)
    token = link_of(stage, number).partition("#")[2]
    scanner = stage.context().new_page()
    scanner.goto("/g")
    assert post_json(scanner, "/api/guest/links", {"token": token})["status"] == 200
    knocked = post_json(scanner, "/api/guest/knocks", {"token": token, "name": "Skanner"})
    assert (knocked["status"], knocked["body"]["status"]) == (201, "knocking")
    call = f"/api/guest/calls/{call_id_of(window)}"
    assert post_json(scanner, call, None, "GET")["status"] == 404
    assert post_json(scanner, f"{call}/join", {"device_id": "device-0001"})["status"] == 404
    answers = {
        str(post_json(scanner, "/api/guest/links", {"token": dead}))
        for dead in ("x", secrets.token_urlsafe(24), token[:-1] + ("A" if token[-1] != "A" else "B"))
    }
    assert len(answers) == 1


def test_a_guest_without_camera_hears_and_is_heard_and_no_log_has_number_or_token_d3(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    invite(window, number)
    link = link_of(stage, number)
    guest = open_link(stage, link, "Örjan Gäst", button="Gå med utan kamera")
    window.get_by_role("button", name="Släpp in Örjan Gäst").first.click()
    expect_remote_picture(guest)
    expect(guest.get_by_role("button", name="Slå på kameran")).to_be_visible()
    logs = stage.demo.logs()
    assert "/api/guest/knocks" in logs
    for secret in (number, number[3:], link.partition("#")[2], "Örjan"):
        assert secret not in logs


IN_APP = "Mozilla/5.0 (Linux; Android 15; Pixel 9; wv) AppleWebKit/537.36 Version/4.0 Chrome/140.0 Mobile Safari/537.36"
NO_DEVICES = "Object.defineProperty(Navigator.prototype, 'mediaDevices', {get: () => undefined})"


def test_a_phones_in_app_browser_names_the_one_to_open_and_lets_one_in_who_stays(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    invite(window, number)
    context = stage.context(viewport={"width": 390, "height": 844}, user_agent=IN_APP)
    context.add_init_script(NO_DEVICES)
    guest = context.new_page()
    guest.goto(link_of(stage, number))
    expect(guest.get_by_text("Öppna länken i Chrome.")).to_be_visible()
    guest.get_by_role("textbox", name="Ditt namn").fill("Ines Gäst")
    guest.get_by_role("button", name="Gå med i samtalet").click()
    window.get_by_role("button", name="Släpp in Ines Gäst").first.click()
    expect_remote_picture(guest)
    expect_remote_sound(guest)


def test_who_cannot_come_says_so_and_staff_read_it(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    invite(window, number)
    guest = stage.context().new_page()
    guest.goto(link_of(stage, number))
    guest.get_by_role("button", name="Jag kan inte nu").click()
    expect(panel(window).get_by_text("kan inte nu").first).to_be_visible()


def test_a_colleague_asks_is_let_in_and_leaves_without_ending(stage: Stage) -> None:
    _, window, patient = talk(stage)
    colleague = stage.staff("Anna Lindqvist")
    colleague.get_by_role("link", name="Sofia Gunnarsson").click()
    colleague.get_by_role("button", name="Be att få vara med").click()
    window.get_by_role("button", name="Släpp in Anna Lindqvist").first.click()
    with colleague.expect_popup() as popup:
        colleague.get_by_role("button", name="Gå till samtalet").click()
    second = popup.value
    expect_remote_picture(second)
    second.get_by_role("button", name="Lämna utan att avsluta").click()
    expect(patient.get_by_text("Anna Lindqvist · vårdpersonal")).to_be_hidden()
    expect_remote_picture(patient)
