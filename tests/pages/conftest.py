"""The dashboard's pages, run from the router without a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from lib import Session, sessions
from lib.sessions import Sessions
from lib.settings import ROOT, Supabase
from lib.ui import session as browser

OpenApp = Callable[..., AppTest]


@pytest.fixture
def browser_sessions(connected: Supabase) -> Iterator[Sessions]:
    """Where the pages look for the session behind a cookie."""
    kept = Sessions(":memory:", b"x" * 32)
    sessions.use(kept)
    yield kept
    kept.close()


@pytest.fixture
def open_app(browser_sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> OpenApp:
    """Run the router as a browser that holds the cookie of this session, or none, at an address' query."""

    def run(session: Session | None = None, **query: str) -> AppTest:
        cookie = browser_sessions.start(session) if session else ""
        monkeypatch.setattr(browser, "browser_cookie", lambda: cookie)
        app = AppTest.from_file(str(ROOT / "pages" / "main.py"), default_timeout=30)
        for name, value in query.items():
            app.query_params[name] = value
        return app.run()

    return run
