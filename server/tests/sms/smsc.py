"""A real SMSC beside the test: the npm package `smpp` in a process of its own (web/scripts/smsc.js)."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).parents[3] / "web" / "scripts" / "smsc.js"
SYSTEM_ID, PASSWORD = "narvaro", "p-word"

THROTTLED, QUEUE_FULL, NO_SUCH_NUMBER, NOT_SUBMITTED = 0x58, 0x14, 0x0B, 0x45
WRONG_PASSWORD, NOT_BOUND = 0x0E, 0x0D
AS_HTTP = {
    200: {},
    400: {"submit": NO_SUCH_NUMBER},
    401: {"bind": WRONG_PASSWORD},
    402: {"submit": NOT_SUBMITTED},
    403: {"bind": NOT_BOUND},
    429: {"submit": THROTTLED},
    503: {"submit": QUEUE_FULL},
}
"""What the contract asks of every vendor, in SMPP's words."""


@dataclass
class Smsc:
    process: subprocess.Popen[str]
    port: int

    def ask(self, what: str, **more: Any) -> Any:
        """It has done so when this returns."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()
        return self.hear()

    def begin(self, what: str, **more: Any) -> None:
        """Ask; `hear` later."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps({"do": what, **more}) + "\n")
        self.process.stdin.flush()

    def hear(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    @property
    def url(self) -> str:
        return f"smpp://127.0.0.1:{self.port}"

    @property
    def texts(self) -> list[tuple[str, str]]:
        return [(text["to"], text["words"]) for text in self.ask("texts")]

    @property
    def status(self) -> int:
        raise NotImplementedError

    @status.setter
    def status(self, as_http: int) -> None:
        self.ask("status", **AS_HTTP[as_http])

    @property
    def takes_it_and_breaks(self) -> bool:
        raise NotImplementedError

    @takes_it_and_breaks.setter
    def takes_it_and_breaks(self, _does: bool) -> None:
        self.ask("break")


@contextmanager
def smsc(*key_and_certificate: Path) -> Iterator[Smsc]:
    command = ["node", str(SCRIPT), *map(str, key_and_certificate)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Smsc(process, json.loads(process.stdout.readline()))
        finally:
            process.kill()
