"""The file of sessions on a bad disk: nobody is signed out by it, nobody waits, and the log says it in one sentence."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from lib.accounts.session_file import PAUSE_SECONDS, Row, SessionFile
from tests.clock import Clock

ROW = Row("a0a0a0a0-0000-4000-8000-000000000001", b"sealed", 1.0, 2.0)
NOISE = b"SQLite format 3\0" + b"\xff" * 5000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def file(path: Path, clock: Clock) -> Iterator[SessionFile]:
    opened = SessionFile(path, clock=clock)
    yield opened
    opened.close()


def keep(file: SessionFile, id_: str) -> None:
    file.put(id_, ROW)
    file.write()


def stored(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as database:
        return {id_ for (id_,) in database.execute("select id from sessions")}


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        yield
        other.execute("rollback")


def fill_disk(file: SessionFile) -> None:
    assert file._database
    (pages,) = file._database.execute("pragma page_count").fetchone()
    file._database.execute(f"pragma max_page_count = {pages}")


def test_what_is_written_is_there_after_a_restart(file: SessionFile, path: Path) -> None:
    keep(file, "kept")
    keep(file, "dropped")
    file.drop("dropped")
    file.write()
    file.change("kept", active_at=9.0)
    file.write()
    assert SessionFile(path).items() == [("kept", ROW._replace(active_at=9.0))]


def test_a_row_that_was_dropped_is_not_revived_by_a_change(file: SessionFile, path: Path) -> None:
    keep(file, "a")
    file.drop("a")
    file.change("a", active_at=9.0)
    file.write()
    assert file.find("a") is None
    assert stored(path) == set()


def test_a_full_disk_is_told_once_and_written_to_when_there_is_room(
    file: SessionFile, path: Path, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    keep(file, "before")
    fill_disk(file)
    for number in range(100):
        keep(file, f"{number}" * 50)
    assert len(file.items()) == 101
    assert [record.getMessage() for record in caplog.records] == [
        "The file of sessions cannot be used (database or disk is full): sign-ins may not outlive a restart."
    ]
    assert file._database
    file._database.execute("pragma max_page_count = 1000000")
    clock.pass_by(PAUSE_SECONDS)
    file.write()
    assert len(stored(path)) == 101


def test_a_locked_file_is_waited_for_by_one_change_alone(file: SessionFile, path: Path, clock: Clock) -> None:
    def delay(number: int) -> float:
        started = time.perf_counter()
        keep(file, str(number))
        file.drop("signed out")
        assert file.find(str(number)) == ROW
        return time.perf_counter() - started

    keep(file, "signed out")
    with locked(path), ThreadPoolExecutor(20) as pool:
        # One after the other they would wait for 6 seconds.
        assert max(pool.map(delay, range(20))) < 3
    clock.pass_by(PAUSE_SECONDS)
    file.write()
    assert stored(path) == {str(number) for number in range(20)}


def test_a_file_that_is_locked_at_the_start_is_read_once_it_is_free(path: Path, clock: Clock) -> None:
    with closing(SessionFile(path, clock=clock)) as before:
        keep(before, "before")
    with closing(sqlite3.connect(path)) as database:
        database.execute("pragma journal_mode = delete")
    with locked(path):
        file = SessionFile(path, clock=clock)
        keep(file, "meanwhile")
    assert file.find("before") is None
    clock.pass_by(PAUSE_SECONDS)
    file.write()
    assert file.find("before") == ROW
    file.close()
    assert stored(path) == {"before", "meanwhile"}


@pytest.mark.parametrize("damage", [NOISE, b"no database at all" * 100, b"\0" * 10_000], ids=["noise", "text", "zeros"])
def test_a_damaged_file_is_moved_aside_with_one_sentence(
    damage: bytes, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path.write_bytes(damage)
    with closing(SessionFile(path)) as file:
        keep(file, "new")
    [aside] = path.parent.glob("sessions.db.damaged-*")
    assert aside.read_bytes() == damage
    assert stored(path) == {"new"}
    [told] = [record.getMessage() for record in caplog.records]
    assert told == f"The file of sessions is damaged: it is kept as {aside.name}, and a new one takes its place."


def test_a_file_that_is_damaged_while_it_is_used_loses_nobody(
    file: SessionFile, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for number in range(50):
        keep(file, str(number))
    assert file._database
    file._database.execute("pragma wal_checkpoint(truncate)")
    file._database.execute("pragma shrink_memory")
    with path.open("r+b") as stream:
        stream.write(NOISE)
    for number in range(50, 60):
        keep(file, str(number))
    assert "is damaged" in caplog.text
    file.close()
    assert stored(path) == {str(number) for number in range(60)}


def test_a_table_that_somebody_drops_comes_back_with_everybody_in_it(
    file: SessionFile, path: Path, clock: Clock
) -> None:
    keep(file, "a")
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("drop table sessions")
    keep(file, "b")
    assert "b" in stored(path)
    assert file.find("a") == ROW


def test_a_directory_that_is_missing_costs_no_sign_in(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with closing(SessionFile(tmp_path / "missing" / "sessions.db")) as file:
        keep(file, "a")
        assert file.find("a") == ROW
    assert "unable to open database file" in caplog.text
