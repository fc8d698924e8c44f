"""Real Chromium against the real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

from lib.backend.settings import ROOT, Supabase
from tests.browser.chromium import launch_chromium
from tests.clinicians import Clinician
from tests.protocol.client import COOKIE, sign_in
from tests.server import COOKIE_SECRET, Server, running_server

VIEWPORT = ViewportSize(width=1280, height=1100)
PAGES = [file.stem for file in (ROOT / "pages").glob("*.py")]
PROBES = tuple(f"/{page}/_stcore/{probe}" for page in PAGES for probe in ("health", "host-config"))
"""Streamlit asks below a page's address first, to find out where it is served; Chromium logs the 404s."""

expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def session_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mortal") / "sessions.db"


@pytest.fixture(scope="module")
def mortal_server(supabase_project: Supabase, session_file: Path) -> Iterator[Server]:
    """A server for one file of tests, which they may kill; its sessions outlive it in `session_file`."""
    with running_server(
        supabase_project, CASE_DESK_SESSION_FILE=str(session_file), CASE_DESK_COOKIE_SECRET=COOKIE_SECRET
    ) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium, until the last browser test: while Playwright runs, no other test could run an event loop."""
    with sync_playwright() as playwright, launch_chromium(playwright.chromium) as browser:
        yield browser


@pytest.fixture(scope="package")
def idle_browsers(chromium: Browser) -> Iterator[list[BrowserContext]]:
    """Browsers that nobody is signed in to just now; they have loaded Case Desk before, and are quick to again."""
    browsers: list[BrowserContext] = []
    yield browsers
    for context in browsers:
        context.close()


@pytest.fixture(scope="package")
def cookies(server: Server) -> Callable[..., str]:
    """The cookie of a clinician on a device, who signs in on it once, past the browser."""

    @cache
    def find_cookie(email: str, device: int) -> str:
        return sign_in(server.url, email)

    return find_cookie


@pytest.fixture
def signed_in(
    chromium: Browser, server: Server, idle_browsers: list[BrowserContext], cookies: Callable[..., str]
) -> Iterator[Callable[..., BrowserContext]]:
    """The browser of a clinician who is signed in, one for each device; a page of it is one more tab."""
    browsers: dict[tuple[str, int], BrowserContext] = {}

    def find_browser(clinician: Clinician, device: int = 1) -> BrowserContext:
        key = clinician.email, device
        if key not in browsers:
            browsers[key] = idle_browsers.pop() if idle_browsers else _open_browser(chromium, server)
            _bring_cookie(browsers[key], server, cookies(*key))
        return browsers[key]

    yield find_browser
    for context in browsers.values():
        _leave_nothing(context)
        idle_browsers.append(context)


def _open_browser(chromium: Browser, server: Server) -> BrowserContext:
    """Open a browser with one tab that stays, so that the process of its tabs does."""
    context = chromium.new_context(base_url=server.url, viewport=VIEWPORT)
    context.new_page().goto("/_stcore/health")
    return context


def _leave_nothing(context: BrowserContext) -> None:
    """Close all tabs but the one that stays, and forget all but what makes loading quick."""
    stays, *tabs = context.pages
    for tab in tabs:
        tab.close()
    context.clear_cookies()
    stays.evaluate("localStorage.clear()")
    assert stays.evaluate("/native code/.test(Date)"), "A clock is set for good: have options, and so a fresh browser."


def _bring_cookie(context: BrowserContext, server: Server, cookie: str) -> None:
    context.add_cookies([{"name": COOKIE, "value": cookie, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])


@pytest.fixture
def open_page(
    chromium: Browser, server: Server, signed_in: Callable[..., BrowserContext], cookies: Callable[..., str]
) -> Iterator[Callable[..., Page]]:
    """Open an address as somebody who is signed in, or else in a fresh browser, as is one with options of its own.

    A second `device` is a browser that signed in by itself.

    No page may log an error or ask another server, unless this very request of its own `may_fail`.
    """
    opened: list[Page | BrowserContext] = []
    problems: list[str] = []

    def find_browser(of: Clinician | None, device: int, options: dict[str, Any]) -> BrowserContext:
        if of and not options:
            return signed_in(of, device)
        context = chromium.new_context(**{"base_url": server.url, "viewport": VIEWPORT} | options)
        if of:
            _bring_cookie(context, server, cookies(of.email, device))
        opened.append(context)
        return context

    def open_at(
        path: str = "/", *, of: Clinician | None = None, device: int = 1, may_fail: str = "", **options: Any
    ) -> Page:
        page = find_browser(of, device, options).new_page()
        page.on("pageerror", lambda error: problems.append(f"error on the page: {error}"))
        page.on("console", lambda message: problems.extend(_logged_error(message, may_fail)))
        page.on("request", lambda request: problems.extend(_foreign_request(request, server)))
        opened.append(page)
        page.goto(path)
        return page

    yield open_at
    for each in reversed(opened):
        each.close()
    assert problems == []


def _logged_error(message: ConsoleMessage, may_fail: str) -> list[str]:
    expected = message.location["url"].endswith((*PROBES, may_fail) if may_fail else PROBES)
    return [] if message.type != "error" or expected else [f"console: {message.text} {message.location}"]


def _foreign_request(request: Request, server: Server) -> list[str]:
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    return [] if request.url.startswith(own) else [f"request to {request.url}"]
