"""Local servers that take texts as the vendors document it, and refuse what they would refuse."""

import base64
import hashlib
import hmac
import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs
from uuid import UUID

USER, PASSWORD = "u-account", "p-password"
SECRET = "a secret that the gateway and we share"
Answer = tuple[int, dict[str, object]]


@dataclass
class Arrived:
    """One request, as the vendor sees it."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        assert self.headers["content-type"] == "application/x-www-form-urlencoded"
        return {name: values[0] for name, values in parse_qs(self.body.decode(), strict_parsing=True).items()}

    def is_authorized(self) -> bool:
        wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        return self.headers.get("authorization") == f"Basic {wanted}"


@dataclass
class Vendor:
    """`texts`: (to, words) of every text that would reach a telephone."""

    url: str = ""
    texts: list[tuple[str, str]] = field(default_factory=list)
    by_key: dict[str, Answer] = field(default_factory=dict)
    status: int = 200
    """What it answers instead of taking the text."""
    takes_it_and_breaks: bool = False

    def take(self, to: str, words: str, name: str) -> Answer:
        assert re.fullmatch(r"\+[1-9]\d{7,14}", to)
        assert 0 < len(words) <= 160
        self.texts.append((to, words))
        return (500, {}) if self.takes_it_and_breaks else (200, {name: f"s{len(self.texts)}"})


def elks(vendor: Vendor, arrived: Arrived) -> Answer:
    """https://46elks.com/docs/send-sms"""
    assert arrived.path == "/a1/sms"
    if not arrived.is_authorized():
        return 401, {}
    form = arrived.form
    assert set(form) == {"from", "to", "message", "whendelivered"}
    assert re.fullmatch(r"[A-Za-z][A-Za-z0-9]{2,10}", form["from"])
    assert form["whendelivered"].startswith("http")
    return vendor.take(form["to"], form["message"], "id")


def twilio(vendor: Vendor, arrived: Arrived) -> Answer:
    """https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource"""
    assert arrived.path == f"/2010-04-01/Accounts/{USER}/Messages.json"
    if not arrived.is_authorized():
        return 401, {"code": 20003}
    form = arrived.form
    assert set(form) == {"From", "To", "Body", "StatusCallback"}
    return vendor.take(form["To"], form["Body"], "sid")


def webhook(vendor: Vendor, arrived: Arrived) -> Answer:
    """docs/operating/sms.md"""
    assert arrived.headers["content-type"] == "application/json"
    at, given = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", arrived.headers["narvaro-signature"]).groups()  # type: ignore[union-attr]
    if given != hmac.new(SECRET.encode(), f"{at}.".encode() + arrived.body, hashlib.sha256).hexdigest():
        return 401, {}
    content = json.loads(arrived.body)
    assert set(content) == {"id", "to", "from", "text", "receipt_url"}
    assert str(UUID(content["id"])) == arrived.headers["idempotency-key"]
    if content["id"] in vendor.by_key:
        return vendor.by_key[content["id"]]
    answer = vendor.take(content["to"], content["text"], "id")
    vendor.by_key[content["id"]] = (200, {"id": "s1"})
    return answer


@contextmanager
def serving(take: Callable[[Vendor, Arrived], Answer]) -> Iterator[Vendor]:
    vendor = Vendor()
    faults: list[Exception] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            status = vendor.status
            content: dict[str, object] = {}
            if status == 200:
                try:
                    arrived = Arrived(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
                    status, content = take(vendor, arrived)
                except Exception as fault:
                    faults.append(fault)
                    status = 400
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    vendor.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield vendor
    finally:
        server.shutdown()
        server.server_close()
    assert faults == []
