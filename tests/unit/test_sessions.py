"""Browser sessions on an injected clock: when they end, and what their file tells a thief."""

from __future__ import annotations

import base64
import itertools
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from lib.accounts.browser_sessions import SessionStore
from lib.accounts.sign_in import Session
from lib.backend.settings import Limits
from lib.errors import BackendUnavailable, NotAuthenticated, NotStarted
from tests.clock import Clock

SECRET = b"the secret of this server, kept beside its data"
IDLE, ABSOLUTE, TICKET = 15 * 60, 12 * 60 * 60, 30

ADA = Session(
    user_id=UUID("a0a0a0a0-0000-4000-8000-000000000001"),
    email="ada.lovelace@clinic.example",
    access_token="access-token-of-ada",
    refresh_token="refresh-token-of-ada",
    expires_at=10**10,
)

BEN = replace(ADA, user_id=UUID("b0b0b0b0-0000-4000-8000-000000000002"), email="ben@clinic.example")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def open_store(file: Path, clock: Clock) -> Iterator[Callable[..., SessionStore]]:
    """Open the file of sessions, as a server does when it starts."""
    opened: list[SessionStore] = []

    def open_file(secret: bytes = SECRET) -> SessionStore:
        opened.append(SessionStore(file, secret, Limits(), clock=clock))
        return opened[-1]

    yield open_file
    for store in opened:
        store.close()


@pytest.fixture
def store(open_store: Callable[..., SessionStore]) -> SessionStore:
    return open_store()


@pytest.fixture
def cookie(store: SessionStore) -> str:
    """The cookie of a session of Ada's that starts now."""
    return store.start(ADA)


def has_ended(store: SessionStore, cookie: str) -> bool:
    try:
        store.read(cookie)
    except NotAuthenticated:
        return store.seconds_left(cookie) == 0
    return False


def test_the_default_limits_are_15_idle_minutes_and_12_hours() -> None:
    assert Limits() == Limits(idle=IDLE, absolute=ABSOLUTE)


def test_a_session_lasts_up_to_its_idle_end(store: SessionStore, cookie: str, clock: Clock) -> None:
    clock.pass_by(IDLE - 1)
    assert store.read(cookie) == ADA
    assert store.seconds_left(cookie) == 1


def test_a_session_has_ended_after_its_idle_end(store: SessionStore, cookie: str, clock: Clock) -> None:
    clock.pass_by(IDLE + 1)
    assert has_ended(store, cookie)


def test_an_interaction_starts_the_idle_time_again(store: SessionStore, cookie: str, clock: Clock) -> None:
    clock.pass_by(IDLE - 1)
    store.touch(cookie)
    clock.pass_by(IDLE - 1)
    assert store.read(cookie) == ADA
    clock.pass_by(2)
    assert has_ended(store, cookie)


