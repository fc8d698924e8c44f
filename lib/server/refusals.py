"""How the guard refuses: in JSON below the API, in a page where a person waits for one, else in plain text."""

from __future__ import annotations

import math

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Scope

from lib.errors import BackendBusy
from lib.server.strict_json import StrictJSONResponse

BUSY_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="10">
<title>Case Desk is busy</title>
<style>
:root { color-scheme: light dark }
body { font: 1.1rem/1.5 sans-serif; margin: 20vh auto; max-width: 32rem; padding: 0 1rem }
</style>
</head>
<body>
<h1>Case Desk is busy</h1>
<p>Too many pages are open at the moment. This one tries again by itself every 10 seconds; what is open elsewhere goes
on.</p>
</body>
</html>
"""


def refusal(scope: Scope, status: int, words: str) -> Response:
    """Return an answer that says why there is no other one."""
    if _is_for_api(scope):
        return StrictJSONResponse({"detail": words}, status)
    return PlainTextResponse(words, status)


def busy(scope: Scope) -> Response:
    """Return an answer that asks to try again."""
    error = BackendBusy()
    answer = HTMLResponse(BUSY_PAGE, 503) if asks_for_page(scope) else refusal(scope, 503, str(error))
    answer.headers["Retry-After"] = str(math.ceil(error.seconds))
    return answer


def asks_for_page(scope: Scope) -> bool:
    """Tell whether a person's browser asks for a page to show."""
    accepted = Headers(scope=scope).get("accept", "")
    return scope["method"] == "GET" and "text/html" in accepted and not _is_for_api(scope)


def _is_for_api(scope: Scope) -> bool:
    return is_below("/" + scope["path"].lstrip("/"), "/cases")


def is_below(path: str, parent: str) -> bool:
    """Tell whether a path is another one or lies below it."""
    return path == parent or path.startswith(parent + "/")
