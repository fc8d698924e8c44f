"""The browser's side of the server: session routes, the scripts that pages may run, and a guard around everything.

The guard puts security headers on every response, closes Streamlit's own open doors, and tells Streamlit which browser
a websocket belongs to. Streamlit then refuses to hand a browser's state to another one (`server.trustedUserHeaders`).
"""

from __future__ import annotations

import base64
import hashlib
import logging
import re
import sys
from collections.abc import Callable, Iterable
from html import escape
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.errors import ConfigurationError, NotAuthenticated
from lib.sessions import Sessions

BROWSER_HEADER = "X-Case-Desk-Browser"
"""Carries the cookie's value from the guard to Streamlit; what a client sends under this name is dropped."""

CLOSED_PATHS = (
    "/_stcore/metrics",
    "/_stcore/agent",
    "/_stcore/upload_file",
    "/component",
    # Streamlit's own sign-in, which is not ours.
    "/auth",
    "/oauth2callback",
)

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

log = logging.getLogger("case_desk")


def redeem_html(ticket: str) -> str:
    """Return the element that makes the browser redeem a ticket and load the page again with its new cookie."""
    return f'<div data-session="{escape(ticket)}"></div><script>{SESSION_SCRIPT}</script>'


def sign_out_html() -> str:
    """Return the element that makes the browser end its session and load the page again."""
    return f'<div data-session=""></div><script>{SESSION_SCRIPT}</script>'


def activity_html() -> str:
    """Return the element that reports typing and clicking, at most every 10 seconds."""
    return f"<div></div><script>{ACTIVITY_SCRIPT}</script>"


def content_security_policy(index_html: str) -> str:
    """Return the policy under which Streamlit and the scripts above run, and nothing else.

    `style-src` needs 'unsafe-inline' for Streamlit's styles, `data:` is its inlined font and the page's emoji icon.
    """
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", index_html, flags=re.DOTALL)
    hashes = " ".join(_source_hash(script) for script in [*inline, SESSION_SCRIPT, ACTIVITY_SCRIPT])
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src 'self' {hashes}",
            "script-src-attr 'none'",
            "style-src 'self' 'unsafe-inline'",
            "font-src 'self' data:",
            "img-src 'self' data:",
            "connect-src 'self'",
            "form-action 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "object-src 'none'",
        ]
    )


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
    return "__Host-case_desk" if _is_secure(scope) else "case_desk"


def _set_cookie(response: Response, scope: Scope, value: str, max_age: int | None = None) -> None:
    response.set_cookie(
        _cookie_name(scope),
        value,
        max_age=max_age,
        path="/",
        httponly=True,
        samesite="lax",
        secure=_is_secure(scope),
    )


def _is_secure(scope: Scope) -> bool:
    return scope["scheme"] in ("https", "wss")


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp, policy: str, find_sessions: Callable[[], Sessions]) -> None:
        self._app = app
        self._policy = policy
        self._find_sessions = find_sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with the browser's name on it, and its answer out with the security headers."""
        if scope["type"] == "http":
            await self._guard_request(_with_browser(scope), receive, send)
        elif scope["type"] == "websocket":
            await self._guard_websocket(_with_browser(scope), receive, send)
        else:
            await self._app(scope, receive, _with_plain_refusal(send))

    async def _guard_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = False

        async def send_guarded(message: Message) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            if accepted or message["type"] != "websocket.close":
                await send(message)
            else:
                # Left to itself, the server would refuse without the headers.
                await self._refuse_websocket(scope, send)

        if _is_foreign(scope):
            await self._refuse_websocket(scope, send)
        else:
            await self._app(scope, receive, send_guarded)

    async def _refuse_websocket(self, scope: Scope, send: Send) -> None:
        headers = MutableHeaders()
        self._add_headers(scope, headers)
        await send({"type": "websocket.http.response.start", "status": 403, "headers": headers.raw})
        await send({"type": "websocket.http.response.body", "body": b""})

    async def _guard_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                self._add_headers(scope, MutableHeaders(scope=message))
            await send(message)

        try:
            await (self._refuse(scope) or self._app)(scope, receive, send_guarded)
        except Exception as error:
            # The message may hold patient text, and Starlette's own handler would send no security headers.
            log.error("unhandled %s in %s", type(error).__name__, scope["method"])
            if not started:
                await PlainTextResponse("Internal Server Error", 500)(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        if _is_foreign(scope):
            return PlainTextResponse("Forbidden: this request comes from another site.", 403)
        path = "/" + scope["path"].lstrip("/")
        if any(_is_below(path, closed) for closed in CLOSED_PATHS):
            return PlainTextResponse("Not Found", 404)
        if _is_below(path, "/media") and not self._find_sessions().seconds_left(read_cookie(scope)):
            return PlainTextResponse("Not Found", 404)
        return None

    def _add_headers(self, scope: Scope, headers: MutableHeaders) -> None:
        headers["Content-Security-Policy"] = self._policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Referrer-Policy"] = "no-referrer"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Cross-Origin-Resource-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        if _is_secure(scope):
            headers["Strict-Transport-Security"] = "max-age=31536000"
        if not (scope["path"].startswith("/static/") and "immutable" in headers.get("Cache-Control", "")):
            headers["Cache-Control"] = "no-store"
        for name in ("Access-Control-Allow-Origin", "Access-Control-Allow-Credentials", "Link"):
            if name in headers:
                del headers[name]


def _with_plain_refusal(send: Send) -> Send:
    """Say in one sentence why the server does not start, where that is a matter of settings."""

    async def send_plainly(message: Message) -> None:
        reason = sys.exception()
        if message["type"] == "lifespan.startup.failed" and isinstance(reason, ConfigurationError):
            message = {**message, "message": str(reason)}
        await send(message)

    return send_plainly


def _with_browser(scope: Scope) -> Scope:
    name = BROWSER_HEADER.lower().encode()
    headers: Iterable[tuple[bytes, bytes]] = [(key, value) for key, value in scope["headers"] if key != name]
    if cookie := read_cookie(scope):
        headers = [*headers, (name, cookie.encode())]
    return {**scope, "headers": headers}


def _is_foreign(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    origin = headers.get("origin")
    if origin is None:
        # Browsers name the origin of every request that could change a session.
        return _is_below(scope["path"], "/session")
    return urlsplit(origin).netloc.lower() != str(headers.get("host", "")).lower()


def _is_below(path: str, parent: str) -> bool:
    return path == parent or path.startswith(parent + "/")


def _source_hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
