"""Known vulnerabilities of what the lock files name, where somebody can be asked; else that nobody could be."""

import json
import os
import subprocess

import setup

WITHIN = 60


def list_them() -> None:
    """For a person to read: a new advisory breaks no build."""
    for what, found in (("Python packages", of_python()), ("web packages", of_web())):
        if found is None:
            setup.say(f"Known vulnerabilities of the {what} … NOT COMPARED: the advisory source does not answer from here.")
        else:
            setup.say(f"Known vulnerabilities of the {what} … {found or 'none'}")


def of_python() -> str | None:
    """From OSV, by uv.lock. None: it does not answer."""
    env = os.environ | {"UV_HTTP_RETRIES": "0"}
    done = ask([setup.find_uv(), "audit", "--frozen", "--preview-features", "audit"], setup.SERVER, env)
    if done is None or "error:" in done.stderr:
        return None
    return "" if done.returncode == 0 else done.stdout.strip()


def of_web() -> str | None:
    """From npm, by package-lock.json. None: it does not answer."""
    done = ask(["npm", "audit", "--json"], setup.WEB, dict(os.environ))
    try:
        found = json.loads(done.stdout)["vulnerabilities"] if done else None
    except (ValueError, KeyError):
        return None
    return None if found is None else ", ".join(f"{name} ({fault['severity']})" for name, fault in found.items())


def ask(command: setup.Command, cwd: setup.Path, env: dict[str, str]) -> subprocess.CompletedProcess[str] | None:
    try:
        return subprocess.run(
            list(map(str, command)), cwd=cwd, env=env, capture_output=True, text=True, timeout=WITHIN, check=False
        )
    except subprocess.TimeoutExpired:
        return None
