"""A real PostgreSQL for tests: the installed binaries, on a Unix socket in a temporary folder, as an ordinary user."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

OLDEST = 15
MISSING = f"no PostgreSQL {OLDEST} or newer is installed (on Debian: apt-get install postgresql)"
PATIENCE = 60.0  # seconds for the server to start

# What is lost with the machine need not survive it here. Tests of durability start a server of their own.
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
SETTINGS = (
    "listen_addresses=",
    "max_connections=200",
    "shared_buffers=64MB",
    "autovacuum=off",
    "log_min_messages=fatal",
)

# Ends the server with this process, also where that is killed: its standard input is a pipe from it.
_UNTIL_CLOSED = '"$@" & cat; kill -QUIT $!; wait $!'


def binaries() -> Path | None:
    """Return the folder of the newest PostgreSQL that will do, or None."""
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *Path("/usr").glob("pgsql-*/bin")]
    if found := shutil.which("postgres"):
        folders.append(Path(found).parent)
    by_release = {_release(folder): folder for folder in folders if (folder / "initdb").exists()}
    newest = max(by_release, default=0)
    return by_release[newest] if newest >= OLDEST else None


def _release(folder: Path) -> int:
    said = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\d+", said)[0])


def _account() -> dict[str, Any]:
    """Return what runs a process as an ordinary user: the server refuses root."""
    if os.geteuid():
        return {}
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = known.get("postgres") or known["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class Server:
    """A PostgreSQL server of the tests.

    Attributes:
        folder: Of its data and its socket.
    """

    def __init__(self, binaries: Path, folder: Path, *, durable: bool = False, **options: str) -> None:
        self.folder = folder
        self._binaries = binaries
        self._settings = [
            *SETTINGS,
            *(() if durable else QUICK),
            *(f"{name}={value}" for name, value in options.items()),
        ]
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        account = _account()
        if account:
            os.chown(folder, account["user"], account["group"])
        command = [str(binaries / "initdb"), "--no-sync", "--auth=trust", "--username=vitrage", "--encoding=UTF8",
                   "--locale=C", "--pgdata", str(folder / "data")]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, cwd=folder, **account)
        rules = folder / "data" / "pg_hba.conf"
        rules.write_text(f"local all locked scram-sha-256\n{rules.read_text()}")

    def start(self) -> None:
        """Start it, and return once it answers."""
        postgres = [str(self._binaries / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder)]
        settings = [part for setting in self._settings for part in ("-c", setting)]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                ["sh", "-c", _UNTIL_CLOSED, "sh", *postgres, *settings],
                stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=self.folder, **_account(),
            )  # fmt: skip
        deadline = time.monotonic() + PATIENCE
        while psycopg.pq.PGconn.ping(self.url("postgres").encode()) != psycopg.pq.Ping.OK:
            assert time.monotonic() < deadline, (self.folder / "log").read_text()
            time.sleep(0.02)

    @property
    def pid(self) -> int:
        """The process id of the server."""
        return int((self.folder / "data" / "postmaster.pid").read_text().splitlines()[0])

    def stop(self) -> None:
        """End it and all connections at once, as at a crash."""
        assert self._process is not None
        self._process.communicate()
        self._process = None

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Freeze all its processes during the block: connections are there, also new ones, and nobody answers."""
        first = psutil.Process(self.pid)
        processes = [first, *first.children(recursive=True)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()

    @contextmanager
    def away(self) -> Iterator[None]:
        """End it during the block, as at a crash."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def url(self, database: str, user: str = "vitrage") -> str:
        """Return how to connect to a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def run(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """Run a statement on a connection of its own, and return its rows."""
        with psycopg.connect(self.url(database), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def database(self, options: str = "") -> Iterator[str]:
        """Make an empty database for the block; yield how to connect to it."""
        self._databases += 1
        name = f"test{self._databases}"
        self.run(f"CREATE DATABASE {name} {options}")
        yield self.url(name)
        self.run(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def server(*, durable: bool = False, **options: str) -> Iterator[Server]:
    """Run a server during the block.

    Where none is installed the test is skipped; in CI, where the environment variable CI is set, it fails.
    """
    found = binaries()
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(MISSING)
    with tempfile.TemporaryDirectory(prefix="vitrage-postgres-") as folder:
        running = Server(found, Path(folder), durable=durable, **options)
        running.start()
        try:
            yield running
        finally:
            if running._process is not None:
                running.stop()


OTHERS = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
"""The other connections of a database, in a query."""


async def read(observer: psycopg.AsyncConnection, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query."""
    return await (await observer.execute(query.encode())).fetchall()


def report_missing_postgres(reporter: pytest.TerminalReporter) -> None:
    """Say at the end of the run, where nobody overlooks it, how many tests were skipped for want of PostgreSQL."""
    skipped = [report for report in reporter.getreports("skipped") if MISSING in str(report.longrepr)]
    if skipped:
        reporter.section("POSTGRESQL TESTS DID NOT RUN", red=True, bold=True)
        reporter.line(f"{len(skipped)} tests were skipped: {MISSING}.", red=True)
