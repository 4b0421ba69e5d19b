"""A throw-away PostgreSQL server, as durable as a real one, for tests, benchmarks and the kill test.

Facts:
  * The binaries are on the PATH or, on Debian, below /usr/lib/postgresql.
  * The server refuses to run as root; then it runs as the user `postgres`, in a folder of that user's.
  * `fsync` stays on: what it acknowledged must outlive its own crash.

    with server() as postgres:
        url = postgres.fresh()   # an empty database; postgresql+psycopg://…
"""

import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import free_port

PLACES = "/usr/lib/postgresql"
START = 30.0  # seconds the server may take
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "fsync": "on",
    "synchronous_commit": "on",
}


class NoServer(Exception):
    """There is no PostgreSQL on this machine."""


def binaries() -> Path:
    """The folder of `initdb` and `postgres`; the newest version if there are several."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += sorted(Path(PLACES).glob("*/bin"), key=_version, reverse=True)
    for folder in folders:
        if (folder / "postgres").exists() and (folder / "initdb").exists():
            return folder
    raise NoServer("no PostgreSQL server on this machine (Debian: apt install postgresql)")


@contextmanager
def server() -> Iterator["Server"]:
    """Start one; at the end it is gone with everything in it. Raises `NoServer`."""
    programs = binaries()
    with tempfile.TemporaryDirectory(prefix="sunbridge-postgres-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _give_away(folder)
        running = Server(programs, folder, free_port())
        running.make()
        running.start()
        try:
            yield running
        finally:
            running.stop()


@dataclass
class Server:
    """One server in a folder of its own; it may be stopped, crashed and started again."""

    programs: Path
    folder: Path
    port: int
    _process: subprocess.Popen[bytes] | None = None
    _names: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def make(self) -> None:
        """Lay out the data folder."""
        words = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"]
        self._run("initdb", f"--pgdata={self.folder / 'data'}", *words)

    def start(self) -> None:
        """Start, or start again what was crashed; returns when it answers."""
        options = {**OPTIONS, "port": str(self.port), "unix_socket_directories": str(self.folder)}
        words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.folder / "data", *words],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **_somebody(),
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it; open connections are cut."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START)
            self._process = None

    def crash(self) -> None:
        """End it at once, so that the next start must recover from its log."""
        self.stop(signal.SIGQUIT)

    def url(self, database: str = "postgres") -> str:
        """What goes into `BRIDGE_DATABASE_URL`."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{database}"

    def fresh(self) -> str:
        """The URL of a new, empty database."""
        name = f"test{next(self._names)}"
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def sql(self, words: str, database: str = "postgres") -> str:
        """Run a statement as an administrator would; what it prints."""
        where = ["--host=127.0.0.1", f"--port={self.port}", "--username=postgres", f"--dbname={database}"]
        return self._run("psql", *where, "--no-psqlrc", "--quiet", "--tuples-only", "--command", words)

    def _wait(self) -> None:
        until = time.monotonic() + START
        where = ["--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        while subprocess.run([self.programs / "pg_isready", *where], check=False).returncode:
            if time.monotonic() > until or self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-1500:]}")
            time.sleep(0.02)

    def _run(self, program: str, *words: str) -> str:
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [self.programs / program, *words],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **_somebody(),
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.strip()}")
        return done.stdout.strip()


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _somebody() -> dict[str, Any]:
    """Whose process it is: ours, unless we are root."""
    if os.geteuid() != 0:
        return {}
    user = _unprivileged()
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _give_away(folder: Path) -> None:
    if os.geteuid() == 0:
        user = _unprivileged()
        os.chown(folder, user.pw_uid, user.pw_gid)


def _unprivileged() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")
