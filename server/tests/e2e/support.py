"""Browsers on a stage: signing in, calling, and looking at what really arrives."""

import re
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, LiteralString
from urllib.parse import urlsplit

import psutil
import psycopg
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, expect

from narvaro.db.embedded import ROLE

OUTPUT = Path(__file__).parents[3] / "test-output"
FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream=device-count=3,fps=5",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-networking",
    "--disable-component-update",
    "--auto-select-tab-capture-source-by-title=Närvaro",
)
"""Three cameras: the second one's picture (Y16) never enters a peer connection. Five pictures a second: to encode
twenty for everybody took a quarter of two cores' time."""

QUESTION = "Upplevde du några tekniska problem under videosamtalet?"
PATIENCE = 15_000
"""Milliseconds that an expectation waits on two busy cores."""


WATCH_PEERS = """
window.peersForTest = [];
window.RTCPeerConnection = new Proxy(window.RTCPeerConnection, {
    construct(Target, given) {
        const peer = new Target(...given);
        window.peersForTest.push(peer);
        const asked = (given[0]?.iceServers ?? []).flatMap((server) => server.urls);
        window.iceServersForTest = [...(window.iceServersForTest ?? []), ...asked];
        return peer;
    },
});
"""
"""The browser's own statistics say what arrives; the product has no hook for tests."""

SUM = """
async ([type, kind, field]) => {
    let sum = 0;
    for (const peer of window.peersForTest) {
        if (peer.connectionState === "closed") continue;
        for (const row of (await peer.getStats()).values())
            if (row.type === type && row.kind === kind) sum += row[field] ?? 0;
    }
    return sum;
}
"""


@dataclass(slots=True)
class Demo:
    base_url: str
    people: list[dict[str, str]]
    pid: int
    data: Path

    def child(self, name: str) -> int:
        return self.children(name)[0]

    def children(self, name: str) -> list[int]:
        """Of the demo's processes, those whose command line holds the name; one may vanish while being looked at."""
        found = []
        for child in psutil.Process(self.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if name in " ".join(child.cmdline()):
                    found.append(int(child.pid))
        return found

    def has_replaced(self, name: str, pid: int) -> bool:
        """Another process does the work of the one that was killed."""
        now = self.children(name)
        return bool(now) and pid not in now

    def logs(self) -> str:
        """What every process has written."""
        return "\n".join(path.read_text(errors="replace") for path in sorted((self.data / "logs").glob("*.log")))

    def age_texts(self) -> None:
        """Every text so far was sent two minutes earlier: nobody waits for the pause between two texts to one number."""
        self.execute("UPDATE text_messages SET created_at = created_at - interval '2 minutes'")

    def execute(self, statement: LiteralString) -> None:
        sockets = next(self.data.rglob("postmaster.pid")).read_text(encoding="utf-8").splitlines()[4]
        with psycopg.connect(f"postgresql://{ROLE}@/narvaro?host={sockets}") as connection:
            connection.execute(statement)

    def sign_in_url(self, name: str) -> str:
        return next(person["sign_in_url"] for person in self.people if person["name"] == name)


def launch(playwright: Playwright, *flags: str) -> Browser:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing: bin/test installs it"
    return playwright.chromium.launch(
        executable_path=chromium,
        args=[*FLAGS, *(flags or ("--use-fake-ui-for-media-stream",))],
        ignore_default_args=["--disable-popup-blocking"],
    )


@dataclass(slots=True)
class Stage:
    """Everybody's browsers in one test: opens contexts, signs people in, remembers what the pages asked for and said."""

    demo: Demo
    browser: Browser
    hosts: set[str] = field(default_factory=set)
    console: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    is_traced: bool = True
    """Every page is filmed for the case that the test fails; too much for two cores when there are six."""

    def context(self, *, browser: Browser | None = None, **options: Any) -> BrowserContext:
        options = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        context = (browser or self.browser).new_context(base_url=self.demo.base_url, **options)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(WATCH_PEERS)
        if self.is_traced:
            context.tracing.start(snapshots=True)
        context.on("request", lambda request: self.hosts.add(urlsplit(request.url).netloc))
        context.on("console", lambda message: self.console.append(f"{message.type}: {message.text}"))
        context.on("page", lambda page: page.on("pageerror", lambda error: self.console.append(f"pageerror: {error}")))
        self.contexts.append(context)
        return context

    def sign_in(self, name: str, **options: Any) -> Page:
        page = self.context(**options).new_page()
        page.goto(self.demo.sign_in_url(name))
        page.get_by_role("button", name=name).click()
        expect(page).to_have_url(re.compile(r"/(staff|patient)/[a-z-]+/?$"))
        return page

    def staff(self, name: str = "Selma Testkvist", **options: Any) -> Page:
        return self.sign_in(name, **options)

    def patient(self, name: str = "Sofia Gunnarsson", **options: Any) -> Page:
        phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
        return self.sign_in(name, **(phone | options))

    def foreign_hosts(self) -> set[str]:
        """Every host that any page has asked, but for this machine (A7)."""
        return {host for host in self.hosts if host and urlsplit(f"//{host}").hostname != "127.0.0.1"}


def post_json(page: Page, path: str, body: object, method: str = "POST") -> dict[str, Any]:
    """As the page itself would ask: → {status, body}."""
    answer: dict[str, Any] = page.evaluate(
        """async ([path, body, method]) => {
            const init = {method, headers: {"content-type": "application/json"}};
            if (method !== "GET") init.body = JSON.stringify(body);
            const response = await fetch(path, init);
            const text = await response.text();
            return {status: response.status, body: text ? JSON.parse(text) : null};
        }""",
        [path, body, method],
    )
    return answer


def start_call(staff: Page, patient_name: str = "Sofia Gunnarsson") -> Page:
    """The lathund's first step → the call window."""
    staff.get_by_role("link", name=patient_name).click()
    with staff.expect_popup() as popup:
        staff.get_by_role("button", name="Starta videosamtal").click()
    return popup.value


def accept(patient: Page, button: str = "Acceptera") -> None:
    dialog = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name=button).click()


