"""The lathund's five steps to the letter, and the ways a link may be used otherwise than meant."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.guests import come_in, dialog, invite, link_of, numbers, open_link, panel, tail
from e2e.support import Demo, Stage, expect_remote_picture, start_call, talk
from playwright.sync_api import Locator, Page, expect

from narvaro.db.embedded import EmbeddedPostgres

DEAD = "Länken fungerar inte. Kontakta den som bjöd in dig."
PASS = re.compile(r"eyJ[\w-]+\.eyJ[\w-]+\.[\w-]+")
WAITS = "Väntar på att vårdpersonalen släpper in dig."
ENTER_WITH_SAVED_PASS = """
async ([part, url, token]) => {
    const { Room } = await import(part);
    const room = new Room();
    let tracks = 0;
    room.on("trackSubscribed", () => (tracks += 1));
    const out = new Promise((resolve) => room.on("disconnected", () => resolve("put out")));
    try {
        await room.connect(url, token, {rtcConfig: {iceServers: []}, maxRetries: 0});
    } catch {
        return {end: "refused", tracks, bytes: 0};
    }
    let bytes = 0;
    const look = async () => {
        for (const peer of window.peersForTest) {
            if (peer.connectionState === "closed") continue;
            for (const row of (await peer.getStats()).values())
                if (row.type === "inbound-rtp") bytes = Math.max(bytes, row.bytesReceived);
        }
    };
    const looking = setInterval(look, 10);
    const end = await Promise.race([out, new Promise((resolve) => setTimeout(() => resolve("still there"), 15000))]);
    clearInterval(looking);
    return {end, tracks, bytes};
}
"""
"""A client of nobody's: whatever the media server lets it have, it takes."""


def texts_of(stage: Stage, number: str) -> list[str]:
    """What the number's virtual phone has received, the latest first."""
    phones = stage.context().new_page()
    phones.goto("/demo/phones")
    phone = phones.locator("section").filter(has=phones.get_by_role("heading", name=tail(number)))
    expect(phone).to_be_visible()
    words = phone.locator("p.words").all_inner_texts()
    phones.close()
    return words


def test_the_lathunds_five_steps_to_the_letter(stage: Stage) -> None:
    _, window, _ = talk(stage)
    window.get_by_role("button", name="Deltagare").click()
    people = window.get_by_role("complementary", name="Deltagare")
    expect(people.get_by_text("Selma Testkvist (Du)")).to_be_visible()
    expect(people.get_by_text("Sofia Gunnarsson")).to_be_visible()
    begin = people.get_by_role("button", name="Bjud in", exact=True)
    expect(begin).to_have_css("text-transform", "uppercase")
    begin.click()
    box = window.get_by_role("dialog", name="Bjud in deltagare")
    field = box.get_by_role("textbox", name="Telefonnummer")
    expect(box.get_by_role("heading", name="Bjud in via sms")).to_be_visible()
    expect(box.get_by_role("heading", name="Redan inbjudna")).to_be_visible()
    expect(box.get_by_text("Ingen har bjudits in till detta samtal än.")).to_be_visible()
    expect(field).to_have_value("+46")
    first, dropped, last = (next(numbers) for _ in range(3))
    for number in (first, f"0{dropped[3:6]}-{dropped[6:]}"):
        field.fill(number)
        box.get_by_role("button", name="Lägg till", exact=True).click()
        expect(field).to_have_value("+46")
    box.get_by_role("button", name=re.compile(f"^Ta bort .*{tail(dropped).pattern}")).click()
    field.fill(f"0046{last[3:]}")
    box.get_by_role("button", name="Skicka", exact=True).click()
    for number in (first, last):
        expect(box.get_by_role("button", name=re.compile(f"^Nytt sms till .*{tail(number).pattern}"))).to_be_visible()
    expect(box.get_by_text("Ingen har bjudits in till detta samtal än.")).to_be_hidden()
    expect(box.get_by_role("button", name=re.compile(tail(dropped).pattern))).to_have_count(0)
    expect_a_text_that_tells_nothing(texts_of(stage, last))
    window.keyboard.press("Escape")
    guest = open_link(stage, link_of(stage, last), "Amira Tolk")
    window.get_by_role("button", name="Släpp in Amira Tolk").first.click()
    expect_remote_picture(guest)


