"""The real parts that tests share: an embedded Supabase of their own, and clinicians with real tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lib import Case, Session, create_case, sign_in
from lib.backend.client import connect, disconnect
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase

DEMO_PASSWORD = "casedesk-demo"


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedSupabase]:
    """An embedded Supabase of these tests, in memory, on a free port; `supabase_project` starts it."""
    server = EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": "memory://", "EMBEDDED_SUPABASE_PORT": "0"})
    yield server
    disconnect()
    server.stop()


@pytest.fixture(scope="session")
def supabase_project(embedded: EmbeddedSupabase) -> Supabase:
    return embedded.start()


@pytest.fixture
def connected(supabase_project: Supabase) -> Supabase:
    """Case Desk connected to the embedded Supabase, whatever the test before did."""
    connect(supabase_project)
    return supabase_project


@pytest.fixture(scope="session")
def signed_in(supabase_project: Supabase) -> dict[str, Session]:
    """Both clinicians, signed in once; a test that ends a session starts one of its own."""
    connect(supabase_project)
    return {name: sign_in(f"{name}@demo.example", DEMO_PASSWORD) for name in ("ada", "ben")}


@pytest.fixture
def ada(connected: Supabase, signed_in: dict[str, Session]) -> Session:
    """The owner of most cases."""
    return signed_in["ada"]


@pytest.fixture
def ben(connected: Supabase, signed_in: dict[str, Session]) -> Session:
    """A clinician to whom Ada's cases are a stranger's."""
    return signed_in["ben"]


@pytest.fixture
def new_case(ada: Session) -> Callable[..., Case]:
    """Create a case of Ada's that no other test touches."""

    def create(**fields: Any) -> Case:
        given = {"patient_name": "Testa Mäkinen", "patient_age": 45, "patient_gender": "female"}
        return create_case(ada, given | fields)

    return create


@pytest.fixture
def case(new_case: Callable[..., Case]) -> Case:
    return new_case(case_summary="Cough for three days.", status="pending")


@pytest.fixture
def rest(connected: Supabase) -> Iterator[Callable[[Session | None], httpx.Client]]:
    """A raw REST client with a clinician's own token, or with none."""
    clients: list[httpx.Client] = []

    def open_client(session: Session | None) -> httpx.Client:
        headers = {"apikey": connected.key, "Prefer": "return=representation"}
        if session:
            headers["Authorization"] = f"Bearer {session.access_token}"
        # Without TLS roots, which plain HTTP never asks for, a client opens in no time.
        clients.append(httpx.Client(base_url=f"{connected.url}/rest/v1", headers=headers, timeout=10, verify=False))
        return clients[-1]

    yield open_client
    for client in clients:
        client.close()
