"""The update contract over HTTP: `PUT` and `GET /cases/{case_id}`, served below `/cases`.

An endpoint parses, calls and answers. Its parameters are taken from the request in their order, so nothing else of a
request is looked at before its sender is known. Statuses live here only.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any, cast

import anyio.to_thread
from fastapi import Depends, FastAPI, Request
from fastapi.security import HTTPBearer
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.auth import Session
from lib.cases import get_case, update_case
from lib.errors import (
    BackendError,
    BackendRefused,
    BackendUnavailable,
    CaseConflict,
    CaseDeskError,
    CaseNotFound,
    ConfigurationError,
    EmbeddedUnavailable,
    InvalidChanges,
    NoChanges,
    NotAuthenticated,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
)
from lib.http_document import READ, READ_RESPONSES, UPDATE, UPDATE_RESPONSES, FoundCase, UpdatedCase
from lib.logs import locate
from lib.models import Case
from lib.tokens import TokenVerifier

UNEXPECTED = (500, "an unexpected error")
STATUSES: dict[type[CaseDeskError], tuple[int, str | None]] = {
    NotAuthenticated: (401, "Not authenticated"),
    SignInRefused: (401, "Not authenticated"),
    PasswordRefused: (400, None),
    TooManyAttempts: (400, None),
    CaseNotFound: (404, "Case not found"),
    CaseConflict: (412, "Case was changed since it was read"),
    InvalidChanges: (400, None),
    NoChanges: (400, "No data provided for update"),
    BackendRefused: (400, None),
    BackendUnavailable: (500, "Supabase does not answer"),
    ConfigurationError: (500, "Case Desk is not set up"),
    EmbeddedUnavailable: (500, "Case Desk is not set up"),
    BackendError: UNEXPECTED,
    CaseDeskError: UNEXPECTED,
}
"""The status of each error and its words for the client; None where the error's own message is meant for them."""

BODY_LIMIT = 64 * 1024
CALLS_AT_A_TIME = 40
"""Calls that may wait for Supabase at a time, in threads of their own: the dashboard needs its own."""

log = logging.getLogger("case_desk")


def create_app(verify: Callable[[str], Session] | None = None) -> FastAPI:
    """Make the API; `verify` turns an access token into a session."""
    app = FastAPI(
        title="Case Desk",
        version="1",
        # The interactive pages would load scripts from a third party.
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        middleware=[Middleware(_Record)],
        exception_handlers={CaseDeskError: _answer_error, HTTPException: _answer_routing_error},
        dependencies=[Depends(HTTPBearer(auto_error=False, bearerFormat="JWT", scheme_name="bearer"))],
    )
    app.state.verify = verify or TokenVerifier().verify
    app.state.calls = anyio.CapacityLimiter(CALLS_AT_A_TIME)
    path = "/cases/{case_id}"
    app.put(path, response_model=UpdatedCase, responses=UPDATE_RESPONSES, openapi_extra=UPDATE)(put_case)
    app.get(path, response_model=FoundCase, responses=READ_RESPONSES, openapi_extra=READ)(read_case)
    return app


async def find_session(request: Request) -> Session:
    """Return the session of the bearer token."""
    match [value.split() for value in request.headers.getlist("Authorization")]:
        case [[scheme, token]] if scheme.lower() == "bearer":
            session: Session = await _call(request, request.app.state.verify, token)
            request.state.user_id = session.user_id
            return session
        case _:
            raise NotAuthenticated


async def parse_case_id(request: Request) -> int:
    """Return the number of the case in the path."""
    text = request.path_params["case_id"]
    if not re.fullmatch("[1-9][0-9]*", text):
        raise InvalidChanges("case_id", "must be a positive integer")
    # Twenty digits are more than any case has, and few enough to be read.
    request.state.case_id = case_id = int(text[:20])
    return case_id


async def read_changes(request: Request) -> dict[str, Any]:
    """Return the fields in the body."""
    try:
        return decode_object(await _read_body(request))
    except ClientDisconnect as error:
        raise InvalidChanges("body", "is not complete") from error


async def read_if_match(request: Request) -> str | None:
    """Return the If-Match field value."""
    return ", ".join(values) if (values := request.headers.getlist("If-Match")) else None


SignedIn = Annotated[Session, Depends(find_session)]
CaseId = Annotated[int, Depends(parse_case_id)]
Changes = Annotated[dict[str, Any], Depends(read_changes)]
IfMatch = Annotated[str | None, Depends(read_if_match)]


