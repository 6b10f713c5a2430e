"""LiveKit on this machine: which binary, and a configuration that opens nothing but 127.0.0.1."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from narvaro.demo.installation import DemoStopped, Installation

OLDEST = (1, 13)


def find_livekit() -> str:
    """`bin/demo` puts the one it has built on PATH. Raises DemoStopped."""
    binary = shutil.which("livekit-server")
    if binary is None:
        raise DemoStopped("livekit-server is not on PATH; bin/demo builds it and starts the demo.")
    said = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.search(r"(\d+)\.(\d+)", said)
    if version is None or (int(version[1]), int(version[2])) < OLDEST:
        raise DemoStopped(f"{binary} is too old; version 1.13 or newer is needed.")
    return binary


def write_configuration(demo: Installation, node: int) -> Path:
    """JSON is YAML. Its secret is why the file is closed to others."""
    path = demo.data / f"livekit-{node + 1}.yaml"
    path.touch(mode=0o600)
    path.write_text(json.dumps(configuration(demo, node), indent=1), encoding="utf-8")
    return path


def configuration(demo: Installation, node: int) -> dict[str, Any]:
    """Without `stun_servers` LiveKit hands Google's to browsers; with a `tcp_port` it listens on every interface.

    `pli_throttle`: why not LiveKit's own half a second and a second is in docs/operating/installing.md.
    """
    signals, pictures = demo.ports.media_nodes[node]
    shared = {"redis": {"address": f"127.0.0.1:{demo.ports.redis}"}} if demo.ports.copies > 1 else {}
    return shared | {
        "port": signals,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "udp_port": pictures,
            "tcp_port": 0,
            "node_ip": "127.0.0.1",
            "use_external_ip": False,
            "enable_loopback_candidate": True,
            "interfaces": {"includes": ["lo", "lo0"]},
            "ips": {"includes": ["127.0.0.1/32"]},
            "stun_servers": [f"127.0.0.1:{pictures}"],
            "pli_throttle": {"low_quality": "150ms", "mid_quality": "150ms", "high_quality": "150ms"},
        },
        "turn": {"enabled": False},
        "room": {
            "auto_create": False,
            "empty_timeout": 60,
            "departure_timeout": 20,
            "enabled_codecs": [{"mime": "audio/opus"}, {"mime": "video/vp8"}],
        },
        "keys": {"demo": demo.secrets["livekit_api_secret"]},
        "webhook": {"api_key": "demo", "urls": [f"{demo.base_url}/hooks/livekit"]},
        "limit": {
            "max_metadata_size": 4096,
            "max_attributes_size": 4096,
            "max_room_name_length": 64,
            "max_participant_identity_length": 64,
        },
        "logging": {"level": "warn"},
    }
