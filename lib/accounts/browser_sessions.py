"""Browser sessions: an opaque cookie in the browser, the tokens on the server, and an end to both.

A sign-in yields a ticket; the browser redeems it once for a cookie. What the cookie stands for is kept in a small
file, encrypted with a key made of the server's secret and the cookie itself, so that neither alone tells anything.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter, ValidationError

from lib.accounts.sign_in import Session, refresh, sign_out
from lib.backend.settings import Limits
from lib.errors import BackendError, BackendUnavailable, KeyRefused, NotAuthenticated

TICKET_SECONDS = 30
REFRESH_MARGIN_SECONDS = 60
REFRESH_PAUSE_SECONDS = 10
"""After Supabase did not answer, so that a page does not wait for it again and again."""

_SCHEMA = """
create table if not exists sessions (
  id text primary key,
  user_id text not null,
  tokens blob not null,
  started_at real not null,
  active_at real not null
)
"""

_SESSION = TypeAdapter(Session)


@dataclass(frozen=True)
class TimeLeft:
    """How long a session still lasts, in seconds; 0 where it has ended."""

    idle: float
    absolute: float

    @property
    def seconds(self) -> float:
        """Return what ends first."""
        return min(self.idle, self.absolute)


class SessionStore:
    """The browser sessions of one server; every method may be called from any thread."""

    def __init__(
        self,
        file: Path | str,
        secret: bytes,
        limits: Limits | None = None,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = hashlib.blake2b(secret).digest()
        self.limits = limits or Limits()
        self._clock = clock
        self._tickets: dict[str, tuple[Session, float]] = {}
        self._lock = threading.Lock()
        self._refresh_again_at: dict[str, float] = {}
        self._refreshing = [threading.Lock() for _ in range(64)]
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        if file != ":memory:":
            Path(file).chmod(0o600)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute(_SCHEMA)

    def issue_ticket(self, session: Session) -> str:
        """Return a one-time ticket, valid for 30 seconds, that the browser exchanges for its cookie."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._tickets = {key: kept for key, kept in self._tickets.items() if kept[1] > now}
            self._tickets[_hash(ticket)] = (session, now + TICKET_SECONDS)
        return ticket

    def redeem(self, ticket: str) -> str:
        """Start a session and return its new cookie; a ticket is good for one try.

        Raises:
            NotAuthenticated: the ticket is unknown, used or too old.
        """
        with self._lock:
            session, until = self._tickets.pop(_hash(ticket), (None, 0.0))
        if session is None or self._clock() >= until:
            raise NotAuthenticated
        return self.start(session)

    def start(self, session: Session) -> str:
        """Keep a session and return the cookie that stands for it: 256 bits, known to the browser alone."""
        cookie = secrets.token_urlsafe(32)
        now = self._clock()
        self._forget_ended(now)
        sealed = self._seal(cookie, session)
        self._execute(
            "insert into sessions values (?, ?, ?, ?, ?)", _hash(cookie), str(session.user_id), sealed, now, now
        )
        return cookie

    def read(self, cookie: str) -> Session:
        """Return the session that a cookie stands for, with a fresh token; this is no interaction.

        Where Supabase does not answer, the token is the old one: the page goes on, with what was typed into it.

        Raises:
            NotAuthenticated: there is none, or it has ended.
        """
        session = self._read(cookie)
        return self._refresh(cookie) if self._is_due(cookie, session) else session

    def touch(self, cookie: str) -> None:
        """Note an interaction: the idle time starts again. A session that has ended stays ended."""
        if self.seconds_left(cookie) > 0:
            self._execute("update sessions set active_at = ? where id = ?", self._clock(), _hash(cookie))

    def time_left(self, cookie: str) -> TimeLeft:
        """Return how long the session lasts without a further interaction, and how long in any case."""
        row = self._execute("select started_at, active_at from sessions where id = ?", _hash(cookie))
        if row is None:
            return TimeLeft(0.0, 0.0)
        started_at, active_at = row
        now = self._clock()
        return TimeLeft(
            idle=max(0.0, active_at + self.limits.idle - now),
            absolute=max(0.0, started_at + self.limits.absolute - now),
        )

    def seconds_left(self, cookie: str) -> float:
        """Return how long the session lasts without a further interaction; 0 where it has ended."""
        return self.time_left(cookie).seconds

    def end(self, cookie: str) -> None:
        """End one session; every tab of its browser is signed out, and its tokens too where Supabase answers."""
        with suppress(NotAuthenticated, BackendError, KeyRefused):
            session = self._read(cookie)
            self._forget(cookie)
            # Supabase takes no sign-out from an expired token, and the refresh token would live on.
            sign_out(refresh(session) if session.expires_within(0, self._clock()) else session)

    def end_all(self, session: Session) -> None:
        """End every session of this clinician, here and then at Supabase.

        Raises:
            BackendUnavailable: Supabase does not answer; here they have ended all the same.
        """
        self._drop_tickets(session.user_id)
        self._execute("delete from sessions where user_id = ?", str(session.user_id))
        sign_out(session, which="global")

    def keep_only(self, cookie: str, session: Session) -> None:
        """Let a session that was proved just now take the place of every one of its clinician's, under this cookie."""
        self._drop_tickets(session.user_id)
        self._execute("delete from sessions where user_id = ? and id != ?", str(session.user_id), _hash(cookie))
        self._execute("update sessions set tokens = ? where id = ?", self._seal(cookie, session), _hash(cookie))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._database.close()

    def _drop_tickets(self, user_id: UUID) -> None:
        with self._lock:
            self._tickets = {key: kept for key, kept in self._tickets.items() if kept[0].user_id != user_id}

    def _read(self, cookie: str) -> Session:
        if self.seconds_left(cookie) <= 0:
            raise NotAuthenticated
        row = self._execute("select tokens from sessions where id = ?", _hash(cookie))
        if row is None:
            raise NotAuthenticated
        return self._open(cookie, row[0])

    def _refresh(self, cookie: str) -> Session:
        with self._one_refresh(cookie):
            session = self._read(cookie)
            if not self._is_due(cookie, session):
                return session
            try:
                fresh = refresh(session)
            except NotAuthenticated:
                self._forget(cookie)
                raise
            except (BackendUnavailable, KeyRefused):
                self._refresh_again_at[_hash(cookie)] = self._clock() + REFRESH_PAUSE_SECONDS
                return session
            self._refresh_again_at.pop(_hash(cookie), None)
            self._execute("update sessions set tokens = ? where id = ?", self._seal(cookie, fresh), _hash(cookie))
            return fresh

    def _is_due(self, cookie: str, session: Session) -> bool:
        now = self._clock()
        paused = self._refresh_again_at.get(_hash(cookie), 0.0) > now
        return session.expires_within(REFRESH_MARGIN_SECONDS, now) and not paused

    def _forget(self, cookie: str) -> None:
        self._refresh_again_at.pop(_hash(cookie), None)
        self._execute("delete from sessions where id = ?", _hash(cookie))

    def _forget_ended(self, now: float) -> None:
        started, active = now - self.limits.absolute, now - self.limits.idle
        self._execute("delete from sessions where started_at <= ? or active_at <= ?", started, active)

    def _one_refresh(self, cookie: str) -> threading.Lock:
        return self._refreshing[int(_hash(cookie), 16) % len(self._refreshing)]

    def _execute(self, statement: str, *values: Any) -> tuple[Any, ...] | None:
        with self._lock:
            row: tuple[Any, ...] | None = self._database.execute(statement, values).fetchone()
            return row

    def _seal(self, cookie: str, session: Session) -> bytes:
        return self._cipher(cookie).encrypt(_SESSION.dump_json(session))

    def _open(self, cookie: str, tokens: bytes) -> Session:
        try:
            return _SESSION.validate_json(self._cipher(cookie).decrypt(tokens))
        except (InvalidToken, ValidationError):
            # Sealed with another secret, or by a version that kept other things: nobody can read it any more.
            raise NotAuthenticated from None

    def _cipher(self, cookie: str) -> Fernet:
        key = hashlib.blake2b(cookie.encode(), key=self._secret, digest_size=32).digest()
        return Fernet(base64.urlsafe_b64encode(key))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
