"""One-time tickets: what a page hands its browser, to be exchanged for a cookie or a file."""

from __future__ import annotations

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from lib.errors import NotAuthenticated

TICKET_SECONDS = 30


class Owned(Protocol):
    """What belongs to a clinician."""

    @property
    def user_id(self) -> UUID:
        """Return whose it is."""


Held = TypeVar("Held", bound=Owned)


class Tickets(Generic[Held]):
    """The tickets that are out; each is good for one try within 30 seconds."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._out: dict[str, tuple[Held, float]] = {}

    def issue(self, held: Held) -> str:
        """Return a new ticket."""
        ticket = secrets.token_urlsafe(32)
        with self._lock:
            now = self._clock()
            self._out = {key: kept for key, kept in self._out.items() if kept[1] > now}
            self._out[_hash(ticket)] = (held, now + TICKET_SECONDS)
        return ticket

    def redeem(self, ticket: str) -> Held:
        """Return what a ticket is for.

        Raises:
            NotAuthenticated: the ticket is unknown, used, dropped or too old.
        """
        with self._lock:
            held, until = self._out.pop(_hash(ticket), (None, 0.0))
        if held is None or self._clock() >= until:
            raise NotAuthenticated
        return held

    def drop_all_of(self, user_id: UUID) -> None:
        """Make the tickets of a clinician worthless."""
        with self._lock:
            self._out = {key: kept for key, kept in self._out.items() if kept[0].user_id != user_id}


def _hash(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
