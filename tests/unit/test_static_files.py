"""Streamlit's files as they are served: compressed once, with our look in its page."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route

from lib.server.static_files import ServeStatic, make_page

INDEX = '<head><title>Streamlit</title></head><body><div id="root"></div></body>'


@pytest.fixture
def static(tmp_path: Path) -> ServeStatic:
    """Two files and a page in front of an app that has a page of its own."""
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "app.js").write_text("let answer = 42;")
    (tmp_path / "static" / "font.woff2").write_text("a font")
    (tmp_path / "secret.js").write_text("outside")
    pages = [
        Route("/", lambda _: HTMLResponse("theirs"), methods=["POST"]),
        Route("/account", lambda _: HTMLResponse("theirs")),
        Route("/missing", lambda _: HTMLResponse("theirs", 404)),
        Route("/{path:path}", lambda _: PlainTextResponse("passed on")),
    ]
    return ServeStatic(Starlette(routes=pages), tmp_path, "ours")


def ask(app: ServeStatic, path: str, method: str = "GET", accept: str = "gzip") -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.request(method, path, headers={"Accept-Encoding": accept})

    return asyncio.run(send())


def test_each_file_is_compressed_once(static: ServeStatic, monkeypatch: pytest.MonkeyPatch) -> None:
    compressed: list[bytes] = []
    compress = gzip.compress

    def count(content: bytes, level: int) -> bytes:
        compressed.append(content)
        return compress(content, level)

    monkeypatch.setattr(gzip, "compress", count)
    for _ in range(3):
        assert ask(static, "/static/app.js").text == "let answer = 42;"
        assert ask(static, "/").text == "ours"
    assert compressed == [b"let answer = 42;", b"ours"]


def test_nothing_is_compressed_for_who_takes_it_plain(static: ServeStatic, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(gzip, "compress")
    assert ask(static, "/static/app.js", accept="identity").text == "let answer = 42;"


@pytest.mark.parametrize("path", ["/static/font.woff2", "/static/none.js", "/static/../secret.js", "/secret.js"])
def test_what_is_not_to_be_compressed_is_passed_on(static: ServeStatic, path: str) -> None:
    assert ask(static, path).text == "passed on"


def test_nobody_is_asked_for_the_first_page_and_any_other_is_streamlits_to_know(static: ServeStatic) -> None:
    assert ask(static, "/").text == ask(static, "/account").text == "ours"


@pytest.mark.parametrize(("method", "path"), [("POST", "/"), ("GET", "/missing")])
def test_only_a_page_that_is_read_is_replaced(static: ServeStatic, method: str, path: str) -> None:
    assert ask(static, path, method).text == "theirs"


def test_the_page_has_our_title_and_style_and_says_that_it_is_loading() -> None:
    page = make_page(INDEX, "Case Desk", "<style>p {}</style>")
    assert page.index("<title>Case Desk</title>") < page.index("<style>p {}</style>") < page.index("is loading…")
    assert "Streamlit" not in page
