"""What one demo on this machine is made of: its directory, its ports, its secrets, its settings."""

import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from narvaro.webpush.keys import new_private_key

SECRETS = ("livekit_api_secret", "link_secret", "staff_oidc_client_secret", "patient_oidc_client_secret")


PUSH_KEY = "push_private_key"


class DemoStopped(Exception):
    """One sentence that says why the demo cannot run."""


@dataclass(frozen=True, slots=True)
class Ports:
    """All on 127.0.0.1; the others follow the web's. With `copies`, `web` and `media` are the balancers' own."""

    web: int
    copies: int = 1

    @property
    def identity(self) -> int:
        return self.web + 1

    @property
    def media(self) -> int:
        return self.web + 2

    @property
    def media_udp(self) -> int:
        return self.web + 3

    @property
    def redis(self) -> int:
        return self.web + 4

    @property
    def webs(self) -> list[int]:
        """Where the web processes listen."""
        return [self.web] if self.copies == 1 else [self.web + 5 + 3 * copy for copy in range(self.copies)]

    @property
    def media_nodes(self) -> list[tuple[int, int]]:
        """Where LiveKit listens: for signals, and for sound and picture."""
        if self.copies == 1:
            return [(self.media, self.media_udp)]
        return [(web + 1, web + 2) for web in self.webs]

    def refuse_taken(self) -> None:
        """Raises DemoStopped, naming the first port that somebody else listens on."""
        signals, pictures = zip(*self.media_nodes, strict=True)
        shared = (self.web, self.identity, self.media, *([self.redis] if self.copies > 1 else []))
        wanted = [(port, socket.SOCK_STREAM) for port in dict.fromkeys((*shared, *self.webs, *signals))]
        for port, kind in [*wanted, *((port, socket.SOCK_DGRAM) for port in pictures)]:
            if is_taken(port, kind):
                raise DemoStopped(
                    f"Port {port} is taken by another program; choose others with --port, for example --port 8700."
                )


def is_taken(port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET, kind) as probe:
        if kind is socket.SOCK_STREAM:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Installation:
    """`data` holds everything that survives a restart."""

    data: Path
    ports: Ports
    secrets: Mapping[str, str]

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.ports.web}"

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.ports.identity}"

    def environ(self, database_url: str) -> dict[str, str]:
        """The settings of `serve` and `worker`; the caller's own `NARVARO_*` play no part."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("NARVARO_")}
        found = {
            "base_url": self.base_url,
            "bind": f"127.0.0.1:{self.ports.webs[0]}",
            "database_url": database_url,
            "livekit_url": f"http://127.0.0.1:{self.ports.media}",
            "livekit_public_url": f"ws://127.0.0.1:{self.ports.media}",
            "livekit_api_key": "demo",
            "sms_gateways": "demo",
            "push_contact": "mailto:demo@narvaro.example",
            "staff_oidc_issuer": self.issuer,
            "staff_oidc_client_id": "demo-staff",
            "patient_oidc_issuer": self.issuer,
            "patient_oidc_client_id": "demo-patient",
            **self.secrets,
        }
        return inherited | {f"NARVARO_{name.upper()}": value for name, value in found.items()}


def open_installation(data: Path, port: int, copies: int = 1) -> Installation:
    data.mkdir(parents=True, exist_ok=True)
    (data / "logs").mkdir(exist_ok=True)
    return Installation(data, Ports(port, copies), keep_secrets(data / "secrets.json"))


def keep_secrets(path: Path) -> dict[str, str]:
    """Each made once, readable by nobody else; a newer demo adds what it lacks."""
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if {*SECRETS, PUSH_KEY} - set(kept):
        kept = {name: secrets.token_urlsafe(32) for name in SECRETS} | {PUSH_KEY: new_private_key()} | kept
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            json.dump(kept, file)
    return kept


def default_data() -> Path:
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(home) / "narvaro" / "demo"
