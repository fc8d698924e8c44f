"""The running server, and what a browser holds after a sign-in."""

from __future__ import annotations

import pytest

from tests.protocol.client import sign_in
from tests.server import Server


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
