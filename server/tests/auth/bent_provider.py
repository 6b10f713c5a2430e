"""An identity provider that can be bent: correct by itself, wrong in one way when told."""

import json
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.common.encoding import urlsafe_b64encode
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID = "narvaro"
CLIENT_SECRET = "a secret of the test"


class BentProvider:
    """`claims` go into every ID token over the right ones; None removes one. `metadata` likewise into discovery."""

    def __init__(self, port: int) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.key = RSAKey.generate_key(2048, {"kid": "one"}, auto_kid=False)
        self.claims: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.signs_with: RSAKey = self.key
        self.is_broken = False
        self._codes: dict[str, dict[str, str]] = {}
        self._last_sub = ""

    def authorize(self, address: str, sub: str) -> str:
        """What the provider's page does when a person presses the button: the code for the callback."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["code_challenge_method"] == "S256"
        assert asked["response_type"] == "code"
        code = f"code-{len(self._codes)}"
        self._last_sub = sub
        self._codes[code] = {**asked, "sub": sub}
        return code

    def answer(self, method: str, path: str, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        if self.is_broken:
            return 500, {}
        if path == "/.well-known/openid-configuration":
            return 200, self._discovery()
        if path == "/jwks":
            return 200, dict(KeySet([self.key]).as_dict(private=False))
        if path == "/userinfo":
            return 200, self.userinfo or {"sub": self._last_sub}
        return self._token(form, authorization)

    def _discovery(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "jwks"}
        places["userinfo_endpoint"] = "userinfo"
        return {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in places.items()}, **self.metadata}

    def _token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self._codes.pop(form["code"], None)
        challenge = urlsafe_b64encode(sha256(form["code_verifier"].encode()).digest()).decode()
        secret = b64decode(authorization.removeprefix("Basic ")).decode()
        is_right = secret == f"{CLIENT_ID}:{CLIENT_SECRET}" and asked and asked["code_challenge"] == challenge
        if not asked or not is_right or asked["redirect_uri"] != form["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        claims |= {"sub": asked["sub"], **self.claims}
        told = {name: value for name, value in claims.items() if value is not None}
        id_token = jwt.encode({"alg": "RS256", "kid": "one"}, told, self.signs_with)
        return 200, {"access_token": "access", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}


@contextmanager
def bent_provider() -> Iterator[BentProvider]:
    """On a free port of this machine."""

    class Door(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._reply({name: values[0] for name, values in parse_qs(body).items()})

        def _reply(self, form: dict[str, str]) -> None:
            status, told = provider.answer(self.command, self.path, form, self.headers.get("Authorization", ""))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    provider = BentProvider(server.server_port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
