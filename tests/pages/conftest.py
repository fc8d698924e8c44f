"""The dashboard's pages, run from the router without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lib import Session, bootstrap
from lib.accounts.browser_sessions import SessionStore
from lib.backend.settings import ROOT, Supabase
from lib.ui import browser

OpenApp = Callable[..., AppTest]


@pytest.fixture
def browser_sessions(connected: Supabase) -> Iterator[SessionStore]:
    """Where the pages look for the session behind a cookie."""
    kept = SessionStore(":memory:", b"x" * 32)
    bootstrap.start(connected, kept)
    yield kept
    bootstrap.stop()


@pytest.fixture
def hold_cookie_of(browser_sessions: SessionStore, monkeypatch: pytest.MonkeyPatch) -> Callable[[Session | None], None]:
    """Let the browser hold the cookie of a new session, or none, from its next run on."""

    def hold(session: Session | None) -> None:
        cookie = browser_sessions.start(session) if session else ""
        monkeypatch.setattr(browser, "browser_cookie", lambda: cookie)

    return hold


@pytest.fixture
def open_app(hold_cookie_of: Callable[[Session | None], None]) -> OpenApp:
    """Run the router as a browser that holds the cookie of this session, or none, at an address' query."""

    def run(session: Session | None = None, **query: str) -> AppTest:
        hold_cookie_of(session)
        app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run
