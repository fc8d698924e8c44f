"""`update_case` beside the same raw PATCH: alone, and by eight threads at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

import httpx

from bench.baseline import raw
from bench.frame import Goal, Row, Rows, Turn, each, timed
from bench.places import embedded_supabase, postgrest, session_of
from lib import Session, sign_in, update_case
from lib.backend.settings import Supabase
from tests.postgres import PostgresServer

THREADS = 8
GOAL = Goal("ratio", 1.4)


def rows(*, quick: bool) -> Rows:
    """Measure on the embedded Supabase, and on PostgREST."""
    turns = 60 if quick else 300
    yield from each({"update_case, embedded": _embedded(turns), "update_case, PostgREST": _postgrest(turns)})


def _embedded(turns: int) -> Rows:
    with embedded_supabase() as supabase:
        yield from _rows_on("embedded", supabase, sign_in("ada@demo.example", "casedesk-demo"), turns)


def _postgrest(turns: int) -> Rows:
    server = PostgresServer()
    server.start()
    try:
        with server.database() as database, postgrest(database) as supabase:
            yield from _rows_on("PostgREST", supabase, session_of(database.add_clinician()), turns)
    finally:
        server.stop()


def _rows_on(where: str, supabase: Supabase, session: Session, turns: int) -> Rows:
    with ExitStack() as stack:
        rests = [stack.enter_context(raw.open_rest(supabase, session)) for _ in range(THREADS)]
        cases = raw.create_cases(rests[0], THREADS)
        ours = [timed(partial(_move, session, case)) for case in cases]
        theirs = [timed(partial(_move_raw, rest, case)) for rest, case in zip(rests, cases, strict=True)]
        yield Row(f"update_case, {where}", ours[0], theirs[0], GOAL, turns)
        crowd = stack.enter_context(ThreadPoolExecutor(THREADS))
        name = f"update_case by {THREADS} threads, {where}"
        yield Row(name, _together(crowd, ours), _together(crowd, theirs), GOAL, turns // 4)


def _move(session: Session, case_id: int) -> None:
    update_case(session, case_id, {"status": "analyzing"})


def _move_raw(rest: httpx.Client, case_id: int) -> None:
    raw.patch(rest, case_id, "analyzing")


def _together(crowd: ThreadPoolExecutor, turns: Sequence[Turn]) -> Turn:
    """Make one turn of several that start together."""
    return lambda: [taken for figures in crowd.map(lambda turn: turn(), turns) for taken in figures]
