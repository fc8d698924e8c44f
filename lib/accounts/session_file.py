"""Where browser sessions outlive the server: in memory first, and on a disk that may be full, locked or damaged.

Memory is what counts. What cannot be written now is written with a later change; nobody waits for that, and nobody is
told but the log.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from lib.logs import Seldom

LOCKED_SECONDS = 0.3
"""How long a change waits for another program to let go of the file; the others wait no longer than that for it."""
PAUSE_SECONDS = 5.0
"""After the file could not be written, so that the next changes do not wait at all."""
MEMORY = ":memory:"

_SCHEMA = """
create table if not exists sessions (
  id text primary key,
  user_id text not null,
  tokens blob not null,
  started_at real not null,
  active_at real not null
)
"""

log = logging.getLogger("case_desk")


class Row(NamedTuple):
    """A session as it is kept: whose, its sealed tokens, and when it started and was last used."""

    user_id: str
    tokens: bytes
    started_at: float
    active_at: float


class SessionFile:
    """The rows by the hash of their cookie. `put` and `drop` take effect at once, `write` brings them to the disk."""

    def __init__(self, file: Path | str, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._file = file
        self._clock = clock
        self._rows: dict[str, Row] = {}
        self._unwritten: set[str] = set()
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._write_again_at = 0.0
        self._database: sqlite3.Connection | None = None
        self._complaint = Seldom(clock=clock)
        self._attempt(lambda _: None)

    def find(self, id_: str) -> Row | None:
        """Return a row."""
        return self._rows.get(id_)

    def items(self) -> list[tuple[str, Row]]:
        """Return all rows."""
        with self._lock:
            return list(self._rows.items())

    def put(self, id_: str, row: Row) -> None:
        """Keep a row."""
        with self._lock:
            self._rows[id_] = row
            self._unwritten.add(id_)

    def change(self, id_: str, **values: Any) -> None:
        """Change a row, unless it was dropped meanwhile."""
        with self._lock:
            if row := self._rows.get(id_):
                self._rows[id_] = row._replace(**values)
                self._unwritten.add(id_)

    def drop(self, *ids: str) -> None:
        """Forget rows."""
        with self._lock:
            for id_ in ids:
                if self._rows.pop(id_, None):
                    self._unwritten.add(id_)

    def write(self) -> None:
        """Bring to the disk what is not there yet, as far as it lets us; this takes half a second at most."""
        if self._clock() < self._write_again_at or not self._writing.acquire(timeout=LOCKED_SECONDS):
            return
        try:
            while self._unwritten and self._attempt(self._save):
                pass
        finally:
            self._writing.release()

    def close(self) -> None:
        """Write the rest and close the file."""
        self._write_again_at = 0.0
        self.write()
        with self._writing:
            self._let_go()

    def _attempt(self, work: Callable[[sqlite3.Connection], None]) -> bool:
        """Do something with the file, and say in one sentence where that fails."""
        try:
            work(self._database or self._open())
        except (sqlite3.OperationalError, OSError) as error:
            self._write_again_at = self._clock() + PAUSE_SECONDS
            if self._complaint.is_due():
                # What SQLite says of a file, such as "disk is full", names nobody.
                reason = str(error)
                log.error("The file of sessions cannot be used (%s): sign-ins may not outlive a restart.", reason)
            return False
        except sqlite3.DatabaseError:
            self._set_aside()
            return False
        return True

    def _open(self) -> sqlite3.Connection:
        """Open the file and take in what it knows; what has changed here since counts more."""
        database = sqlite3.connect(
            self._file, timeout=LOCKED_SECONDS, check_same_thread=False, isolation_level="IMMEDIATE"
        )
        try:
            if self._file != MEMORY:
                # Before its companions come into being, which take after it.
                Path(self._file).chmod(0o600)
            database.execute("pragma journal_mode = wal")
            database.execute(_SCHEMA)
            found = database.execute("select id, user_id, tokens, started_at, active_at from sessions").fetchall()
        except BaseException:
            database.close()
            raise
        with self._lock:
            kept = {id_: Row(*values) for id_, *values in found if id_ not in self._unwritten}
            self._rows = kept | self._rows
        self._database = database
        return database

    def _save(self, database: sqlite3.Connection) -> None:
        with self._lock:
            changed = {id_: self._rows.get(id_) for id_ in self._unwritten}
            self._unwritten.clear()
        try:
            with database:
                database.execute(_SCHEMA)
                database.executemany("delete from sessions where id = ?", [(id_,) for id_ in changed])
                kept = [(id_, *row) for id_, row in changed.items() if row]
                database.executemany("insert into sessions values (?, ?, ?, ?, ?)", kept)
        except sqlite3.Error:
            with self._lock:
                self._unwritten |= changed.keys()
            raise

    def _set_aside(self) -> None:
        """Move a damaged file away; all that is known goes into a new one."""
        self._let_go()
        aside = Path(f"{self._file}.damaged-{time.strftime('%Y%m%d-%H%M%S')}")
        log.error("The file of sessions is damaged: it is kept as %s, and a new one takes its place.", aside.name)
        with suppress(OSError):
            Path(self._file).rename(aside)
            for left_over in ("-wal", "-shm"):
                Path(f"{self._file}{left_over}").unlink(missing_ok=True)
        with self._lock:
            self._unwritten |= self._rows.keys()

    def _let_go(self) -> None:
        if self._database is not None:
            self._database.close()
            self._database = None
