"""The real parts that tests share: an embedded Supabase, clinicians with real tokens, and the running server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

from lib import Case, Session, create_case
from lib.backend.client import disconnect
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from tests.administrator import administrator_of
from tests.clinicians import PATIENT, Clinician, connect_to, known_clinician, new_clinician, open_rest
from tests.clock import Clock
from tests.proxy import FaultProxy
from tests.server import Server, running_server

# How long an example takes says more about a busy machine than about the code.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the browser's tests first and together, and the shortest last.

    So each of the processes that share the tests starts one browser, and all end at the same time.
    """
    items.sort(key=lambda item: ("unit" in item.path.parts) - ("browser" in item.path.parts))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def embedded() -> Iterator[EmbeddedSupabase]:
    """A fresh embedded Supabase with demo data, in memory, on a free port."""
    server = EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": "memory://", "EMBEDDED_SUPABASE_PORT": "0"})
    server.running = server.start()  # type: ignore[attr-defined]
    yield server
    disconnect()
    server.stop()


@pytest.fixture(scope="session")
def supabase_project(embedded: EmbeddedSupabase) -> Supabase:
    return embedded.running  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def connected(supabase_project: Supabase) -> Supabase:
    """Case Desk connected to the embedded Supabase, whatever the test before did."""
    return connect_to(supabase_project)


@pytest.fixture(scope="session")
def shared(supabase_project: Supabase) -> Iterator[dict[str, Clinician]]:
    """Three clinicians who signed in once, for all tests; a test that ends a session starts one of its own."""
    connect_to(supabase_project)
    with ExitStack() as stack:
        known = {name: stack.enter_context(known_clinician(name)) for name in ("ada", "ben")}
        yield known | {"cleo": stack.enter_context(new_clinician())}


@pytest.fixture
def ada(connected: Supabase, shared: dict[str, Clinician]) -> Clinician:
    """The owner of most cases."""
    return shared["ada"]


@pytest.fixture
def ben(connected: Supabase, shared: dict[str, Clinician]) -> Clinician:
    """A clinician to whom Ada's cases are a stranger's."""
    return shared["ben"]


@pytest.fixture
def cleo(connected: Supabase, shared: dict[str, Clinician]) -> Clinician:
    """A clinician whose cases are those that tests create."""
    return shared["cleo"]


@pytest.fixture
def newcomer(connected: Supabase) -> Iterator[Clinician]:
    """A clinician whom no other test knows, who has no cases."""
    with new_clinician() as clinician:
        yield clinician


@pytest.fixture
def new_case(ada: Clinician) -> Callable[..., Case]:
    """Create a case of Ada's that no other test touches."""

    def create(**fields: Any) -> Case:
        return create_case(ada, PATIENT | fields)

    return create


@pytest.fixture
def case(new_case: Callable[..., Case]) -> Case:
    return new_case(case_summary="Cough for three days.", status="pending")


@pytest.fixture
def rest(connected: Supabase) -> Iterator[Callable[[Session | None], httpx.Client]]:
    """Open a raw REST client with a clinician's own token, or with none."""
    with ExitStack() as stack:
        yield lambda session: stack.enter_context(open_rest(session))


@pytest.fixture
def administrator(connected: Supabase, embedded: EmbeddedSupabase) -> Iterator[httpx.Client]:
    """Raw REST as the service role, which passes by every policy."""
    with administrator_of(connected, embedded.directory) as client:
        yield client


@pytest.fixture(scope="session")
def way_to_supabase(supabase_project: Supabase) -> Iterator[FaultProxy]:
    """The server's only way to Supabase."""
    with FaultProxy(supabase_project.url) as proxy:
        yield proxy


@pytest.fixture
def proxy(way_to_supabase: FaultProxy) -> Iterator[FaultProxy]:
    """The server's only way to Supabase; without faults, and nothing asked yet."""
    way_to_supabase.forget()
    yield way_to_supabase
    way_to_supabase.forward()


@pytest.fixture(scope="session")
def server(way_to_supabase: FaultProxy, supabase_project: Supabase) -> Iterator[Server]:
    """Case Desk's server in a process of its own, on the same Supabase as the tests."""
    with running_server(Supabase(way_to_supabase.url, supabase_project.key)) as running:
        yield running
