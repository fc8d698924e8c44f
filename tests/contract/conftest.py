"""The running server, as programs use it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from lib import Case, Session
from tests.server import Server


@pytest.fixture
def browse(server: Server) -> Iterator[Callable[[Session | None], httpx.Client]]:
    """A client at the server's address that speaks for a session, or for nobody."""
    clients: list[httpx.Client] = []

    def open_client(session: Session | None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {session.access_token}"} if session else {}
        clients.append(httpx.Client(base_url=server.url, headers=headers, timeout=20))
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()


@pytest.fixture
def api(browse: Callable[[Session | None], httpx.Client], ada: Session) -> httpx.Client:
    """The API as Ada uses it."""
    return browse(ada)


@pytest.fixture
def path(case: Case) -> str:
    """The path of a case of Ada's that no other test touches."""
    return f"/cases/cases/{case.case_id}"