def expect_a_text_that_tells_nothing(texts: list[str]) -> None:
    """The region and a link, nothing of patient, staff or clinic (B7)."""
    (words,) = texts
    assert words.startswith("Region Testköping bjuder in dig till ett videosamtal nu: http")
    for secret in ("Sofia", "Gunnarsson", "Selma", "Hälsocentralen"):
        assert secret not in words


def test_what_is_wrong_with_a_number_is_said_in_words(stage: Stage) -> None:
    window = ring(stage)
    box = dialog(window)
    field = box.get_by_role("textbox", name="Telefonnummer")
    for typed, words in (
        ("070-12", "Numret är för kort."),
        ("08-123 456 78", "Numret är ett fast nummer. Ange ett mobilnummer."),
        ("+49 1512 3456789", "Sms kan inte skickas till Tyskland."),
    ):
        field.fill(typed)
        expect(box.get_by_text(words)).to_be_visible()
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(box.get_by_text("Kontrollera numret.")).to_be_visible()
    number = next(numbers)
    field.fill(number)
    box.get_by_role("button", name="Skicka", exact=True).click()
    expect(row_of(box, number)).to_be_visible()
    field.fill(number)
    expect(box.get_by_text("Numret är redan inbjudet.")).to_be_visible()


def ring(stage: Stage) -> Page:
    """→ the window of a call that has rung nobody yet: inviting works all the same."""
    return start_call(stage.staff())


def row_of(box: Locator, number: str) -> Locator:
    return box.get_by_role("listitem").filter(has_text=tail(number))


def test_a_text_is_sent_again_after_a_minute_and_both_links_work_b8(stage: Stage) -> None:
    window = ring(stage)
    number = next(numbers)
    invite(window, number)
    earlier = link_of(stage, number)
    again = row_of(dialog(window), number).get_by_role("button", name=re.compile("^Nytt sms till"))
    expect(again).to_be_disabled()
    expect(dialog(window).get_by_text(re.compile("Nytt sms kan skickas"))).to_be_visible()
    expect(again).to_be_enabled(timeout=70_000)
    again.click()
    expect(again).to_be_disabled()
    assert len(texts_of(stage, number)) == 2
    later = link_of(stage, number)
    assert later != earlier
    for link in (later, earlier):
        page = stage.context().new_page()
        page.goto(link)
        expect(page.get_by_role("textbox", name="Ditt namn")).to_be_visible()


def test_a_link_revoked_before_anybody_came_by_it_is_dead_for_those_at_the_door_too_b6(stage: Stage) -> None:
    window = ring(stage)
    number = next(numbers)
    invite(window, number)
    link = link_of(stage, number)
    at_door, waiting = stage.context().new_page(), open_link(stage, link, "Väntande Gäst")
    at_door.goto(link)
    at_door.get_by_role("textbox", name="Ditt namn").fill("Sen Gäst")
    expect(waiting.get_by_text(WAITS)).to_be_visible()
    row = row_of(dialog(window), number)
    row.get_by_role("button", name=re.compile("^Återkalla inbjudan till")).click()
    expect(row.get_by_text("återkallad")).to_be_visible()
    expect(waiting.get_by_text("Du släpptes inte in.")).to_be_visible()
    at_door.get_by_role("button", name="Gå med i samtalet").click()
    expect(at_door.get_by_text(DEAD)).to_be_visible()
    window.keyboard.press("Escape")
    expect(window.get_by_role("button", name=re.compile("^Släpp in"))).to_have_count(0)


def longer_passes_of(page: Page) -> list[str]:
    """Fills with what the media server sends on the page's line: passes with the rights of now that live for 10 minutes."""
    passes: list[str] = []

    def read(frame: str | bytes) -> None:
        passes.extend(PASS.findall(frame if isinstance(frame, str) else frame.decode("latin-1")))

    page.on("websocket", lambda line: line.on("framereceived", read))
    return passes


