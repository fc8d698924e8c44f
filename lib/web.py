"""The browser's side of a session: its cookie, the routes that set and drop it, and the scripts that call them."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Scope

from lib.errors import NotAuthenticated
from lib.sessions import Sessions

SESSION_SCRIPT = """(() => {
  const me = document.currentScript.closest('.stHtml').querySelector('[data-session]');
  const init = me.dataset.session
    ? {method: 'POST', headers: {'X-Ticket': me.dataset.session}}
    : {method: 'DELETE'};
  fetch('/session', init).then(() => location.reload());
})();"""

ACTIVITY_SCRIPT = """(() => {
  if (window.caseDeskActivity) return;
  window.caseDeskActivity = true;
  let last = 0;
  const tell = () => {
    if (Date.now() - last < 10000) return;
    last = Date.now();
    fetch('/session/activity', {method: 'POST', keepalive: true}).catch(() => {});
  };
  for (const kind of ['keydown', 'pointerdown']) document.addEventListener(kind, tell, {capture: true, passive: true});
  tell();
})();"""


def redeem_html(ticket: str) -> str:
    """Return the element that makes the browser redeem a ticket and load the page again with its new cookie."""
    return f'<div data-session="{escape(ticket)}"></div><script>{SESSION_SCRIPT}</script>'


def sign_out_html() -> str:
    """Return the element that makes the browser end its session and load the page again."""
    return f'<div data-session=""></div><script>{SESSION_SCRIPT}</script>'


def activity_html() -> str:
    """Return the element that reports typing and clicking, at most every 10 seconds."""
    return f"<div></div><script>{ACTIVITY_SCRIPT}</script>"


def session_routes(find_sessions: Callable[[], Sessions]) -> list[Route]:
    """Return the routes by which a browser gets, keeps and drops its cookie."""

    def open_session(request: Request) -> Response:
        try:
            cookie = find_sessions().redeem(request.headers.get("x-ticket", ""))
        except NotAuthenticated:
            return Response(status_code=403)
        find_sessions().end(read_cookie(request.scope))
        response = Response(status_code=204)
        _set_cookie(response, request.scope, cookie)
        return response

    def close_session(request: Request) -> Response:
        find_sessions().end(read_cookie(request.scope))
        response = Response(status_code=204)
        _set_cookie(response, request.scope, "", max_age=0)
        return response

    def note_activity(request: Request) -> Response:
        find_sessions().touch(read_cookie(request.scope))
        return Response(status_code=204)

    return [
        Route("/session", open_session, methods=["POST"]),
        Route("/session", close_session, methods=["DELETE"]),
        Route("/session/activity", note_activity, methods=["POST"]),
    ]


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


def is_secure(scope: Scope) -> bool:
    """Tell whether a request came over HTTPS, to us or to the proxy in front."""
    return scope["scheme"] in ("https", "wss")
