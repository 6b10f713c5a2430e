"""A push service on this machine that holds to RFC 8030, 8291 and 8292: what it would not deliver, it refuses."""

import base64
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import http_ece
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LARGEST = 4096
"""RFC 8030, 7.2: a service takes at least so much."""
A_DAY = 86_400


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Arrived:
    """One message that the browser could read. `at`: monotonic."""

    told: dict[str, Any]
    ttl: int
    urgency: str
    topic: str
    at: float


@dataclass
class Subscription:
    """A browser's: its keys, what came to it, and what the service answers instead (status, Retry-After)."""

    endpoint: str
    application_key: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    secret: bytes = field(default_factory=lambda: uuid4().bytes)
    arrived: list[Arrived] = field(default_factory=list)
    faults: list[tuple[int, str | None]] = field(default_factory=list)
    is_gone: bool = False

    @property
    def p256dh(self) -> str:
        return encode(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    @property
    def auth(self) -> str:
        return encode(self.secret)

    def as_told(self) -> dict[str, str]:
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}


@dataclass
class PushService:
    """`refused`: why something was, which nothing of ours should ever be."""

    origin: str = ""
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    answers_after: float = 0.0
    """Seconds that it takes its time when it has taken one."""

    def subscribe(self, application_key: str) -> Subscription:
        path = f"/push/{uuid4().hex}"
        made = self.subscriptions[path] = Subscription(f"{self.origin}{path}", application_key)
        return made

    def take(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str]]:
        subscription = self.subscriptions.get(path)
        if subscription is None:
            return 404, {}
        if subscription.is_gone:
            return 410, {}
        if subscription.faults:
            status, retry_after = subscription.faults.pop(0)
            return status, {"Retry-After": retry_after} if retry_after else {}
        try:
            check_vapid(headers.get("authorization", ""), subscription.application_key, self.origin)
        except (ValueError, InvalidSignature, AssertionError) as error:
            self.refused.append(f"8292: {error!r}")
            return 403, {}
        try:
            subscription.arrived.append(read(subscription, headers, body))
        except (ValueError, AssertionError, http_ece.ECEException) as error:
            self.refused.append(f"8030/8291: {error!r}")
            return 400, {}
        return 201, {"Location": f"{self.origin}/m/{uuid4().hex}"}


def read(subscription: Subscription, headers: dict[str, str], body: bytes) -> Arrived:
    """As the service checks it and the browser decrypts it."""
    assert re.fullmatch(r"\d+", headers.get("ttl", "")), "TTL (RFC 8030, 5.2)"
    assert headers.get("urgency") in {"very-low", "low", "normal", "high"}, "Urgency (5.3)"
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,32}", headers.get("topic", "")), "Topic (5.4)"
    assert headers.get("content-encoding") == "aes128gcm", "Content-Encoding (RFC 8291, 4)"
    assert len(body) <= LARGEST, "size (RFC 8030, 7.2)"
    plain = http_ece.decrypt(body, private_key=subscription.key, auth_secret=subscription.secret, version="aes128gcm")
    told = json.loads(plain)
    return Arrived(told, int(headers["ttl"]), headers["urgency"], headers["topic"], time.monotonic())


def check_vapid(authorization: str, application_key: str, origin: str) -> None:
    """RFC 8292: signed by the key that the browser subscribed with, for this very service, for a day at most."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme == "vapid", "scheme (3)"
    fields = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert fields["k"] == application_key, "another key (4.2)"
    signed, _, signature = fields["t"].rpartition(".")
    header, claims = (json.loads(decode(part)) for part in signed.split("."))
    raw = decode(signature)
    number = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(fields["k"]))
    key.verify(number, signed.encode(), ec.ECDSA(SHA256()))
    assert (header["alg"], claims["aud"]) == ("ES256", origin), "audience (2)"
    assert time.time() < claims["exp"] <= time.time() + A_DAY, "expiry (2)"
    assert claims["sub"].startswith(("mailto:", "https:")), "contact (2.1)"


@contextmanager
def push_service() -> Iterator[PushService]:
    service = PushService()

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            status, headers = service.take(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            time.sleep(service.answers_after)
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    server.daemon_threads = True
    service.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
