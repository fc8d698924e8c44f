"""The actors of the access tests, always in this order, and Supabase behind a proxy that can fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest

from lib import Session
from lib.backend.client import connect
from lib.backend.settings import Supabase
from tests.proxy import FaultProxy

OpenRest = Callable[[Session | None], httpx.Client]


@pytest.fixture
def owner(rest: OpenRest, ada: Session) -> httpx.Client:
    """Raw REST as Ada, who owns the cases under test."""
    return rest(ada)


@pytest.fixture
def stranger(rest: OpenRest, ben: Session) -> httpx.Client:
    """Raw REST as Ben, to whom they are a stranger's."""
    return rest(ben)


@pytest.fixture
def anonymous(rest: OpenRest) -> httpx.Client:
    """Raw REST with the publishable key alone."""
    return rest(None)


@pytest.fixture
def proxy(ada: Session, connected: Supabase) -> Iterator[FaultProxy]:
    """A proxy between Case Desk and Supabase; Ada has signed in past it."""
    with FaultProxy(connected.url) as between:
        connect(Supabase(between.url, connected.key))
        yield between
        connect(connected)