async def read_case(request: Request, session: SignedIn, case_id: CaseId) -> Response:
    """Read one of the clinician's own cases."""
    return _answer_case(await _call(request, get_case, session, case_id))


async def put_case(
    request: Request, session: SignedIn, case_id: CaseId, changes: Changes, if_match: IfMatch
) -> Response:
    """Update one of the clinician's own cases; fields that are absent or null stay as they are."""
    case = await _call(request, update_case, session, case_id, changes, if_match=if_match)
    return _answer_case(case, message="Case updated successfully")


def decode_object(body: bytes) -> dict[str, Any]:
    """Decode a JSON object strictly: UTF-8, no name twice, no NaN or Infinity.

    Raises:
        InvalidChanges: it is anything else.
    """
    try:
        given = json.loads(body.decode(), object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidChanges("body", "is not valid JSON; allowed is one object in UTF-8, each name once") from None
    if not isinstance(given, dict):
        raise InvalidChanges("body", "is not an object; allowed is one JSON object")
    return given


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) < len(pairs):
        raise ValueError
    return given


def _refuse_constant(_: str) -> None:
    raise ValueError


async def _read_body(request: Request) -> bytes:
    body = bytearray()
    _refuse_long_body(int(request.headers.get("Content-Length", "0")))
    async for chunk in request.stream():
        body += chunk
        _refuse_long_body(len(body))
    return bytes(body)


def _refuse_long_body(length: int) -> None:
    if length > BODY_LIMIT:
        raise HTTPException(413, "Request body too large")


async def _call(request: Request, function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call a function that waits for Supabase, off the event loop."""
    return await anyio.to_thread.run_sync(partial(function, *arguments, **options), limiter=request.app.state.calls)


class _Answer(JSONResponse):
    def render(self, content: Any) -> bytes:
        # Half a surrogate pair, which JSON can name, has no UTF-8.
        return json.dumps(content, ensure_ascii=False).encode(errors="replace")


def _answer_case(case: Case, **more: str) -> Response:
    return _Answer({**more, "case": case.model_dump(mode="json")}, headers={"ETag": case.etag})


async def _answer_error(request: Request, error: Exception) -> Response:
    status, words = STATUSES.get(cast("type[CaseDeskError]", type(error)), UNEXPECTED)
    detail = words or str(error)
    if status >= 500:
        detail = f"Internal server error: {detail} (reference {request.state.reference})"
    request.state.error = error
    return _Answer({"detail": detail}, status, _headers(error))


def _headers(error: Exception) -> dict[str, str]:
    match error:
        case NotAuthenticated() | SignInRefused():
            return {"WWW-Authenticate": "Bearer"}
        case CaseConflict():
            return {"ETag": error.current.etag}
        case _:
            return {}


async def _answer_routing_error(request: Request, error: HTTPException) -> Response:
    headers = {"Allow": _allowed_methods(request)} if error.status_code == 405 else None
    return _Answer({"detail": error.detail.capitalize()}, error.status_code, headers)


def _allowed_methods(request: Request) -> str:
    matching = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted(method for route in matching for method in route.methods))


class _Record:
    """Keeps answers out of caches, answers what nobody expected, and logs each request without what is in it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request, started, status = Request(scope), time.perf_counter(), 0
        request.state.reference = secrets.token_hex(6)

        async def send_uncached(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        try:
            await self.app(scope, receive, send_uncached)
        except Exception as error:
            log.error("%s %s", request.state.reference, locate(error))
            answer = await _answer_error(request, error)
            await answer(scope, receive, send_uncached)
        _log_request(request, status, time.perf_counter() - started)


def _log_request(request: Request, status: int, seconds: float) -> None:
    log.info(
        "%s %s user=%s case=%s status=%d %.0f ms%s",
        request.state.reference,
        request.method,
        getattr(request.state, "user_id", "-"),
        getattr(request.state, "case_id", "-"),
        status,
        seconds * 1000,
        _name_error(getattr(request.state, "error", None)),
    )


def _name_error(error: BaseException | None) -> str:
    """Name an error and its cause; their texts could be about a patient."""
    if error is None:
        return ""
    cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
    return f" {type(error).__name__}{cause}"


app = create_app()


class ServeCases:
    """Middleware that serves the API at `/cases`, in JSON whatever the path.

    A mount would come too late: the dashboard answers some odd paths itself before it looks at its routes.
    """

    def __init__(self, dashboard: ASGIApp) -> None:
        self.dashboard = dashboard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and f"{scope['path']}/".startswith("/cases/"):
            await app({**scope, "root_path": "/cases"}, receive, send)
        else:
            await self.dashboard(scope, receive, send)