def test_reading_a_session_is_no_interaction(store: SessionStore, cookie: str, clock: Clock) -> None:
    for _ in range(IDLE // 60):
        assert store.read(cookie) == ADA
        clock.pass_by(60)
    assert has_ended(store, cookie)


def work_until(end: float, store: SessionStore, cookie: str, clock: Clock) -> None:
    """Interact every ten minutes, and once at the end."""
    while clock() < end:
        clock.pass_by(min(600, end - clock()))
        store.touch(cookie)


def test_a_busy_session_lasts_up_to_its_absolute_end(store: SessionStore, cookie: str, clock: Clock) -> None:
    work_until(clock() + ABSOLUTE - 1, store, cookie, clock)
    assert store.read(cookie) == ADA
    assert store.seconds_left(cookie) == 1


def test_no_amount_of_work_carries_a_session_past_its_absolute_end(
    store: SessionStore, cookie: str, clock: Clock
) -> None:
    work_until(clock() + ABSOLUTE + 1, store, cookie, clock)
    assert has_ended(store, cookie)


def test_an_interaction_does_not_revive_a_session_that_has_ended(
    store: SessionStore, cookie: str, clock: Clock
) -> None:
    clock.pass_by(IDLE + 1)
    store.touch(cookie)
    assert has_ended(store, cookie)


def test_a_ticket_is_good_for_30_seconds(store: SessionStore, clock: Clock) -> None:
    ticket = store.issue_ticket(ADA)
    clock.pass_by(TICKET - 1)
    assert store.read(store.redeem(ticket)) == ADA


def test_a_ticket_is_too_old_after_30_seconds(store: SessionStore, clock: Clock) -> None:
    ticket = store.issue_ticket(ADA)
    clock.pass_by(TICKET + 1)
    with pytest.raises(NotAuthenticated):
        store.redeem(ticket)


def test_a_ticket_is_good_for_one_cookie(store: SessionStore) -> None:
    ticket = store.issue_ticket(ADA)
    store.redeem(ticket)
    with pytest.raises(NotAuthenticated):
        store.redeem(ticket)


def end_all(store: SessionStore) -> None:
    # Here they end all the same; a test before may have left the way to a Supabase that is gone.
    with suppress(NotStarted, BackendUnavailable):
        store.end_all(ADA)


def test_no_ticket_outlives_the_end_of_all_sessions(store: SessionStore) -> None:
    mine, of_another = store.issue_ticket(ADA), store.issue_ticket(BEN)
    end_all(store)
    with pytest.raises(NotAuthenticated):
        store.redeem(mine)
    assert store.read(store.redeem(of_another)) == BEN


def test_a_session_that_is_proved_again_takes_the_place_of_all_others(store: SessionStore, cookie: str) -> None:
    elsewhere, ticket, of_another = store.start(ADA), store.issue_ticket(ADA), store.start(BEN)
    proved = replace(ADA, access_token="another-access-token")
    store.keep_only(cookie, proved)
    assert store.read(cookie) == proved
    assert has_ended(store, elsewhere)
    assert store.read(of_another) == BEN
    with pytest.raises(NotAuthenticated):
        store.redeem(ticket)


def test_a_ticket_outlives_the_next_one(store: SessionStore) -> None:
    first, second = store.issue_ticket(ADA), store.issue_ticket(ADA)
    assert store.redeem(second) != store.redeem(first)


@pytest.mark.parametrize("ticket", ["", "unknown", "x" * 43, "kött"])
def test_an_unknown_ticket_starts_nothing(store: SessionStore, ticket: str) -> None:
    with pytest.raises(NotAuthenticated):
        store.redeem(ticket)


@pytest.mark.parametrize("cookie", ["", "None", "unknown", "kött", "' or 1=1 --"])
def test_an_unknown_cookie_stands_for_nobody(store: SessionStore, cookie: str) -> None:
    store.start(ADA)
    store.touch(cookie)
    store.end(cookie)
    assert has_ended(store, cookie)


def test_cookies_and_tickets_hold_128_random_bits_or_more(store: SessionStore) -> None:
    secrets = [make(ADA) for _ in range(50) for make in (store.start, store.issue_ticket)]
    assert len(set(secrets)) == len(secrets)
    assert min(len(base64.urlsafe_b64decode(secret + "==")) for secret in secrets) >= 16
    # Not one byte stands still, as it would in a counter or a time.
    raw = [base64.urlsafe_b64decode(secret + "==") for secret in secrets]
    assert all(len(set(column)) > 1 for column in itertools.zip_longest(*raw))


def test_the_file_tells_neither_cookie_nor_token_nor_address(store: SessionStore, cookie: str, file: Path) -> None:
    written = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert str(ADA.user_id).encode() in written, "The session is not in these files, so the test shows nothing."
    for secret in (cookie, ADA.access_token, ADA.refresh_token, ADA.email, SECRET.decode()):
        assert secret.encode() not in written
        assert base64.b64encode(secret.encode()).strip(b"=")[:16] not in written


def test_the_file_is_the_servers_alone(store: SessionStore, cookie: str, file: Path) -> None:
    parts = list(file.parent.iterdir())
    assert {part.suffix for part in parts} == {".db", ".db-wal", ".db-shm"}
    assert {part.stat().st_mode & 0o777 for part in parts} == {0o600}


def test_a_session_outlives_a_restart_of_the_server(
    store: SessionStore, cookie: str, open_store: Callable[..., SessionStore], clock: Clock
) -> None:
    clock.pass_by(IDLE - 1)
    store.close()
    assert open_store().read(cookie) == ADA
    clock.pass_by(2)
    assert has_ended(open_store(), cookie)


def test_a_session_outlives_a_kill_of_the_server(cookie: str, open_store: Callable[..., SessionStore]) -> None:
    assert open_store().read(cookie) == ADA


def test_another_secret_ends_every_session(
    store: SessionStore, cookie: str, open_store: Callable[..., SessionStore]
) -> None:
    store.close()
    other = open_store(b"another secret")
    with pytest.raises(NotAuthenticated):
        other.read(cookie)
    other.touch(cookie)
    other.end(cookie)


@pytest.mark.parametrize(
    "kept", [b"{}", b'{"user_id": "ada", "clinic": 7}', b'"ada"', b"not JSON"], ids=["fewer", "other", "text", "noise"]
)
def test_a_session_sealed_by_a_version_with_other_fields_has_ended(
    store: SessionStore, cookie: str, file: Path, kept: bytes, open_store: Callable[..., SessionStore]
) -> None:
    sealed = store._cipher(cookie).encrypt(kept)
    store.close()
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("update sessions set tokens = ?", [sealed])
    other = open_store()
    with pytest.raises(NotAuthenticated):
        other.read(cookie)
    other.end(cookie)


def test_a_ticket_does_not_outlive_a_restart(store: SessionStore, open_store: Callable[..., SessionStore]) -> None:
    ticket = store.issue_ticket(ADA)
    with pytest.raises(NotAuthenticated):
        open_store().redeem(ticket)


def count_rows(file: Path) -> int:
    with closing(sqlite3.connect(file)) as database:
        rows: int = database.execute("select count(*) from sessions").fetchone()[0]
        return rows


def test_what_has_ended_is_gone_from_the_file_when_it_is_looked_through(
    store: SessionStore, cookie: str, clock: Clock, file: Path
) -> None:
    clock.pass_by(IDLE - 1)
    kept = store.start(ADA)
    clock.pass_by(2)
    store.end_overdue()
    assert store.read(kept) == ADA
    assert count_rows(file) == 1


def test_what_nobody_can_open_is_kept_until_its_last_moment_in_case_a_browser_shows_its_cookie(
    store: SessionStore, cookie: str, clock: Clock, file: Path, open_store: Callable[..., SessionStore]
) -> None:
    store.close()
    restarted = open_store()
    for seconds, rows in [(IDLE + 1, 1), (ABSOLUTE, 0)]:
        clock.pass_by(seconds)
        restarted.end_overdue()
        assert count_rows(file) == rows
