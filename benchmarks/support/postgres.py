"""A real PostgreSQL that lives as long as it is needed, for benchmarks and for tests.

Flushes to disk are on, as they are by default: that is part of what is measured and tested.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg

_PLACES = "/usr/lib/postgresql/*/bin"
_UNPRIVILEGED = ("postgres", "nobody")


class NoPostgresError(Exception):
    """There is no PostgreSQL to start here; the message says what is missing."""


class Postgres:
    """A server on a unix socket in a folder of its own; both are gone at the end."""

    def __init__(self) -> None:
        self._programs = _programs()
        self._user = _user()
        self._folder = Path()
        self._made = 0

    def __enter__(self) -> "Postgres":
        self._folder = Path(tempfile.mkdtemp(prefix="fenzhen-pg-"))
        if self._user:
            shutil.chown(self._folder, self._user, pwd.getpwnam(self._user).pw_gid)
        data = str(self._folder / "data")
        new = ("-U", "fenzhen", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        try:
            self._call("initdb", "-D", data, *new)
            options = f"-c listen_addresses='' -c unix_socket_directories='{self._folder}'"
            log = str(self._folder / "log")
            self._call("pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "start")
        except subprocess.CalledProcessError as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise NoPostgresError(error.output.decode(errors="replace")) from error
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._call("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "-w", "stop")
        shutil.rmtree(self._folder, ignore_errors=True)

    def create(self, template: str = "template1") -> str:
        """Make a database, empty or a copy of `template`, and return its address."""
        self._made += 1
        name = f"fenzhen_{self._made}"
        self._ask(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.address(name)

    def drop(self, address: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._ask(f"DROP DATABASE {name_in(address)} WITH (FORCE)")

    def address(self, name: str) -> str:
        """Return the address of a database of this server."""
        return f"postgresql://fenzhen@/{name}?host={self._folder}"

    def setting(self, name: str) -> str:
        """Return what the server has set."""
        return str(self._ask(f"SHOW {name}")[0][0])

    def _ask(self, statement: str) -> Sequence[Any]:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else ()

    def _call(self, program: str, *words: str) -> None:
        # The server keeps the streams it inherits: with a pipe nobody would see them end.
        command = [str(self._programs / program), *words]
        if self._user:
            command = ["runuser", "-u", self._user, "--", *command]
        with tempfile.TemporaryFile() as said:
            done = subprocess.run(command, cwd="/", stdout=said, stderr=said, check=False)
            if done.returncode:
                said.seek(0)
                raise subprocess.CalledProcessError(done.returncode, command, said.read())


def name_in(address: str) -> str:
    """Return the name of the database of an address."""
    return address.split("/")[3].split("?", maxsplit=1)[0]


def _programs() -> Path:
    """Return the folder of the programs: Debian keeps them off the path, the newest is taken."""
    known = sorted(Path("/").glob(_PLACES[1:]), key=_version, reverse=True)
    found = shutil.which("initdb")
    for folder in [*known, *([Path(found).parent] if found else [])]:
        if all((folder / name).exists() for name in ("initdb", "pg_ctl", "postgres")):
            return folder
    raise NoPostgresError("initdb, pg_ctl and postgres are not on this machine")


def _version(folder: Path) -> float:
    name = folder.parent.name
    return float(name) if name.replace(".", "", 1).isdigit() else 0.0


def _user() -> str | None:
    """Return the user to run the server as, None for ourselves: it refuses to run as root."""
    if os.getuid() != 0:
        return None
    if not shutil.which("runuser"):
        raise NoPostgresError("root needs runuser to start a server as somebody else")
    for name in _UNPRIVILEGED:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise NoPostgresError("there is no user postgres or nobody to run the server as")
