"""The one place where Case Desk is started: the way to Supabase, the browser sessions, the count of tries."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field

from lib.accounts.attempts import Attempts
from lib.accounts.browser_sessions import SessionStore
from lib.accounts.tickets import Tickets
from lib.backend import client
from lib.backend.settings import Supabase
from lib.cases.export import Export
from lib.errors import NotStarted
from lib.logs import locate

OVERDUE_SECONDS = 30
"""How often sessions that ended by themselves are looked for."""

log = logging.getLogger("case_desk")


@dataclass(frozen=True)
class Desk:
    """What the pages, routes and threads of one server share."""

    sessions: SessionStore
    attempts: Attempts = field(default_factory=Attempts)
    exports: Tickets[Export] = field(default_factory=Tickets)
    closing: threading.Event = field(default_factory=threading.Event)


_desk: Desk | None = None


def start(supabase: Supabase, sessions: SessionStore) -> None:
    """Talk to this Supabase project and keep browser sessions here from now on."""
    global _desk
    client.connect(supabase)
    _desk = Desk(sessions)
    threading.Thread(target=_end_overdue_sessions, args=(_desk,), name="overdue-sessions", daemon=True).start()


def stop() -> None:
    """Let go of Supabase and of the browser sessions' file."""
    global _desk
    if _desk is not None:
        _desk.closing.set()
        _desk.sessions.close()
        _desk = None
    client.disconnect()


def desk() -> Desk:
    """Return what this server shares.

    Raises:
        NotStarted: `start` was not called.
    """
    if _desk is None:
        raise NotStarted
    return _desk


def _end_overdue_sessions(desk: Desk) -> None:
    while not desk.closing.wait(OVERDUE_SECONDS):
        try:
            desk.sessions.end_overdue()
        except Exception as error:
            # The next round must come, whatever this one met.
            log.error("Ended sessions could not be looked through: %s", locate(error))
