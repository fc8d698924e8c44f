"""The one place where Case Desk is started: the way to Supabase, the browser sessions, the count of tries."""

from __future__ import annotations

from dataclasses import dataclass

from lib.accounts.attempts import Attempts
from lib.accounts.browser_sessions import SessionStore
from lib.backend import client
from lib.backend.settings import Supabase
from lib.errors import NotStarted


@dataclass(frozen=True)
class Desk:
    """What the pages, routes and threads of one server share."""

    sessions: SessionStore
    attempts: Attempts


_desk: Desk | None = None


def start(supabase: Supabase, sessions: SessionStore) -> None:
    """Talk to this Supabase project and keep browser sessions here from now on."""
    global _desk
    client.connect(supabase)
    _desk = Desk(sessions, Attempts())


def stop() -> None:
    """Let go of Supabase and of the browser sessions' file."""
    global _desk
    if _desk is not None:
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
