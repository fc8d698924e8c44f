"""The status and the words of each error over HTTP; they live here only."""

from __future__ import annotations

import math
from typing import cast

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match

from lib.errors import (
    AddressRefused,
    BackendBusy,
    BackendError,
    BackendRefused,
    BackendUnavailable,
    CaseConflict,
    CaseDeskError,
    CaseNotFound,
    ConfigurationError,
    DraftConflict,
    EditConflict,
    EmbeddedUnavailable,
    InvalidChanges,
    KeyRefused,
    NoChanges,
    NotAuthenticated,
    NotSaved,
    NotStarted,
    OutcomeUnknown,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
)
from lib.server.strict_json import StrictJSONResponse

UNEXPECTED = (500, "an unexpected error")
STATUSES: dict[type[CaseDeskError], tuple[int, str | None]] = {
    NotAuthenticated: (401, "Not authenticated"),
    SignInRefused: (401, "Not authenticated"),
    AddressRefused: (400, None),
    PasswordRefused: (400, None),
    TooManyAttempts: (400, None),
    CaseNotFound: (404, "Case not found"),
    CaseConflict: (412, "Case was changed since it was read"),
    EditConflict: (412, "Case was changed since it was read"),
    DraftConflict: (412, None),
    InvalidChanges: (400, None),
    NoChanges: (400, "No data provided for update"),
    BackendRefused: (400, None),
    BackendUnavailable: (500, "Supabase does not answer"),
    BackendBusy: (503, None),
    NotSaved: (500, "Supabase does not answer"),
    OutcomeUnknown: (500, "Supabase does not answer"),
    ConfigurationError: (500, "Case Desk is not set up"),
    KeyRefused: (500, "Case Desk is not set up"),
    NotStarted: (500, "Case Desk is not set up"),
    EmbeddedUnavailable: (500, "Case Desk is not set up"),
    BackendError: UNEXPECTED,
    CaseDeskError: UNEXPECTED,
}
"""The status of each error and its words for the client; None where the error's own message is meant for them."""


async def answer_error(request: Request, error: Exception) -> Response:
    """Answer an error of ours; any other is unexpected."""
    status, words = STATUSES.get(cast("type[CaseDeskError]", type(error)), UNEXPECTED)
    detail = words or str(error)
    if status == 500:
        detail = f"Internal server error: {detail} (reference {request.state.reference})"
    request.state.error = error
    return StrictJSONResponse({"detail": detail}, status, _headers(error))


def _headers(error: Exception) -> dict[str, str]:
    match error:
        case NotAuthenticated() | SignInRefused():
            return {"WWW-Authenticate": "Bearer"}
        case BackendBusy():
            return {"Retry-After": str(math.ceil(error.seconds))}
        case CaseConflict():
            return {"ETag": error.current.etag}
        case DraftConflict():
            return {"ETag": error.stored.etag}
        case _:
            return {}


async def answer_routing_error(request: Request, error: Exception) -> Response:
    """Answer a path or a method that there is not, or a body that is too large."""
    assert isinstance(error, HTTPException)
    headers = {"Allow": _allowed_methods(request)} if error.status_code == 405 else None
    return StrictJSONResponse({"detail": error.detail.capitalize()}, error.status_code, headers)


def _allowed_methods(request: Request) -> str:
    matching = (route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE)
    return ", ".join(sorted(method for route in matching for method in route.methods))