def ring(stage: Stage) -> tuple[Page, Page, Locator]:
    """→ (staff's inbox, staff's call window, what rings on the patient's screen)."""
    patient, staff = stage.patient(), stage.staff()
    window = start_call(staff)
    dialog = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(dialog).to_be_visible()
    return staff, window, dialog


def talk(stage: Stage, **patients: Any) -> tuple[Page, Page, Page]:
    """→ (staff's inbox, staff's call window, patient), seeing each other. `patients`: options of the patient's context."""
    patient, staff = stage.patient(**patients), stage.staff()
    window = start_call(staff)
    accept(patient)
    expect_remote_picture(window)
    expect_remote_picture(patient)
    return staff, window, patient


def call_id_of(window: Page) -> str:
    return urlsplit(window.url).path.rsplit("/", 1)[1]


def statistic(page: Page, type_: str, kind: str, field: str) -> float:
    """Sum of one field over the page's open peer connections, as WebRTC's statistics name it."""
    return float(page.evaluate(SUM, [type_, kind, field]))


def expect_growth(page: Page, type_: str, kind: str, field: str, *, patience: int = PATIENCE) -> None:
    """It is more than it was at some look before."""
    seen = [statistic(page, type_, kind, field)]

    def has_grown() -> bool:
        seen.append(statistic(page, type_, kind, field))
        return seen[-1] > min(seen)

    wait_until(page, has_grown, f"{type_} {kind} {field} grows from {seen[0]}", patience)


def expect_no_growth(page: Page, type_: str, kind: str, field: str) -> None:
    """Nothing more of it within two seconds."""
    before = statistic(page, type_, kind, field)
    page.wait_for_timeout(2000)
    assert statistic(page, type_, kind, field) == before


def wait_until(page: Page, is_so: Callable[[], bool], what: str, patience: int = PATIENCE) -> None:
    """Ask again and again while the page lives on. `patience`: milliseconds."""
    deadline = time.monotonic() + patience / 1000
    while not is_so():
        assert time.monotonic() < deadline, f"not within {patience} ms: {what}"
        page.wait_for_timeout(100)


def expect_remote_picture(page: Page, *, patience: int = PATIENCE) -> None:
    """Somebody else's picture is decoded here."""
    expect_growth(page, "inbound-rtp", "video", "framesDecoded", patience=patience)


def expect_remote_sound(page: Page) -> None:
    """Somebody else's sound has energy where it is played."""
    expect_growth(page, "inbound-rtp", "audio", "totalAudioEnergy")
