"""The whole product as `narvaro demo` starts it, and real Chromium with a fake camera and microphone.

A failing test leaves a screenshot and the console of every page, and a trace, in `test-output/`.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

OUTPUT = Path(__file__).parents[3] / "test-output"
FLAGS = (
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-features=WebRtcHideLocalIpsWithMdns",
    "--disable-background-networking",
    "--disable-component-update",
    "--auto-select-tab-capture-source-by-title=Närvaro",
)
PATIENCE = 15_000
"""Milliseconds that an expectation waits on two busy cores."""


@dataclass(slots=True)
class Demo:
    base_url: str
    people: list[dict[str, str]]
    pid: int

    def sign_in_url(self, name: str) -> str:
        return next(person["sign_in_url"] for person in self.people if person["name"] == name)


def free_port() -> int:
    """The demo also takes a few ports above it; tests run one at a time."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    data = tmp_path_factory.mktemp("demo")
    command = [sys.executable, "-m", "narvaro.cli", "demo", "--json", "--port", str(free_port()), "--data", str(data / "data")]
    OUTPUT.mkdir(exist_ok=True)
    with (OUTPUT / "demo.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, cwd=Path(__file__).parents[2])
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, f"the demo ended with {process.wait()}; test-output/demo.log says why"
    ready = json.loads(line)
    yield Demo(ready["base_url"], ready["people"], process.pid)
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=40) == 0


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


def launch(playwright: Playwright, *flags: str) -> Browser:
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    assert chromium, "Chromium is missing: bin/test installs it"
    return playwright.chromium.launch(
        executable_path=chromium,
        args=[*FLAGS, *(flags or ("--use-fake-ui-for-media-stream",))],
        ignore_default_args=["--disable-popup-blocking"],
    )


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


@dataclass(slots=True)
class Stage:
    """Everybody's browsers in one test: opens contexts, signs people in, remembers what the pages asked for and said."""

    demo: Demo
    browser: Browser
    hosts: set[str] = field(default_factory=set)
    console: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)

    def context(self, *, browser: Browser | None = None, **options: Any) -> BrowserContext:
        options = {"locale": "en-GB", "viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"} | options
        context = (browser or self.browser).new_context(base_url=self.demo.base_url, **options)
        context.set_default_timeout(PATIENCE)
        context.tracing.start(screenshots=True, snapshots=True)
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


@pytest.fixture
def stage(demo: Demo, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Stage]:
    expect.set_options(timeout=PATIENCE)
    stage = Stage(demo, browser)
    yield stage
    report = getattr(request.node, "report_call", None)
    if report is not None and report.failed:
        leave_evidence(stage, request.node.name)
    end_calls(stage)
    for context in stage.contexts:
        context.close()


def leave_evidence(stage: Stage, name: str) -> None:
    safe = re.sub(r"\W+", "-", name)
    (OUTPUT / f"{safe}.console.txt").write_text("\n".join(stage.console))
    for number, context in enumerate(stage.contexts):
        context.tracing.stop(path=OUTPUT / f"{safe}-{number}.trace.zip")
        for tab, page in enumerate(context.pages):
            page.screenshot(path=OUTPUT / f"{safe}-{number}-{tab}.png")


def end_calls(stage: Stage) -> None:
    """The next test finds nothing ringing."""
    for context in stage.contexts:
        for page in context.pages:
            found = re.search(r"/staff/[a-z-]+/call/([0-9a-f-]{36})", page.url)
            if found:
                post_json(page, f"/api/staff/calls/{found[1]}/end", {})


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report


OpenWindow = Callable[[Page], Page]


def start_call(staff: Page, patient_name: str = "Sofia Gunnarsson") -> Page:
    """The lathund's first step → the call window."""
    staff.get_by_role("link", name=patient_name).click()
    with staff.expect_popup() as popup:
        staff.get_by_role("button", name="Starta videosamtal").click()
    return popup.value


def accept(patient: Page) -> None:
    dialog = patient.get_by_role("alertdialog", name="Inkommande videosamtal")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Acceptera").click()


def expect_remote_picture(page: Page) -> None:
    """Somebody else's video decodes: frames grow between two looks."""
    page.wait_for_function(
        """() => {
            const videos = [...document.querySelectorAll("video")].filter((v) => !v.muted || v.dataset.remote !== undefined);
            const frames = [...document.querySelectorAll("[data-remote] video, video[data-remote]")]
                .map((v) => v.getVideoPlaybackQuality().totalVideoFrames);
            window.__frames = window.__frames ?? [];
            window.__frames.push(Math.max(0, ...frames));
            return window.__frames.length > 3 && window.__frames.at(-1) > window.__frames[0] && videos.length >= 0;
        }""",
        polling=300,
    )