def test_a_removed_guests_saved_passes_get_nowhere_a3(stage: Stage) -> None:
    """LiveKit knows no revoking, and gives longer passes than ours: it lets them in, and nobody gives them anything."""
    _, window, patient = talk(stage)
    number = next(numbers)
    invite(window, number)
    guest = open_link(stage, link_of(stage, number), "Gunnar Gäst")
    longer = longer_passes_of(guest)
    with guest.expect_response(re.compile(r"/api/guest/calls/.*/join$")) as joined:
        window.get_by_role("button", name="Släpp in Gunnar Gäst").first.click()
    media: dict[str, Any] = joined.value.json()["media"]
    expect_remote_picture(guest)
    part = guest.evaluate("performance.getEntriesByType('resource').find((one) => one.name.includes('livekitParts')).name")
    thief = stage.context().new_page()
    thief.goto("/g")
    panel(window)
    window.get_by_role("button", name="Ta bort Gunnar Gäst ur samtalet").click()
    expect(guest.get_by_text("Du är inte längre med i samtalet.")).to_be_visible()
    for _ in range(6):
        for saved in (media["token"], longer[-1]):
            attempt = thief.evaluate(ENTER_WITH_SAVED_PASS, [part, media["url"], saved])
            assert attempt in [{"end": end, "tracks": 0, "bytes": 0} for end in ("refused", "put out")]
    expect(window.get_by_test_id("person")).to_have_count(1)
    for page in (window, patient):
        expect_remote_picture(page)
    come_in(stage, window, "Rut Gäst")


@pytest.fixture
def direct(stage: Stage) -> Iterator[Stage]:
    """The clinic lets guests in by the link, as its operator has set it."""
    set_admission(stage.demo, "direct")
    yield stage
    set_admission(stage.demo, "knock")


def set_admission(demo: Demo, how: str) -> None:
    command = [sys.executable, "-m", "narvaro.cli", "clinic", "set", "testkoping", "--guest-admission", how]
    url = EmbeddedPostgres(demo.data / "postgres").url()
    subprocess.run(command, check=True, env=os.environ | {"NARVARO_DATABASE_URL": url}, cwd=Path(__file__).parents[2])


def test_a_direct_link_lets_in_its_first_browser_and_no_other_b4b(direct: Stage) -> None:
    _, window, _ = talk(direct)
    number = next(numbers)
    invite(window, number)
    link = link_of(direct, number)
    guest = direct.context().new_page()
    guest.goto(link)
    expect(guest.get_by_text("Du kommer in direkt. Samtalet spelas inte in.")).to_be_visible()
    guest.get_by_role("button", name="Gå med i samtalet").click()
    expect(guest.get_by_text("Skriv ditt namn först.")).to_be_visible()
    guest.get_by_role("textbox", name="Ditt namn").fill("Direkt Gäst")
    guest.get_by_role("button", name="Gå med i samtalet").click()
    expect_remote_picture(guest)
    expect(window.get_by_test_id("person").filter(has_text="Direkt Gäst")).to_be_visible()
    other = open_link(direct, link, "Någon Annan")
    expect(other.get_by_text(WAITS)).to_be_visible()
    expect(window.get_by_role("button", name="Släpp in Någon Annan").first).to_be_visible()


def test_a_scanner_that_runs_scripts_types_and_presses_gets_no_further_than_a_knock_b3(stage: Stage) -> None:
    _, window, _ = talk(stage)
    number = next(numbers)
    invite(window, number)
    link = link_of(stage, number)
    scanner = open_link(stage, link, "Skanner")
    expect(scanner.get_by_text(WAITS)).to_be_visible()
    for _ in range(2):
        scanner.reload()
        expect(scanner.get_by_text(WAITS)).to_be_visible()
    assert scanner.evaluate("window.peersForTest.length") == 0
    expect(window.get_by_test_id("person")).to_have_count(1)
    guest = open_link(stage, link, "Rätt Person")
    expect(window.get_by_text("Länken öppnas på en ny enhet").first).to_be_visible()
    window.get_by_role("button", name="Släpp in Rätt Person").first.click()
    expect_remote_picture(guest)
    window.get_by_role("button", name="Neka Skanner").first.click()
    expect(scanner.get_by_text("Du släpptes inte in.")).to_be_visible()
