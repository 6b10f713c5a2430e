"""The twin, and a real LiveKit on loopback."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from media.rig import KEY, PORT, SECRET, UDP_PORT, LiveKitRig, MemoryRig, Rig

from narvaro.media import MediaDown
from narvaro.media.livekit import LiveKit
from narvaro.media.memory import MemoryMedia

CONFIGURATION = f"""
port: {PORT}
bind_addresses: ["127.0.0.1"]
keys: {{{KEY}: "{SECRET}"}}
rtc:
  udp_port: {UDP_PORT}
  tcp_port: 0
  node_ip: 127.0.0.1
  use_external_ip: false
  enable_loopback_candidate: true
  interfaces: {{includes: [lo]}}
  ips: {{includes: [127.0.0.1/32]}}
  stun_servers: ["127.0.0.1:{UDP_PORT}"]
turn: {{enabled: false}}
room: {{auto_create: false}}
logging: {{level: error}}
"""


@pytest.fixture(scope="session")
def livekit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    binary = shutil.which("livekit-server")
    assert binary, "livekit-server is not on PATH: bin/test builds it"
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
