"""One-time tickets: what a page hands its browser after a sign-in, to be exchanged for a cookie."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Callable
from uuid import UUID

from lib.accounts.sign_in import Session
from lib.errors import NotAuthenticated

TICKET_SECONDS = 30


class Tickets:
    """The tickets that are out; each is good for one try within 30 seconds."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._out: dict[str, tuple[Session, float]] = {}

    def issue(self, session: Session) -> str:
        """Return a new ticket."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._out = {key: kept for key, kept in self._out.items() if kept[1] > now}
            self._out[_hash(ticket)] = (session, now + TICKET_SECONDS)
        return ticket

    def redeem(self, ticket: str) -> Session:
        """Return the session that a ticket is for.

        Raises:
            NotAuthenticated: the ticket is unknown, used, dropped or too old.
        """
        with self._lock:
            session, until = self._out.pop(_hash(ticket), (None, 0.0))
        if session is None or self._clock() >= until:
            raise NotAuthenticated
        return session

    def drop_all_of(self, user_id: UUID) -> None:
        """Make the tickets of a clinician worthless."""
        with self._lock:
            self._out = {key: kept for key, kept in self._out.items() if kept[0].user_id != user_id}


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
