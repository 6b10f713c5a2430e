"""The whole product as `narvaro demo` starts it, and real Chromium with a fake camera and microphone.

A failing test leaves a screenshot and the console of every page, and a trace, in `test-output/`.
"""

import json
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from e2e.support import OUTPUT, PATIENCE, Demo, Stage, launch, post_json
from playwright.sync_api import Browser, Playwright, expect, sync_playwright


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
    yield Demo(ready["base_url"], ready["people"], process.pid, data / "data")
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=40) == 0
    process.stdout.close()


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = launch(playwright)
    yield browser
    browser.close()


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


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report
