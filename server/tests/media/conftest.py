"""The twin, and a real LiveKit on loopback, behind one way to enter as a browser does."""

import asyncio
import os
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from narvaro.errors import NotFound, NotSignedIn
from narvaro.media import MediaDown, MediaServer
from narvaro.media.livekit import LiveKit
from narvaro.media.memory import MemoryMedia

PORT = 7990
KEY, SECRET = "key", "a secret for the contract tests only"
CONFIGURATION = f"""
port: {PORT}
bind_addresses: ["127.0.0.1"]
keys: {{{KEY}: "{SECRET}"}}
rtc:
  udp_port: 7992
  tcp_port: 0
  node_ip: 127.0.0.1
  use_external_ip: false
  enable_loopback_candidate: true
  interfaces: {{includes: [lo]}}
  ips: {{includes: [127.0.0.1/32]}}
  stun_servers: ["127.0.0.1:3478"]
turn: {{enabled: false}}
room: {{auto_create: false}}
logging: {{level: error}}
"""


class Rig(Protocol):
    """A media server and its doorbell."""

    media: MediaServer

    async def enter(self, token: str) -> None:
        """As a browser does. Raises NotSignedIn or NotFound when it is not let in."""


@dataclass
class MemoryRig:
    media: MemoryMedia

    async def enter(self, token: str) -> None:
        self.media.connect(token)


@dataclass
class LiveKitRig:
    media: LiveKit
    lines: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def enter(self, token: str) -> None:
        address = f"ws://127.0.0.1:{PORT}/rtc?access_token={token}&protocol=16&auto_subscribe=1&sdk=js&version=2.23.0"
        try:
            line = await self.lines.enter_async_context(connect(address))
        except InvalidStatus as refused:
            raise NotFound if refused.response.status_code == 404 else NotSignedIn from refused
        await line.recv()


@pytest.fixture(scope="session")
def livekit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    binary = os.environ.get("NARVARO_LIVEKIT_BINARY") or shutil.which("livekit-server")
    assert binary, "no livekit-server on PATH and no NARVARO_LIVEKIT_BINARY"
    home = tmp_path_factory.mktemp("livekit")
    (home / "livekit.yaml").write_text(CONFIGURATION)
    with Path(home / "log").open("wb") as log:
        process = subprocess.Popen([binary, "--config", str(home / "livekit.yaml")], stdout=log, stderr=log)
    yield
    process.kill()
    process.wait()


@pytest.fixture(params=["memory", "livekit"])
async def rig(request: pytest.FixtureRequest) -> AsyncIterator[Rig]:
    if request.param == "memory":
        yield MemoryRig(MemoryMedia())
        return
    request.getfixturevalue("livekit_server")
    media = LiveKit(api_url=f"http://127.0.0.1:{PORT}", url=f"ws://127.0.0.1:{PORT}", api_key=KEY, api_secret=SECRET)
    await _until_it_answers(media)
    rig = LiveKitRig(media)
    async with rig.lines:
        yield rig
    for room in await media.room_names():
        await media.delete_room(room)
    await media.close()


async def _until_it_answers(media: LiveKit) -> None:
    async with asyncio.timeout(15):
        while True:
            try:
                await media.room_names()
                return
            except MediaDown:
                await asyncio.sleep(0.05)
