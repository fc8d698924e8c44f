"""The link to an export: good once, for 30 seconds, for the session that asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from starlette.applications import Starlette

from lib.accounts.browser_sessions import SessionStore
from lib.accounts.tickets import TICKET_SECONDS, Tickets
from lib.backend.client import connect, current
from lib.backend.settings import Supabase
from lib.cases.export import Export
from lib.cases.worklist import WorklistQuery
from lib.server.export_routes import export_routes
from tests.clinicians import Clinician
from tests.clock import Clock
from tests.protocol.client import COOKIE, ask
from tests.proxy import FaultProxy

Fetch = Callable[[str, str], httpx.Response]


@pytest.fixture
def sessions(clock: Clock, tmp_path: Path) -> Iterator[SessionStore]:
    store = SessionStore(tmp_path / "sessions.db", b"secret", clock=clock)
    yield store
    store.close()


@pytest.fixture
def exports(clock: Clock) -> Tickets[Export]:
    return Tickets(clock)


@pytest.fixture
def fetch(sessions: SessionStore, exports: Tickets[Export]) -> Fetch:
    """Follow a link with a cookie, as a browser does."""
    transport = httpx.ASGITransport(Starlette(routes=export_routes(lambda: sessions, lambda: exports)))

    async def get(address: str, cookie: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=transport, cookies={COOKIE: cookie}) as browser:
            return await browser.get(f"http://server{address}")

    return lambda address, cookie: asyncio.run(get(address, cookie))


def offer(exports: Tickets[Export], clinician: Clinician, cookie: str) -> str:
    """Return the address of an export that a browser was offered."""
    return f"/export/{exports.issue(Export(clinician.user_id, cookie, WorklistQuery(), total=1))}"


def test_a_link_answers_once_with_a_file_that_nobody_keeps(
    newcomer: Clinician,
    fetch: Fetch,
    sessions: SessionStore,
    exports: Tickets[Export],
    caplog: pytest.LogCaptureFixture,
) -> None:
    newcomer.create_case(patient_name="Ann Quillfeather")
    cookie = sessions.start(newcomer)
    address = offer(exports, newcomer, cookie)
    with caplog.at_level("INFO", "case_desk"):
        answer = fetch(address, cookie)
    [line] = [record.getMessage() for record in caplog.records if "export" in record.getMessage()]
    assert "export-of-1-cases" in line
    assert "Quillfeather" not in line
    assert answer.status_code == 200
    assert "Ann Quillfeather" in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="cases-')
    assert fetch(address, cookie).status_code == 403


def test_a_link_is_worth_nothing_in_another_session_and_then_used_up(
    newcomer: Clinician, ada: Clinician, fetch: Fetch, sessions: SessionStore, exports: Tickets[Export]
) -> None:
    own, same_clinicians, strangers = (sessions.start(clinician) for clinician in (newcomer, newcomer, ada))
    for other in (same_clinicians, strangers, "", uuid4().hex):
        address = offer(exports, newcomer, own)
        assert fetch(address, other).status_code == 403
        assert fetch(address, own).status_code == 403


def test_a_link_is_too_old_after_30_seconds(
    newcomer: Clinician, fetch: Fetch, sessions: SessionStore, exports: Tickets[Export], clock: Clock
) -> None:
    cookie = sessions.start(newcomer)
    address = offer(exports, newcomer, cookie)
    clock.pass_by(TICKET_SECONDS)
    assert fetch(address, cookie).status_code == 403


def test_an_unknown_link_is_refused_by_the_server(url: str, ada_cookie: str) -> None:
    assert ask(url, "GET", f"/export/{uuid4().hex}", cookie=ada_cookie).status_code == 403


def test_where_supabase_is_away_nothing_is_sent(
    ada: Clinician, fetch: Fetch, sessions: SessionStore, exports: Tickets[Export], proxy: FaultProxy
) -> None:
    cookie = sessions.start(ada)
    address = offer(exports, ada, cookie)
    connect(Supabase(proxy.url, current().key))
    proxy.refuse()
    assert fetch(address, cookie).status_code == 503
