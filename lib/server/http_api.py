"""The update contract (docs/contract.md) over HTTP: `PUT` and `GET /cases/{case_id}`, served below `/cases`.

An endpoint parses, calls and answers. Nothing else of a request is looked at before its sender is known.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPBearer
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response

from lib.accounts.sign_in import Session
from lib.backend.client import ANSWER_SECONDS
from lib.backend.deadlines import answered_within
from lib.cases.models import Case
from lib.cases.update import get_case, update_case
from lib.errors import CaseDeskError, InvalidChanges, NotAuthenticated
from lib.server.http_document import READ, READ_RESPONSES, UPDATE, UPDATE_RESPONSES, FoundCase, UpdatedCase
from lib.server.http_errors import answer_error, answer_routing_error
from lib.server.request_log import RecordRequests
from lib.server.strict_json import StrictJSONResponse, read_object

CALLS_AT_A_TIME = 40
"""Calls that may wait for Supabase at a time, in threads of their own: the dashboard needs its own."""
CHECKS_AT_A_TIME = 20
"""Tokens that may wait for Supabase Auth at a time; no flood of forged ones keeps a known one from its call."""


def create_app(verify: Callable[[str], Session], recall: Callable[[str], Session | None] = lambda _: None) -> FastAPI:
    """Make the API; `verify` turns an access token into a session, `recall` does so where that asks nobody."""
    app = FastAPI(
        title="Case Desk",
        version="1",
        # The interactive pages would load scripts from a third party.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[Middleware(RecordRequests)],
        exception_handlers={CaseDeskError: answer_error, HTTPException: answer_routing_error},
        dependencies=[Depends(HTTPBearer(auto_error=False, bearerFormat="JWT", scheme_name="bearer"))],
    )
    app.state.verify, app.state.recall = verify, recall
    app.state.calls = anyio.CapacityLimiter(CALLS_AT_A_TIME)
    app.state.checks = anyio.CapacityLimiter(CHECKS_AT_A_TIME)
    path = "/cases/{case_id}"
    app.put(path, response_model=UpdatedCase, responses=UPDATE_RESPONSES, openapi_extra=UPDATE)(put_case)
    app.get(path, response_model=FoundCase, responses=READ_RESPONSES, openapi_extra=READ)(read_case)
    return app


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
