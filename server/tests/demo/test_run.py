"""The whole demo, from start to the last child's end, with real parts."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from demo.ports import free_port

from narvaro.demo.installation import DemoStopped, Ports

pytestmark = pytest.mark.xdist_group("demo")
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Demo:
    def __init__(self, data: Path) -> None:
        self.data = data
        self.port = free_port()

    def start(self, *more: str) -> dict[str, Any]:
        command = [sys.executable, "-m", "narvaro.cli", "demo", "--json", "--port", str(self.port), "--data", str(self.data)]
        told = self.data.with_suffix(".err")
        with told.open("w") as errors:
            self.process = subprocess.Popen([*command, *more], stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, told.read_text()
        ready: dict[str, Any] = json.loads(line)
        return ready

    def family(self) -> list[psutil.Process]:
        family: list[psutil.Process] = psutil.Process(self.process.pid).children(recursive=True)
        return family

    def end(self, sign: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(sign)
        code = self.process.wait(timeout=20)
        assert self.process.stdout
        assert self.process.stdout.read() == ""
        self.process.stdout.close()
        return code


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    demo = Demo(tmp_path / "demo")
    yield demo
    if demo.process.poll() is None:
        demo.end()


def test_it_starts_shows_its_page_and_leaves_nothing_behind(demo: Demo) -> None:
    ready = demo.start()
    assert ready["ready"]
    assert ready["base_url"] == f"http://127.0.0.1:{demo.port}"
    assert {(person["name"], person["kind"]) for person in ready["people"]} >= {
        ("Selma Testkvist", "staff"),
        ("Sofia Gunnarsson", "patient"),
    }
    with DIRECT.open(f"{ready['base_url']}/demo") as page:
        assert "Öppna patientens fönster" in page.read().decode()
    family = demo.family()
    assert demo.end(signal.SIGINT) == 0
    assert not [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE]


def test_it_listens_on_this_machine_only(demo: Demo) -> None:
    demo.start()
    listening = [c.laddr.ip for process in demo.family() for c in process.net_connections() if c.status == psutil.CONN_LISTEN]
    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_a_killed_demo_leaves_no_orphan_in_the_way_of_the_next(demo: Demo) -> None:
    demo.start()
    family = demo.family()
    demo.end(signal.SIGKILL)
    assert demo.start()["ready"]
    assert psutil.wait_procs(family, timeout=5)[1] == []


def test_a_child_that_dies_is_started_again(demo: Demo) -> None:
    base_url = demo.start()["base_url"]
    web = next(process for process in demo.family() if "narvaro.demo.web" in process.cmdline())
    web.kill()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with DIRECT.open(f"{base_url}/healthz", timeout=1) as answer:
                assert answer.status == 200
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError


def test_a_taken_port_is_named() -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port + 1))
        taken.listen()
        with pytest.raises(DemoStopped, match=f"^Port {port + 1} is taken"):
            Ports(port).refuse_taken()
