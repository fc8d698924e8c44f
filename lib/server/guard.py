"""A guard around the whole server.

It puts security headers on every response, closes Streamlit's own open doors, and tells Streamlit which browser a
websocket belongs to. Streamlit then refuses to hand a browser's state to another one (`server.trustedUserHeaders`).
"""

from __future__ import annotations

import base64
import hashlib
import logging
import math
import re
import sys
from collections.abc import Callable, Iterable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.accounts.attempts import network_of
from lib.accounts.browser_sessions import SessionStore
from lib.errors import ConfigurationError
from lib.logs import Seldom
from lib.server.frames import TEMPO, limit_frames
from lib.server.origins import comes_from_elsewhere, is_behind_unknown_proxy, is_secure
from lib.server.refusals import asks_for_page, busy, is_below, refusal
from lib.server.room import Room
from lib.server.session_routes import read_cookie

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

ALWAYS_OPEN = ("/_stcore/health",)

OWN_HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
"""On every answer, with the Content-Security-Policy, in place of any of these names."""
DROPPED_HEADERS = ("access-control-allow-origin", "access-control-allow-credentials", "link")
"""On none: Streamlit sets them."""
_CACHE, _SECURE = b"cache-control", b"strict-transport-security"

UNKNOWN_PROXY = (
    "A proxy says that browsers come over HTTPS, but it is not trusted: cookies leave without Secure, and all browsers "
    "seem to have its one address. Name the proxy's address in FORWARDED_ALLOW_IPS."
)

Header = tuple[bytes, bytes]

log = logging.getLogger("case_desk")


def content_security_policy(index_html: str, scripts: Iterable[str]) -> str:
    """Return the policy under which Streamlit and these scripts of our own run, and nothing else.

    `style-src` needs 'unsafe-inline' for Streamlit's styles, `data:` is its inlined font and the page's emoji icon.
    """
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", index_html, flags=re.DOTALL)
    hashes = " ".join(_source_hash(script) for script in [*inline, *scripts])
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


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(
        self,
        app: ASGIApp,
        policy: str,
        find_sessions: Callable[[], SessionStore],
        room: Room,
        largest_message: int,
    ) -> None:
        self._app = app
        own = OWN_HEADERS | {"content-security-policy": policy}
        self._own = [(name.encode(), value.encode()) for name, value in own.items()]
        self._replaced = {_CACHE, _SECURE, *(name.encode() for name in (*own, *DROPPED_HEADERS))}
        self._find_sessions = find_sessions
        self._room = room
        self._largest_message = largest_message
        self._complaint = Seldom(seconds=math.inf)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through with the browser's name on it, and its answer out with the security headers."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, _with_plain_refusal(send))
            return
        if is_behind_unknown_proxy(scope) and self._complaint.is_due():
            log.error("%s", UNKNOWN_PROXY)
        guard = self._guard_request if scope["type"] == "http" else self._guard_websocket
        await guard(_with_browser(scope), receive, send)

    async def _guard_websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = False

        async def send_guarded(message: Message) -> None:
            nonlocal accepted
            accepted = accepted or message["type"] == "websocket.accept"
            if accepted or message["type"] != "websocket.close":
                await send(message)
            else:
                # Left to itself, the server would refuse without the headers.
                await self._refuse_websocket(scope, send, 403)

        if comes_from_elsewhere(scope):
            await self._refuse_websocket(scope, send, 403)
        elif not self._has_room_for_tab(scope):
            await self._refuse_websocket(scope, send, 503)
        else:
            limited = limit_frames(receive, send, self._largest_message, TEMPO[self._is_signed_in(scope)])
            with self._room.tab(self._name_tab(scope)):
                await self._app(scope, limited, send_guarded)

    async def _refuse_websocket(self, scope: Scope, send: Send, status: int) -> None:
        headers = self._with_headers(scope, [])
        await send({"type": "websocket.http.response.start", "status": status, "headers": headers})
        await send({"type": "websocket.http.response.body", "body": b""})

    async def _guard_request(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def send_guarded(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                message = {**message, "headers": self._with_headers(scope, message.get("headers", []))}
            await send(message)

        try:
            await (self._refuse(scope) or self._app)(scope, receive, send_guarded)
        except Exception as error:
            # The message may hold patient text, and Starlette's own handler would send no security headers.
            log.error("unhandled %s in %s", type(error).__name__, scope["method"])
            if not started:
                await refusal(scope, 500, "Internal Server Error")(scope, receive, send_guarded)

    def _refuse(self, scope: Scope) -> Response | None:
        path = "/" + scope["path"].lstrip("/")
        # Browsers name the origin of every request that could change a session.
        is_foreign, is_about_session = comes_from_elsewhere(scope), is_below(path, "/session")
        if is_foreign or (is_foreign is None and is_about_session):
            return refusal(scope, 403, "Forbidden: this request comes from another site.")
        if any(is_below(path, closed) for closed in CLOSED_PATHS):
            return refusal(scope, 404, "Not Found")
        if is_below(path, "/media") and not self._is_signed_in(scope):
            return refusal(scope, 404, "Not Found")
        if is_about_session or path in ALWAYS_OPEN:
            return None
        has_room = self._has_room_for_tab(scope) if asks_for_page(scope) else self._room.has_room()
        return None if has_room else busy(scope)

    def _has_room_for_tab(self, scope: Scope) -> bool:
        return self._room.has_room_for_tab(self._name_tab(scope), is_signed_in=self._is_signed_in(scope))

    def _name_tab(self, scope: Scope) -> str:
        """Return whose a tab is: a browser's that is signed in, or an address's."""
        return read_cookie(scope) if self._is_signed_in(scope) else network_of((scope["client"] or ("",))[0])

    def _is_signed_in(self, scope: Scope) -> bool:
        return self._find_sessions().seconds_left(read_cookie(scope)) > 0

    def _with_headers(self, scope: Scope, theirs: Iterable[Header]) -> list[Header]:
        """Return the headers of an answer with ours among them; a file may be stored where it says so."""
        is_file = scope["path"].startswith("/static/")
        named = [(name.lower(), value) for name, value in theirs]
        caching = [(name, value) for name, value in named if is_file and name == _CACHE and b"immutable" in value]
        return [
            *((name, value) for name, value in named if name not in self._replaced),
            *self._own,
            *([(_SECURE, b"max-age=31536000")] if is_secure(scope) else []),
            *(caching or [(_CACHE, b"no-store")]),
        ]


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
    headers: Iterable[Header] = [(key, value) for key, value in scope["headers"] if key != name]
    if cookie := read_cookie(scope):
        headers = [*headers, (name, cookie.encode())]
    return {**scope, "headers": headers}


def _source_hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
