"""The embedded PostgreSQL: ours alone, and never lost or left behind."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg
import pytest

from narvaro.db.embedded import EmbeddedPostgres, EmbeddedPostgresFailed


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedPostgres]:
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


def test_it_is_postgresql_18_with_time_ordered_ids(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url()) as connection:
        assert connection.info.server_version >= 180000
        assert connection.execute("SELECT uuidv7()").fetchone()


def test_data_survive_a_restart(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 'å' AS letter")
    server.stop()
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT letter FROM kept").fetchone() == ("å",)


def test_nobody_is_trusted_and_no_port_is_open(server: EmbeddedPostgres) -> None:
    rules = [line.split() for line in (server.data / "pg_hba.conf").read_text().splitlines()]
    assert rules == [["local", "all,replication", "all", "peer", "map=owner"]]
    assert server.process is not None
    assert not [c for c in psutil.Process(server.process.pid).net_connections() if c.status == psutil.CONN_LISTEN and c.raddr]
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)


def test_its_directories_are_closed_to_others(server: EmbeddedPostgres) -> None:
    socket = Path(server.url().partition("host=")[2])
    for directory in (server.data, socket):
        assert stat.S_IMODE(directory.stat().st_mode) == 0o700


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_another_user_of_the_machine_is_refused(server: EmbeddedPostgres) -> None:
    os.seteuid(65534)
    try:
        with pytest.raises(psycopg.OperationalError, match="Permission denied"):
            psycopg.connect(server.url())
    finally:
        os.seteuid(0)


def test_the_orphan_of_a_killed_owner_is_ended(server: EmbeddedPostgres) -> None:
    orphan = server.process
    assert orphan is not None
    second = EmbeddedPostgres(server.data, durable=False)
    second.start()
    assert orphan.wait(timeout=5) == 0
    second.stop()


def test_a_killed_server_is_started_again_though_one_of_its_own_still_works(server: EmbeddedPostgres) -> None:
    """A session in a loop does not notice that its server is gone, and holds the memory that the next one needs."""
    assert server.process is not None
    other = psycopg.connect(server.url(), autocommit=True)
    busy = other.info.backend_pid
    other.pgconn.send_query(b"DO $$ BEGIN LOOP END LOOP; END $$")
    server.process.kill()
    server.process.wait()
    assert psutil.pid_exists(busy)
    server.start()
    assert not psutil.pid_exists(busy)
    other.close()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_process_with_a_recycled_number_is_left_alone(tmp_path: Path) -> None:
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    server = EmbeddedPostgres(tmp_path / "postgres", durable=False)
    server.start()
    server.stop()
    (server.data / "postmaster.pid").write_text(f"{bystander.pid}\n{server.data}\n")
    with suppress(EmbeddedPostgresFailed):
        server.start()
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()
    server.stop()


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    server = EmbeddedPostgres(tmp_path / ("long" * 30) / "postgres", durable=False)
    server.start()
    with psycopg.connect(server.url()) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    server.stop()
