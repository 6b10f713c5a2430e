"""What an operator types: commands, their answers, and what a process does between start and SIGTERM."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import psycopg
import pytest

from narvaro import cli
from narvaro.settings import push_key
from narvaro.webpush.keys import public_key_of

ISSUER = "https://login.example"
COMMAND = [sys.executable, "-m", "narvaro.cli"]


def settings(database_url: str) -> dict[str, str]:
    """An installation's: PostgreSQL is there, the media server is not."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return {
        "NARVARO_BASE_URL": "https://vard.example",
        "NARVARO_BIND": f"127.0.0.1:{port}",
        "NARVARO_DATABASE_URL": database_url,
        "NARVARO_LIVEKIT_URL": "http://127.0.0.1:9",
        "NARVARO_LIVEKIT_PUBLIC_URL": "wss://media.vard.example",
        "NARVARO_LIVEKIT_API_KEY": "key",
        "NARVARO_LIVEKIT_API_SECRET": "a secret of more than 32 characters",
        "NARVARO_LINK_SECRET": "a secret of more than 32 characters",
        "NARVARO_STAFF_OIDC_ISSUER": ISSUER,
        "NARVARO_STAFF_OIDC_CLIENT_ID": "narvaro",
        "NARVARO_STAFF_OIDC_CLIENT_SECRET": "secret",
        "NARVARO_PATIENT_OIDC_ISSUER": ISSUER,
        "NARVARO_PATIENT_OIDC_CLIENT_ID": "narvaro",
        "NARVARO_PATIENT_OIDC_CLIENT_SECRET": "secret",
    }


def narvaro(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert isinstance(ended.value.code, int)
    return ended.value.code


@contextmanager
def process(command: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("NARVARO_")}
    with log.open("wb") as output:
        running = subprocess.Popen([*COMMAND, command], env=inherited | environment, stdout=output, stderr=output)
    try:
        yield running
    finally:
        running.kill()
        running.wait()


def test_a_real_installation_is_provisioned_by_commands(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NARVARO_DATABASE_URL", database_url)
    assert narvaro("clinic", "list") == 0
    assert narvaro("clinic", "add", "ost", "--name", "Hälsocentralen Öst", "--brand", "Region Öst", "--staff-acr", "loa3") == 0
    assert narvaro("clinic", "set", "ost", "--may-patients-sign-up", "--staff-acr", "") == 0
    assert narvaro("staff", "add", "ost", "--iss", ISSUER, "--sub", "1", "--name", "Selma", "--role", "administrator") == 0
    assert narvaro("patient", "add", "ost", "--iss", ISSUER, "--sub", "2", "--name", "Sofia", "--protected-identity") == 0
    assert narvaro("patient", "add", "ost", "--iss", ISSUER, "--sub", "2", "--name", "Sofia", "--number", "0701740605") == 0
    assert narvaro("staff", "remove", "ost", "--iss", ISSUER, "--sub", "1") == 0
    assert narvaro("clinic", "list") == 0
    assert capsys.readouterr().out.splitlines() == [
        "There is no clinic yet.",
        "ost: Hälsocentralen Öst",
        "ost: Hälsocentralen Öst",
        "Selma, administrator, Hälsocentralen Öst",
        "Sofia, patient, Hälsocentralen Öst",
        "Sofia, patient, Hälsocentralen Öst",
        "Selma no longer works for Hälsocentralen Öst",
        "ost\tHälsocentralen Öst\tRegion Öst",
    ]
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT may_patients_sign_up, staff_acr FROM clinics").fetchall() == [(True, None)]
        assert connection.execute("SELECT has_protected_identity FROM patients").fetchall() == [(True,)]


def test_a_refused_request_is_one_sentence_and_status_1(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NARVARO_DATABASE_URL", database_url)
    assert narvaro("staff", "add", "nowhere", "--iss", ISSUER, "--sub", "1", "--name", "Selma") == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "nowhere" in said.err
    assert said.err.count("\n") == 1


@pytest.mark.parametrize("command", ["serve", "worker", "migrate"])
def test_a_missing_setting_is_named_with_status_2(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in settings(""):
        monkeypatch.delenv(name, raising=False)
    assert narvaro(command) == 2
    assert capsys.readouterr().err in {"NARVARO_BASE_URL is missing.\n", "NARVARO_DATABASE_URL is missing.\n"}


def test_migrate_makes_an_empty_database_ready(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    monkeypatch.setenv("NARVARO_DATABASE_URL", database_url)
    assert narvaro("migrate") == 0
    assert "revision" in capsys.readouterr().out


def test_serve_answers_by_settings_alone_logs_json_and_ends_at_sigterm(database_url: str, tmp_path: Path) -> None:
    environment = settings(database_url)
    log = tmp_path / "log"
    with process("serve", environment, log) as serving:
        address = f"http://{environment['NARVARO_BIND']}"
        while serving.poll() is None:
            with suppress(httpx2.TransportError):
                assert httpx2.get(f"{address}/healthz").json() == {"ok": True}
                break
            time.sleep(0.05)
        assert httpx2.get(f"{address}/api/staff/me?canary=1").status_code == 401
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(timeout=20) == 0
    lines = [json.loads(line) for line in log.read_text().splitlines()]
    assert [line["status"] for line in lines if line.get("path") == "/api/staff/me"] == [401]
    assert "canary" not in log.read_text()


def test_worker_runs_by_settings_alone_and_ends_at_sigterm(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with process("worker", settings(database_url), log) as working, psycopg.connect(database_url, autocommit=True) as db:
        while working.poll() is None and db.execute("SELECT 1 FROM procrastinate_workers").fetchone() is None:
            time.sleep(0.05)
        working.send_signal(signal.SIGTERM)
        assert working.wait(timeout=20) == 0
    assert [line for line in log.read_text().splitlines() if not line.startswith("{")] == []


def test_the_demos_provider_is_refused_off_loopback_g5(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = settings(database_url) | {"NARVARO_STAFF_OIDC_ISSUER": "http://127.0.0.1:8603"}
    with process("serve", environment, log) as serving:
        assert serving.wait(timeout=20) == 2
    assert "NARVARO_STAFF_OIDC_ISSUER" in log.read_text()


def test_push_keys_makes_a_key_that_the_settings_take_and_never_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    made = set()
    for _ in range(2):
        assert narvaro("push-keys") == 0
        setting, comment = capsys.readouterr().out.splitlines()
        name, _, key = setting.partition("=")
        assert (name, push_key(key)) == ("NARVARO_PUSH_PRIVATE_KEY", key)
        assert comment.startswith("#")
        assert comment.endswith(public_key_of(key))
        made.add(key)
    assert len(made) == 2
