"""The whole product as `narvaro demo` starts it, and real Chromium with a fake camera and microphone.

A failing test leaves a screenshot and the console of every page, and a trace, in `test-output/`.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from demo.ports import free_port
from e2e.support import OUTPUT, PATIENCE, Demo, Stage, launch, post_json
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from narvaro.demo.run import COPIES

STAFF = ("Selma Testkvist", "Anna Lindqvist")


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    with running() as demo:
        yield demo


@contextmanager
def running(*options: str) -> Iterator[Demo]:
    """The demo in processes of its own, until it has ended in good order.

    Not in pytest's own directory: another run's start closes that to others, the database's user too.
    """
    home = Path(tempfile.mkdtemp(prefix="narvaro-e2e-"))
    port = free_port(COPIES if "--cluster" in options else 1)
    command = [sys.executable, "-m", "narvaro.cli", "demo", "--json", "--port", str(port), "--data", str(home / "data")]
    OUTPUT.mkdir(exist_ok=True)
    log = OUTPUT / "demo.log"
    with (
        log.open("wb") as errors,
        subprocess.Popen([*command, *options], stdout=subprocess.PIPE, stderr=errors, cwd=Path(__file__).parents[2]) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, f"the demo ended with {process.wait()}: {log.read_text(encoding='utf-8')[-2000:]}"
        ready = json.loads(line)
        try:
            yield Demo(ready["base_url"], ready["people"], process.pid, home / "data")
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=40) == 0
    shutil.copytree(home / "data" / "logs", OUTPUT / "logs", dirs_exist_ok=True)
    shutil.rmtree(home)


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
def stage(demo: Demo, browser: Browser, caretakers: list[Page], request: pytest.FixtureRequest) -> Iterator[Stage]:
    expect.set_options(timeout=PATIENCE)
    stage = Stage(demo, browser)
    yield stage
    report = getattr(request.node, "report_call", None)
    if report is not None and report.failed:
        leave_evidence(stage, request.node.name)
    for context in stage.contexts:
        context.close()
    end_calls(caretakers)


def leave_evidence(stage: Stage, name: str) -> None:
    safe = re.sub(r"\W+", "-", name)
    (OUTPUT / f"{safe}.console.txt").write_text("\n".join(stage.console))
    for number, context in enumerate(stage.contexts):
        if stage.is_traced:
            context.tracing.stop(path=OUTPUT / f"{safe}-{number}.trace.zip")
        for tab, page in enumerate(context.pages):
            page.screenshot(path=OUTPUT / f"{safe}-{number}-{tab}.png")


@pytest.fixture(scope="session")
def caretakers(demo: Demo, browser: Browser) -> Iterator[list[Page]]:
    with watching(demo, browser) as pages:
        yield pages


@contextmanager
def watching(demo: Demo, browser: Browser) -> Iterator[list[Page]]:
    """The clinic's staff, each on a page of their own, which follows nothing."""
    contexts = [browser.new_context(base_url=demo.base_url) for _ in STAFF]
    yield [settle(context.new_page(), demo, name) for context, name in zip(contexts, STAFF, strict=True)]
    for context in contexts:
        context.close()


def settle(page: Page, demo: Demo, name: str) -> Page:
    page.goto(demo.sign_in_url(name))
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/staff/**")
    page.goto("/demo")
    return page


def end_calls(caretakers: list[Page]) -> None:
    """The next test finds nothing ringing, whatever has become of this one's windows."""
    inbox = post_json(caretakers[0], "/api/staff/conversations", None, "GET")["body"]
    for item in inbox["items"]:
        if item["has_open_call"]:
            opened = post_json(caretakers[0], f"/api/staff/conversations/{item['id']}", None, "GET")["body"]
            call_id = opened["conversation"]["call"]["id"]
            assert 200 in [post_json(page, f"/api/staff/calls/{call_id}/end", {})["status"] for page in caretakers]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    report = yield
    setattr(item, f"report_{report.when}", report)
    return report
