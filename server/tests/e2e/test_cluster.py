"""Two of everything behind a balancer, as on several machines: one of them goes, and the call goes on."""

import os
import signal
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import pytest
from e2e.conftest import running, watching
from e2e.support import QUESTION, Demo, Stage, expect_growth, expect_remote_picture, talk, wait_until
from playwright.sync_api import Browser, Page, expect

TROUBLE = ("Anslutningen bröts", "Har tappat anslutningen", "Ingen anslutning", "Videotjänsten svarar inte")
REMEMBER_TROUBLE = """(words) => {
    window.troubleForTest = new Set();
    const look = () => {
        for (const word of words) if (document.body.innerText.includes(word)) window.troubleForTest.add(word);
    };
    new MutationObserver(look).observe(document.body, {subtree: true, childList: true, characterData: true});
}"""
MEDIA_PORT = """async () => {
    for (const peer of window.peersForTest) {
        if (peer.connectionState !== "connected") continue;
        const rows = await peer.getStats();
        for (const row of rows.values())
            if (row.type === "candidate-pair" && row.nominated && row.state === "succeeded")
                return rows.get(row.remoteCandidateId).port;
    }
    return 0;
}"""


@pytest.fixture(scope="module")
def demo() -> Iterator[Demo]:
    with running("--cluster") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def caretakers(demo: Demo, browser: Browser) -> Iterator[list[Page]]:
    with watching(demo, browser) as pages:
        yield pages


def write(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Skriv ett meddelande").fill(text)
    page.get_by_role("button", name="Skicka meddelande").click()


def answers(port: int) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with suppress(OSError), direct.open(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
        return bool(response.status == 200)
    return False


def restart(demo: Demo, page: Page, name: str, old: int) -> None:
    """End one of two in good order, and wait until there are two again and both web processes answer."""
    first, second = ports(demo, 5)

    def is_replaced() -> bool:
        now = demo.children(name)
        return old not in now and len(now) == 2 and answers(first) and answers(second)

    os.kill(old, signal.SIGTERM)
    wait_until(page, is_replaced, f"{name} is replaced", 90_000)


def ports(demo: Demo, first: int) -> tuple[int, int]:
    """Those of both copies."""
    base = int(demo.base_url.rsplit(":", 1)[1]) + first
    return base, base + 3


def expect_media_on(page: Page, port: int) -> None:
    wait_until(page, lambda: bool(page.evaluate(MEDIA_PORT) == port), "sound and picture on the other node", 40_000)


def test_a_rolling_restart_of_web_and_worker_during_a_call_is_noticed_by_nobody_g3(stage: Stage) -> None:
    staff, window, patient = talk(stage)
    for page in (staff, window, patient):
        page.evaluate(REMEMBER_TROUBLE, list(TROUBLE))
    patient.get_by_role("button", name="Meddelanden").click()
    for name in ("narvaro.demo.web", "narvaro.cli worker"):
        for old in sorted(stage.demo.children(name)):
            restart(stage.demo, window, name, old)
            write(staff, f"Skrivet när {old} hade startats om")
            expect(patient.get_by_text(f"Skrivet när {old} hade startats om")).to_have_count(1)
            expect_growth(window, "inbound-rtp", "video", "framesDecoded")
            expect_growth(patient, "inbound-rtp", "audio", "packetsReceived")  # its panel covers the picture
    for page in (staff, window, patient):
        assert page.evaluate("() => [...window.troubleForTest]") == []
    window.get_by_role("button", name="Avsluta videosamtal").click()
    expect(patient.get_by_role("heading", name=QUESTION)).to_be_visible()


def test_the_calls_of_a_killed_media_node_come_back_on_the_other_f3(stage: Stage) -> None:
    _, window, patient = talk(stage)
    patient.get_by_role("button", name="Stäng av mikrofonen").click()
    expect(patient.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()
    nodes = ports(stage.demo, 7)
    was = nodes.index(patient.evaluate(MEDIA_PORT))
    os.kill(stage.demo.child(f"livekit-{was + 1}.yaml"), signal.SIGKILL)
    for page in (window, patient):
        expect_media_on(page, nodes[1 - was])
        expect_remote_picture(page)
        for words in TROUBLE:
            expect(page.get_by_text(words)).to_be_hidden()
    expect(patient.get_by_role("button", name="Slå på mikrofonen")).to_be_visible()
