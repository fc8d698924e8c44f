"""The update contract (docs/contract.md) over HTTP: `PUT` and `GET /cases/{case_id}`, served below `/cases`.

An endpoint parses, calls and answers. Nothing else of a request is looked at before its sender is known.
"""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from functools import cache, partial
from typing import Any

import anyio.to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lib.accounts.sign_in import Session
from lib.backend.client import ANSWER_SECONDS
from lib.backend.deadlines import answered_within
from lib.cases.models import Case
from lib.cases.update import get_case, update_case
from lib.errors import CaseDeskError, InvalidChanges, NotAuthenticated
from lib.server.http_document import describe
from lib.server.http_errors import answer_error, answer_routing_error
from lib.server.request_log import RecordRequests
from lib.server.strict_json import StrictJSONResponse, read_object

Endpoint = Callable[[Request], Awaitable[Response]]

CALLS_AT_A_TIME = 40
"""Calls that may wait for Supabase at a time, in threads of their own: the dashboard needs its own."""
CHECKS_AT_A_TIME = 20
"""Tokens that may wait for Supabase Auth at a time; no flood of forged ones keeps a known one from its call."""


def create_app(verify: Callable[[str], Session], recall: Callable[[str], Session | None] = lambda _: None) -> Starlette:
    """Make the API; `verify` turns an access token into a session, `recall` does so where that asks nobody."""
    path = "/cases/{case_id}"
    document = cache(partial(describe, path, get=read_case, put=put_case))

    async def show_document(_: Request) -> Response:
        return StrictJSONResponse(document())

    app = Starlette(
        routes=[
            _route(path, "PUT", put_case),
            _route(path, "GET", read_case),
            Route("/openapi.json", show_document),
        ],
        middleware=[Middleware(RecordRequests)],
        exception_handlers={CaseDeskError: answer_error, HTTPException: answer_routing_error},
    )
    app.router.redirect_slashes = False
    app.state.verify, app.state.recall = verify, recall
    app.state.calls = anyio.CapacityLimiter(CALLS_AT_A_TIME)
    app.state.checks = anyio.CapacityLimiter(CHECKS_AT_A_TIME)
    return app


def _route(path: str, method: str, endpoint: Endpoint) -> Route:
    route = Route(path, endpoint, methods=[method])
    # Starlette would answer HEAD wherever it answers GET.
    route.methods = {method}
    return route


async def find_session(request: Request) -> Session:
    """Return the session of the bearer token."""
    match [value.split() for value in request.headers.getlist("Authorization")]:
        case [[scheme, token]] if scheme.lower() == "bearer":
            app = request.app.state
            session: Session = app.recall(token) or await _call(request, app.verify, token, limiter=app.checks)
            request.state.user_id = session.user_id
            return session
        case _:
            raise NotAuthenticated


def parse_case_id(request: Request) -> int:
    """Return the number of the case in the path."""
    text = request.path_params["case_id"]
    if not re.fullmatch("[1-9][0-9]*", text):
        raise InvalidChanges("case_id", "must be a positive integer")
    # Twenty digits are more than any case has, and few enough to be read.
    request.state.case_id = case_id = int(text[:20])
    return case_id


def read_if_match(request: Request) -> str | None:
    """Return the If-Match field value."""
    return ", ".join(values) if (values := request.headers.getlist("If-Match")) else None


async def read_case(request: Request) -> Response:
    """Read one of the clinician's own cases."""
    session, case_id = await find_session(request), parse_case_id(request)
    return _answer_case(await _call(request, get_case, session, case_id))


async def put_case(request: Request) -> Response:
    """Update one of the clinician's own cases; fields that are absent or null stay as they are."""
    session, case_id = await find_session(request), parse_case_id(request)
    changes, if_match = await read_object(request), read_if_match(request)
    case = await _call(request, update_case, session, case_id, changes, if_match=if_match)
    return _answer_case(case, message="Case updated successfully")


async def _call(
    request: Request,
    function: Callable[..., Any],
    *arguments: Any,
    limiter: anyio.CapacityLimiter | None = None,
    **options: Any,
) -> Any:
    """Call a function that waits for Supabase, off the event loop; all of a request's calls share one deadline."""
    started = time.monotonic()
    left = getattr(request.state, "seconds_left", ANSWER_SECONDS)
    call = partial(function, *arguments, **options)
    with answered_within(left):
        try:
            return await anyio.to_thread.run_sync(call, limiter=limiter or request.app.state.calls)
        finally:
            request.state.seconds_left = left - (time.monotonic() - started)


def _answer_case(case: Case, **more: str) -> Response:
    return StrictJSONResponse({**more, "case": case.model_dump(mode="json")}, headers={"ETag": case.etag})
