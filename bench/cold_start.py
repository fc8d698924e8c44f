"""From nothing to the first sign-in page: on the embedded Supabase, and on one that runs elsewhere."""

from __future__ import annotations

import time

from bench.frame import Goal, Row, Rows, each
from bench.places import embedded_supabase
from lib.backend.settings import Supabase
from tests.protocol.client import open_tab
from tests.server import running_server


def rows(*, quick: bool) -> Rows:
    """Measure starts of the whole server, until a tab has drawn the sign-in page."""
    turns = 1 if quick else 3
    yield from each({"cold start, embedded": _embedded(turns), "cold start, hosted": _hosted(turns)})


def _embedded(turns: int) -> Rows:
    yield Row("cold start, embedded", lambda: [_start(None)], goal=Goal("median", 6), turns=turns, unit="s")


def _hosted(turns: int) -> Rows:
    with embedded_supabase() as supabase:
        yield Row("cold start, hosted", lambda: [_start(supabase)], goal=Goal("median", 3), turns=turns, unit="s")


def _start(supabase: Supabase | None) -> float:
    started = time.perf_counter()
    with running_server(supabase) as server, open_tab(server.url) as tab:
        tab.visit()
        assert "Password" in tab.labels()
        return time.perf_counter() - started
