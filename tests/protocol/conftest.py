"""The running server, on the same Supabase as the tests, and what a browser holds after a sign-in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lib.backend.settings import Supabase
from tests.protocol.client import sign_in
from tests.server import Server, running_server


@pytest.fixture(scope="session")
def server(supabase_project: Supabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server(
        SUPABASE_URL=supabase_project.url,
        SUPABASE_KEY=supabase_project.key,
        CASE_DESK_SESSION_FILE=str(tmp_path_factory.mktemp("server") / "sessions.db"),
    ) as server:
        yield server


@pytest.fixture(scope="session")
def url(server: Server) -> str:
    return server.url


@pytest.fixture(scope="session")
def ada_cookie(url: str) -> str:
    """The cookie of a session of Ada's that no test ends."""
    return sign_in(url, "ada@demo.example")


@pytest.fixture
def ben_cookie(url: str) -> str:
    """The cookie of a session of Ben's that starts with the test."""
    return sign_in(url, "ben@demo.example")


@pytest.fixture
def short_lived_cookie(url: str) -> str:
    """The cookie of a session of Ada's that a test may end."""
    return sign_in(url, "ada@demo.example")
