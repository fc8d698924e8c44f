"""Streamlit's own files, compressed once, and the one page that loads them, with our look in it from the start."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from functools import cached_property, partial
from mimetypes import guess_type
from pathlib import Path

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COMPRESSIBLE = {".js", ".css", ".json", ".svg"}
IMMUTABLE = "public, immutable, max-age=31536000"

CHANGES = (
    # The icons' font, the largest file of all, is loaded with the first icon, and not ahead of any on every page.
    (re.compile(rb'document\.fonts\.load\(`1em "\$\{\w+\.materialIcons\}"`\)'), b"Promise.resolve()"),
    # A table tells of a click, or a first key, at once, and of a held key when it is let go; not of each after 150 ms.
    (
        re.compile(rb"(debouncedCallback:\w+,cancel:\w+\}=\w+\(\w+,)150\)"),
        rb"\g<1>window.caseDeskBench?.tellAfter()??150)",
    ),
)
"""What is written otherwise in Streamlit's scripts, where they hold it."""


def make_page(index_html: str, title: str, style: str) -> str:
    """Return Streamlit's page with our title and style, so that nothing moves when the first run brings its own."""
    changes = {
        "<title>Streamlit</title>": f"<title>{title}</title>",
        # In the body, a style comes after those that Streamlit adds to the head.
        "<body>": f"<body>\n    {style}",
        '<div id="root"></div>': f'<div id="root"><p class="loading">{title} is loading…</p></div>',
    }
    for theirs, ours in changes.items():
        index_html = index_html.replace(theirs, ours)
    return index_html


class ServeStatic:
    """Middleware that answers for Streamlit's files and its page.

    Streamlit leaves both uncompressed, for it would compress them at every request.
    """

    def __init__(self, app: ASGIApp, directory: Path, page: str) -> None:
        self._app = app
        self._page = _Kept(page.encode, "text/html", "no-cache")
        self._files = {
            f"/{file.relative_to(directory).as_posix()}": _Kept(partial(_read, file), guess_type(file)[0], IMMUTABLE)
            for file in (directory / "static").rglob("*")
            if file.suffix in COMPRESSIBLE
        }
        # Every other address of a page is Streamlit's to know.
        self._files["/"] = self._page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer for a file, or put our page in place of Streamlit's."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
        elif file := self._files.get(scope["path"]):
            await file.answer(scope)(scope, receive, send)
        else:
            await self._app(scope, receive, self._with_page(scope, receive, send))

    def _with_page(self, scope: Scope, receive: Receive, send: Send) -> Send:
        replaced = False

        async def send_page(message: Message) -> None:
            nonlocal replaced
            if message["type"] == "http.response.start" and _is_page(message):
                replaced = True
                await self._page.answer(scope)(scope, receive, send)
            elif not replaced:
                await send(message)

        return send_page


class _Kept:
    """Something to be served; what it is compressed to is kept."""

    def __init__(self, read: Callable[[], bytes], media_type: str | None, cache_control: str) -> None:
        self._read = read
        self._media_type = media_type
        self._headers = {"Cache-Control": cache_control, "Vary": "Accept-Encoding"}

    def answer(self, scope: Scope) -> Response:
        """Return the answer for this request, compressed where the browser takes that."""
        if "gzip" not in Headers(scope=scope).get("Accept-Encoding", ""):
            return Response(self._read(), headers=self._headers, media_type=self._media_type)
        headers = {**self._headers, "Content-Encoding": "gzip"}
        return Response(self._compressed, headers=headers, media_type=self._media_type)

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self._read(), 9)


def _read(file: Path) -> bytes:
    content = file.read_bytes()
    for theirs, ours in CHANGES:
        content = theirs.sub(ours, content)
    return content


def _is_page(message: Message) -> bool:
    """Tell whether an answer is Streamlit's page, the only HTML that it serves, whatever the address."""
    return message["status"] == 200 and Headers(raw=message["headers"]).get("content-type", "").startswith("text/html")
