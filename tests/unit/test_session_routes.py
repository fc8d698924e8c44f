"""Signing out takes the cookie from the browser, whatever goes wrong behind it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from starlette.applications import Starlette

from lib.accounts.browser_sessions import SessionStore
from lib.accounts.sign_in import Session
from lib.errors import NotAuthenticated
from lib.server.session_routes import session_routes

ADA = Session(UUID(int=1), "ada@clinic.example", "access", "refresh", 10**10)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sessions.db"


@pytest.fixture
def store(path: Path) -> Iterator[SessionStore]:
    with closing(SessionStore(path, b"secret")) as opened:
        yield opened


def sign_out(store: SessionStore, cookie: str) -> str:
    """Sign out as a browser does, and return what it is told about its cookie."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(Starlette(routes=session_routes(lambda: store)))
        async with httpx.AsyncClient(transport=transport, cookies={"case_desk": cookie}) as browser:
            return await browser.delete("http://server/session")

    answer = asyncio.run(ask())
    assert answer.status_code == 204
    return str(answer.headers["set-cookie"])


def test_a_full_disk_keeps_nobody_signed_in(store: SessionStore) -> None:
    cookie = store.start(ADA)
    database = store._file._database
    assert database
    database.execute("pragma max_page_count = 1")
    assert "Max-Age=0" in sign_out(store, cookie)
    with pytest.raises(NotAuthenticated):
        store.read(cookie)


def test_a_locked_file_keeps_nobody_signed_in_nor_waiting(store: SessionStore, path: Path) -> None:
    cookie = store.start(ADA)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("begin exclusive")
        started = time.perf_counter()
        assert "Max-Age=0" in sign_out(store, cookie)
        assert time.perf_counter() - started < 1.5
    with pytest.raises(NotAuthenticated):
        store.read(cookie)


def test_what_nobody_expected_keeps_the_cookie_from_nobody(
    store: SessionStore, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(cookie: str) -> None:
        raise LookupError("Canaria")

    monkeypatch.setattr(store, "end", fail)
    with caplog.at_level(logging.ERROR, "case_desk"):
        assert "Max-Age=0" in sign_out(store, "any")
    assert "LookupError" in caplog.text
    assert "Canaria" not in caplog.text
