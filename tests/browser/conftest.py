"""Real Chromium against the real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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
from tests.browser.steps import sign_in
from tests.clinicians import Clinician
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
def signed_in(chromium: Browser, server: Server) -> Iterator[Callable[..., BrowserContext]]:
    """The browser of a clinician, on each device signed in to once; a page of it is one more tab."""
    browsers: dict[tuple[str, int], BrowserContext] = {}

    def find_browser(clinician: Clinician, device: int = 1) -> BrowserContext:
        key = clinician.email, device
        if key not in browsers:
            context = chromium.new_context(base_url=server.url, viewport=VIEWPORT)
            page = context.new_page()
            page.goto("/")
            sign_in(page, clinician.email)
            # It stays, with nothing on it, so that the process of this browser's tabs does.
            page.goto("/_stcore/health")
            browsers[key] = context
        return browsers[key]

    yield find_browser
    for context in browsers.values():
        context.close()


@pytest.fixture
def open_page(
    chromium: Browser, server: Server, signed_in: Callable[..., BrowserContext]
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
        state = signed_in(of).storage_state() if of else None
        defaults: dict[str, Any] = {"base_url": server.url, "viewport": VIEWPORT, "storage_state": state}
        context = chromium.new_context(**defaults | options)
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
