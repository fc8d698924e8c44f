"""The browser's side of a session: its cookie, and the routes that set and drop it."""

from __future__ import annotations

import logging
from collections.abc import Callable

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from lib.accounts.browser_sessions import SessionStore
from lib.errors import NotAuthenticated
from lib.logs import locate
from lib.server.origins import is_secure

log = logging.getLogger("case_desk")


def session_routes(find_sessions: Callable[[], SessionStore]) -> list[Route]:
    """Return the routes by which a browser gets, keeps and drops its cookie."""

    def open_session(request: Request) -> Response:
        try:
            cookie = find_sessions().redeem(request.headers.get("x-ticket", ""))
        except NotAuthenticated:
            return Response(status_code=403)
        _end(find_sessions, request)
        response = Response(status_code=204)
        _set_cookie(response, request.scope, cookie)
        return response

    def close_session(request: Request) -> Response:
        _end(find_sessions, request)
        response = Response(status_code=204)
        _set_cookie(response, request.scope, "", max_age=0)
        return response

    def note_activity(request: Request) -> Response:
        find_sessions().touch(read_cookie(request.scope))
        return Response(status_code=204)

    def tell_left(request: Request) -> Response:
        # No interaction: a page asks before it hides itself.
        return JSONResponse({"seconds": find_sessions().seconds_left(read_cookie(request.scope))})

    return [
        Route("/session", open_session, methods=["POST"]),
        Route("/session", close_session, methods=["DELETE"]),
        Route("/session/activity", note_activity, methods=["POST"]),
        Route("/session/left", tell_left, methods=["POST"]),
    ]


def _end(find_sessions: Callable[[], SessionStore], request: Request) -> None:
    try:
        find_sessions().end(read_cookie(request.scope))
    except Exception as error:
        # Whatever happened, the browser must get its answer: the one that takes the cookie from it.
        log.error("A session could not be ended properly: %s", locate(error))


def read_cookie(scope: Scope) -> str:
    """Return the value of our cookie; empty where there is none, or where two differ, for one of them is planted."""
    values = set()
    for header in Headers(scope=scope).getlist("cookie"):
        for part in header.split(";"):
            name, _, value = part.strip().partition("=")
            if name == _cookie_name(scope):
                values.add(value)
    return values.pop() if len(values) == 1 else ""


def _cookie_name(scope: Scope) -> str:
    return "__Host-case_desk" if is_secure(scope) else "case_desk"


def _set_cookie(response: Response, scope: Scope, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        _cookie_name(scope),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="lax",
        secure=is_secure(scope),
    )
