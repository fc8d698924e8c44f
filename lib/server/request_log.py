"""One line in the log for each request to the API, without what is in it."""

from __future__ import annotations

import logging
import secrets
import time

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lib.logs import locate, name_error
from lib.server.http_errors import answer_error

log = logging.getLogger("case_desk")


class RecordRequests:
    """Keeps answers out of caches, answers what nobody expected, and logs each request without what is in it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request, and log it after its answer."""
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
            answer = await answer_error(request, error)
            await answer(scope, receive, send_uncached)
        _log_request(request, status, time.perf_counter() - started)


def _log_request(request: Request, status: int, seconds: float) -> None:
    error = getattr(request.state, "error", None)
    log.info(
        "%s %s user=%s case=%s status=%d %.0f ms%s",
        request.state.reference,
        request.method,
        getattr(request.state, "user_id", "-"),
        getattr(request.state, "case_id", "-"),
        status,
        seconds * 1000,
        f" {name_error(error)}" if error else "",
    )
