"""The running server, between the tests and the embedded Supabase, with a proxy that sees what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from lib import Case, Session
from lib.backend.settings import Supabase
from tests.proxy import FaultProxy
from tests.server import Server, running_server


@pytest.fixture(scope="session")
def way_to_supabase(supabase_project: Supabase) -> Iterator[FaultProxy]:
    with FaultProxy(supabase_project.url) as proxy:
        yield proxy


@pytest.fixture
def proxy(way_to_supabase: FaultProxy) -> Iterator[FaultProxy]:
    """The server's only way to Supabase; without faults, and nothing asked yet."""
    way_to_supabase.forget()
    yield way_to_supabase
    way_to_supabase.forward()


@pytest.fixture(scope="session")
def server(
    way_to_supabase: FaultProxy, supabase_project: Supabase, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Case Desk's server in a process of its own."""
    with running_server(
        SUPABASE_URL=way_to_supabase.url,
        SUPABASE_KEY=supabase_project.key,
        CASE_DESK_SESSION_FILE=str(tmp_path_factory.mktemp("server") / "sessions.db"),
    ) as running:
        yield running


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
