"""The headers of every kind of response, Streamlit's own included, and the doors of Streamlit's that are closed."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from lib.ui.scripts import SCRIPTS, draft_html, export_html
from tests.protocol.client import COOKIE, open_tab

FIXED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
DIRECTIVES = {
    "default-src": "'none'",
    "script-src-attr": "'none'",
    "style-src": "'self' 'unsafe-inline'",
    "font-src": "'self' data:",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
CLOSED = [
    "/_stcore/metrics",
    "//_stcore/metrics",
    "/_stcore/metrics/",
    "/%5fstcore/metrics",
    "/_stcore%2fmetrics",
    "/_stcore/metrics?families=active_sessions",
    "/_stcore/agent",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/_stcore/agent/interact",
    "/_stcore/upload_file/session/file",
    "/component/any/index.html",
    "/auth/login",
    "/auth/logout",
    "/oauth2callback",
    "/media/unknown.csv",
    "//media/unknown.csv",
]
PAGES = [("GET", "/", 200), ("HEAD", "/", 200), ("GET", "/case?case_id=1", 200), ("GET", "/no/such/page", 200)]
REFUSED = [
    ("POST", "/", 405),
    ("BREW", "/", 405),
    ("PUT", "/_stcore/health", 405),
    ("GET", "/_stcore/unknown", 200),
    ("GET", "/_stcore/bidi-components/any/any", 404),
    ("GET", "/%2e%2e/secrets.toml", 400),
    ("GET", "//evil.example/", 400),
    ("GET", "/static/", 301),
    ("GET", "/session", 403),
    ("POST", "/session", 403),
    ("DELETE", "/session", 403),
]


def ask(url: str, method: str, path: str, **headers: str) -> HTTPResponse:
    """Send a request whose path no library tidies up."""
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


def check_headers(headers: dict[str, str], *, cache: str = "no-store") -> None:
    """Hold that a response has every header of the guard, once and with its value."""
    assert {name: headers.get(name) for name in FIXED} == FIXED
    assert headers["cache-control"] == cache
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    script_source = policy.pop("script-src")
    assert policy == DIRECTIVES
    assert re.fullmatch(r"'self'( 'sha256-[A-Za-z0-9+/]{43}=')+", script_source)


def headers_of(answer: HTTPResponse) -> dict[str, str]:
    names = [name.lower() for name in answer.headers]
    assert len(names) == len(set(names)), f"A header is sent twice: {names}"
    return {name.lower(): value for name, value in answer.headers.items()}


def find_script(url: str) -> str:
    connection = HTTPConnection(urlsplit(url).netloc, timeout=20)
    connection.request("GET", "/")
    found = re.search(rb'src="\.(/static/js/[^"]+)', connection.getresponse().read())
    connection.close()
    assert found
    return found[1].decode()


@pytest.mark.parametrize(("method", "path", "status"), [*PAGES, *REFUSED, ("GET", "/_stcore/health", 200)])
def test_every_kind_of_answer_carries_the_headers(url: str, method: str, path: str, status: int) -> None:
    answer = ask(url, method, path)
    assert answer.status == status
    check_headers(headers_of(answer))


@pytest.mark.parametrize("path", ["/_stcore/host-config", "/favicon.png", "/index.html", "/_stcore/stream"])
def test_every_file_but_the_named_ones_is_not_stored(url: str, path: str) -> None:
    check_headers(headers_of(ask(url, "GET", path)))


def test_a_script_named_by_its_content_may_be_stored(url: str) -> None:
    answer = ask(url, "GET", find_script(url))
    assert answer.status == 200
    check_headers(headers_of(answer), cache="public, immutable, max-age=31536000")


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "OPTIONS"])
def test_doors_of_streamlits_that_nobody_needs_are_closed(url: str, method: str) -> None:
    for path in CLOSED:
        answer = ask(url, method, path)
        assert answer.status == 404, path
        check_headers(headers_of(answer))


def test_media_is_closed_to_whoever_is_not_signed_in(url: str, ada_cookie: str) -> None:
    for cookie in ("", f"{COOKIE}=unknown", f"{COOKIE}={ada_cookie}; {COOKIE}=planted"):
        assert ask(url, "GET", "/media/unknown.csv", Cookie=cookie).status == 404
    signed_in = ask(url, "GET", "/media/unknown.csv", Cookie=f"{COOKIE}={ada_cookie}")
    check_headers(headers_of(signed_in))


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/session", "/media/x", "/cases/cases/1"])
def test_a_request_of_a_foreign_page_is_refused_with_the_headers(url: str, path: str) -> None:
    answer = ask(url, "GET", path, Origin="http://evil.example")
    assert answer.status == 403
    headers = headers_of(answer)
    check_headers(headers)
    assert not [name for name in headers if name.startswith("access-control-")]


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/metrics", "/no/such/page"])
def test_only_https_is_told_to_stay_https(url: str, path: str) -> None:
    over_https = headers_of(ask(url, "GET", path, X_Forwarded_Proto="https"))
    assert over_https["strict-transport-security"] == "max-age=31536000"
    assert "strict-transport-security" not in headers_of(ask(url, "GET", path))


@pytest.mark.parametrize(("path", "origin"), [("/_stcore/stream", "http://evil.example"), ("/no/such/socket", "")])
def test_a_refused_websocket_carries_the_headers(url: str, path: str, origin: str) -> None:
    headers = {"Origin": origin} if origin else {}
    with pytest.raises(InvalidStatus) as refusal, connect(f"ws{url[4:]}{path}", additional_headers=headers):
        pass
    assert refusal.value.response.status_code == 403
    check_headers({name.lower(): value for name, value in refusal.value.response.headers.raw_items()})


def test_no_cookie_comes_unasked_but_streamlits_own_against_forgery_with_its_health(url: str) -> None:
    asked = [*((method, path) for method, path, _ in [*PAGES, *REFUSED]), ("GET", "/_stcore/host-config")]
    cookies = [headers_of(ask(url, method, path)).get("set-cookie") for method, path in asked]
    assert cookies == [None] * len(asked)
    assert headers_of(ask(url, "GET", "/_stcore/health"))["set-cookie"].startswith("_streamlit_xsrf=")


def test_the_policy_knows_each_script_that_the_pages_draw(url: str, ada_cookie: str) -> None:
    allowed = headers_of(ask(url, "GET", "/"))["content-security-policy"]
    with open_tab(url, ada_cookie) as tab, open_tab(url) as signing_in:
        tab.visit()
        signing_in.sign_in("ben@demo.example")
        drawn = [element.content.body for page in (tab, signing_in) for element in page.page if element.kind == "html"]
    scripts = re.findall(
        r"<script>(.*?)</script>", "".join([*drawn, draft_html("form", {}), export_html("ticket")]), re.DOTALL
    )
    assert set(scripts) == set(SCRIPTS)
    assert all(b64encode(sha256(script.encode()).digest()).decode() in allowed for script in scripts)
