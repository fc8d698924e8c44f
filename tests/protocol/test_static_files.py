"""Streamlit's files and its page as they leave the server: small, and with our look in them."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from streamlit.file_util import get_static_dir

from tests.protocol.test_headers import check_headers, find_script

STATIC = Path(get_static_dir())
GZIP = {"Accept-Encoding": "br, gzip"}
PLAIN = {"Accept-Encoding": "identity"}
IMMUTABLE = "public, immutable, max-age=31536000"


def first_files() -> list[str]:
    """Return the scripts and styles that the page itself names."""
    return re.findall(r'"\.(/static/(?:js|css)/[^"]+)"', (STATIC / "index.html").read_text("utf-8"))


def test_scripts_and_styles_come_compressed_and_may_be_stored(url: str) -> None:
    sent = 0
    with httpx.Client(base_url=url, headers=GZIP) as browser:
        for path in first_files():
            answer = browser.get(path)
            check_headers(dict(answer.headers), cache=IMMUTABLE)
            assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding"), path
            sent += int(answer.headers["content-length"])
    assert sent < 550 * 1024


def test_whoever_takes_nothing_compressed_gets_the_same_script_plain(url: str) -> None:
    [path, *_] = [path for path in first_files() if "react-dom" in path]
    plain, compressed = (httpx.get(url + path, headers=headers) for headers in (PLAIN, GZIP))
    assert plain.content == compressed.content == (STATIC / path[1:]).read_bytes()
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == "Accept-Encoding"
    assert plain.headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", ["/", "/case?case_id=1", "/account", "/no/such/page", "/index.html"])
@pytest.mark.parametrize("headers", [GZIP, PLAIN])
def test_every_address_leads_to_the_page_with_our_look_in_it(url: str, path: str, headers: dict[str, str]) -> None:
    page = httpx.get(url + path, headers=headers)
    check_headers(dict(page.headers))
    assert page.headers.get("content-encoding") == ("gzip" if headers is GZIP else None)
    assert page.headers["vary"] == "Accept-Encoding"
    assert "<title>Case Desk</title>" in page.text
    assert '[data-testid="stMainBlockContainer"]' in page.text
    assert "Case Desk is loading…" in page.text


def test_head_tells_what_get_would_bring(url: str) -> None:
    for path in ("/", find_script(url)):
        asked, got = (httpx.request(method, url + path, headers=GZIP) for method in ("HEAD", "GET"))
        assert asked.content == b""
        assert asked.headers["content-length"] == got.headers["content-length"]


def test_the_icons_are_not_loaded_ahead_of_an_icon(url: str) -> None:
    theirs, ours = (STATIC / find_script(url)[1:]).read_text("utf-8"), httpx.get(url + find_script(url)).text
    assert "document.fonts.load(" in theirs
    assert "document.fonts.load(" not in ours


def test_a_table_asks_our_script_how_long_to_wait_before_it_tells(url: str) -> None:
    [path] = [f"/static/js/{file.name}" for file in (STATIC / "static" / "js").glob("DataFrame.*.js")]
    assert "caseDeskBench?.tellAfter()??150)" in httpx.get(url + path).text
