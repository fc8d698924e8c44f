"""A real PostgreSQL with Supabase's roles and default grants, and a database of its own for every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres import Database, PostgresServer


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    server = PostgresServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database(postgres: PostgresServer) -> Iterator[Database]:
    """A database with every migration run and nobody in it."""
    with postgres.database() as lent:
        yield lent
