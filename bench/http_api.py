"""`PUT` beside the same raw PATCH, and what any answer of the server costs on a connection that is kept alive."""

from __future__ import annotations

from functools import partial
from itertools import cycle

import httpx

from bench.baseline import raw
from bench.frame import Goal, Row, Rows, timed
from bench.places import embedded_supabase
from lib import sign_in
from tests.server import running_server


def rows(*, quick: bool) -> Rows:
    """Measure through the running server."""
    turns = 60 if quick else 300
    with embedded_supabase() as supabase, running_server(supabase) as server:
        session = sign_in("ada@demo.example", "casedesk-demo")
        headers = {"Authorization": f"Bearer {session.access_token}"}
        with raw.open_rest(supabase, session) as rest, httpx.Client(base_url=server.url) as ours:
            [case_id], statuses = raw.create_cases(rest), cycle(["analyzing", "pending"])

            def put() -> object:
                body = {"status": next(statuses)}
                return ours.put(f"/cases/cases/{case_id}", json=body, headers=headers).raise_for_status().json()

            patch = timed(lambda: raw.patch(rest, case_id, next(statuses)))
            yield Row("PUT beside the raw PATCH", timed(put), patch, Goal("ratio", 1.4), turns)
            for path in ("/_stcore/health", "/"):
                yield Row(
                    f"GET {path}, kept alive", timed(partial(ours.get, path)), goal=Goal("median", 2), turns=turns
                )
            refused = timed(lambda: ours.put(f"/cases/cases/{case_id}", json={}))
            yield Row("PUT without a token, kept alive", refused, goal=Goal("median", 2), turns=turns)
