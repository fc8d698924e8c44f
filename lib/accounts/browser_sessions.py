"""Browser sessions: an opaque cookie in the browser, the tokens on the server, and an end to both.

A sign-in yields a ticket; the browser redeems it once for a cookie. What the cookie stands for is kept in a small
file, encrypted with a key made of the server's secret and the cookie itself, so that neither alone tells anything.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from pydantic import TypeAdapter, ValidationError

from lib.accounts.session_file import Row, SessionFile
from lib.accounts.sign_in import Session, refresh, sign_out
from lib.accounts.tickets import Tickets
from lib.backend.deadlines import answered_within
from lib.backend.settings import Limits
from lib.errors import BackendError, BackendUnavailable, ConfigurationError, KeyRefused, NotAuthenticated

REFRESH_MARGIN_SECONDS = 60
PAUSE_SECONDS = 10
"""After Supabase did not answer, so that a page does not wait for it again and again."""

VERIFIED_SECONDS = 2.0
"""How long a page waits for Supabase's word on whether its session still lives, before it goes on without."""

UNREVOKED = 1000
"""Ended sessions that wait until Supabase answers, at most."""

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
    """The browser sessions of one server; every method may be called from any thread.

    `verify` asks Supabase Auth now and then whether a token's session still lives there.
    """

    def __init__(
        self,
        file: Path | str,
        secret: bytes,
        limits: Limits | None = None,
        *,
        verify: Callable[[str], object] | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._secret = hashlib.blake2b(secret).digest()
        self.limits = limits or Limits()
        self._verify = verify
        self._clock = clock
        self._file = SessionFile(file)
        self._opened: dict[str, Session] = {}
        self._tickets: Tickets[Session] = Tickets(clock)
        self._unrevoked: deque[Session] = deque(maxlen=UNREVOKED)
        self._refresh_again_at: dict[str, float] = {}
        self._verify_again_at = 0.0
        self._refreshing = [threading.Lock() for _ in range(64)]

    def issue_ticket(self, session: Session) -> str:
        """Return a one-time ticket, valid for 30 seconds, that the browser exchanges for its cookie."""
        return self._tickets.issue(session)

    def redeem(self, ticket: str) -> str:
        """Start a session and return its new cookie.

        Raises:
            NotAuthenticated: the ticket is unknown, used or too old, or all sessions of its clinician were ended.
        """
        return self.start(self._tickets.redeem(ticket))

    def start(self, session: Session) -> str:
        """Keep a session and return the cookie that stands for it: 256 bits, known to the browser alone."""
        cookie = secrets.token_urlsafe(32)
        now = self._clock()
        self._file.put(_hash(cookie), Row(str(session.user_id), self._seal(cookie, session), now, now))
        self._opened[_hash(cookie)] = session
        self._file.write()
        return cookie

    def read(self, cookie: str) -> Session:
        """Return the session that a cookie stands for, with a fresh token; this is no interaction.

        Where Supabase does not answer, the token is the old one: the page goes on, with what was typed into it.

        Raises:
            NotAuthenticated: there is none, or it has ended, here or at Supabase.
        """
        session = self._read(cookie)
        if self._is_due(cookie, session):
            return self._refresh(cookie)
        self._refuse_ended_elsewhere(cookie, session)
        return session

    def touch(self, cookie: str) -> None:
        """Note an interaction: the idle time starts again. A session that has ended stays ended."""
        if self.seconds_left(cookie) > 0:
            self._file.change(_hash(cookie), active_at=self._clock())
            self._file.write()

    def time_left(self, cookie: str) -> TimeLeft:
        """Return how long the session lasts without a further interaction, and how long in any case."""
        row = self._file.find(_hash(cookie))
        return self._time_left(row) if row else TimeLeft(0.0, 0.0)

    def seconds_left(self, cookie: str) -> float:
        """Return how long the session lasts without a further interaction; 0 where it has ended."""
        return self.time_left(cookie).seconds

    def end(self, cookie: str) -> None:
        """End one session; every tab of its browser is signed out, and its tokens, once Supabase answers."""
        session = self._open(cookie)
        self._forget(_hash(cookie))
        if session:
            self._settle(session)
        self._file.write()

    def end_all(self, session: Session) -> None:
        """End every session of this clinician, here and then at Supabase.

        Raises:
            BackendUnavailable: Supabase does not answer; here they have ended all the same.
        """
        self._end_here(session.user_id)
        try:
            self._revoke(session, everywhere=True)
        finally:
            self._file.write()

    def keep_only(self, cookie: str, session: Session) -> None:
        """Let a session that was proved just now take the place of every one of its clinician's, under this cookie."""
        self._end_here(session.user_id, but=_hash(cookie))
        self._keep(cookie, session)

    def end_overdue(self) -> None:
        """Revoke at Supabase what has ended here by itself, and forget it; for a thread that does so now and then.

        A session that no browser has shown since the server started cannot be opened: it is kept until its last
        moment, in case one does.
        """
        for id_, row in self._file.items():
            left, session = self._time_left(row), self._opened.get(id_)
            if session and not left.seconds:
                self._unrevoked.append(session)
            if (session and not left.seconds) or not left.absolute:
                self._forget(id_)
        for _ in range(len(self._unrevoked)):
            if not self._settle(self._unrevoked.popleft()):
                break
        self._file.write()

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _read(self, cookie: str) -> Session:
        # Opened even where it has ended, so that it can be revoked.
        session = self._open(cookie)
        if session is None or not self.seconds_left(cookie):
            raise NotAuthenticated
        return session

    def _refresh(self, cookie: str) -> Session:
        with self._one_refresh(cookie):
            session = self._read(cookie)
            if not self._is_due(cookie, session):
                return session
            try:
                fresh = refresh(session)
            except NotAuthenticated:
                self._end_at_once(cookie)
                raise
            except (BackendUnavailable, KeyRefused):
                self._refresh_again_at[_hash(cookie)] = self._clock() + PAUSE_SECONDS
                return session
            self._refresh_again_at.pop(_hash(cookie), None)
            self._keep(cookie, fresh)
            return fresh

    def _is_due(self, cookie: str, session: Session) -> bool:
        now = self._clock()
        paused = self._refresh_again_at.get(_hash(cookie), 0.0) > now
        return session.expires_within(REFRESH_MARGIN_SECONDS, now) and not paused

    def _refuse_ended_elsewhere(self, cookie: str, session: Session) -> None:
        now = self._clock()
        if self._verify is None or now < self._verify_again_at or session.expires_within(0, now):
            return
        try:
            with answered_within(VERIFIED_SECONDS):
                self._verify(session.access_token)
        except NotAuthenticated:
            self._end_at_once(cookie)
            raise
        except (BackendError, KeyRefused):
            self._verify_again_at = now + PAUSE_SECONDS

    def _settle(self, session: Session) -> bool:
        """Revoke an ended session; where Supabase does not answer, it is for later."""
        try:
            self._revoke(session)
        except (BackendError, ConfigurationError):
            self._unrevoked.append(session)
            return False
        return True

    def _revoke(self, session: Session, *, everywhere: bool = False) -> None:
        """End a session at Supabase, which takes no sign-out from an expired token: its refresh token would live on."""
        with suppress(NotAuthenticated):
            fresh = refresh(session) if session.expires_within(0, self._clock()) else session
            sign_out(fresh, which="global" if everywhere else "local")

    def _end_here(self, user_id: UUID, *, but: str = "") -> None:
        self._tickets.drop_all_of(user_id)
        self._forget(*(id_ for id_, row in self._file.items() if row.user_id == str(user_id) and id_ != but))

    def _end_at_once(self, cookie: str) -> None:
        self._forget(_hash(cookie))
        self._file.write()

    def _forget(self, *ids: str) -> None:
        self._file.drop(*ids)
        for id_ in ids:
            self._refresh_again_at.pop(id_, None)
            self._opened.pop(id_, None)

    def _keep(self, cookie: str, session: Session) -> None:
        if self._file.find(_hash(cookie)):
            self._opened[_hash(cookie)] = session
        self._file.change(_hash(cookie), tokens=self._seal(cookie, session))
        self._file.write()

    def _time_left(self, row: Row) -> TimeLeft:
        now = self._clock()
        return TimeLeft(
            idle=max(0.0, row.active_at + self.limits.idle - now),
            absolute=max(0.0, row.started_at + self.limits.absolute - now),
        )

    def _one_refresh(self, cookie: str) -> threading.Lock:
        return self._refreshing[int(_hash(cookie), 16) % len(self._refreshing)]

    def _seal(self, cookie: str, session: Session) -> bytes:
        return self._cipher(cookie).encrypt(_SESSION.dump_json(session))

    def _open(self, cookie: str) -> Session | None:
        """Return the session of a cookie, whether or not it has ended, and remember it; None where there is none."""
        id_ = _hash(cookie)
        row = self._file.find(id_)
        if row is None:
            return None
        if id_ not in self._opened:
            # Sealed with another secret, or by a version that kept other things, nobody can read it any more.
            with suppress(InvalidToken, ValidationError):
                self._opened[id_] = _SESSION.validate_json(self._cipher(cookie).decrypt(row.tokens))
        return self._opened.get(id_)

    def _cipher(self, cookie: str) -> Fernet:
        key = hashlib.blake2b(cookie.encode(), key=self._secret, digest_size=32).digest()
        return Fernet(base64.urlsafe_b64encode(key))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
