"""Real Chromium against the real server, and clinicians who use it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
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

from tests.browser.chromium import launch_chromium
from tests.browser.steps import PASSWORD, sign_in
from tests.server import Server, running_server

VIEWPORT = ViewportSize(width=1280, height=1100)
PROBES = tuple(f"/{page}/_stcore/{probe}" for page in ("case", "account") for probe in ("health", "host-config"))
"""Streamlit asks below a page's address first, to find out where it is served; Chromium logs the 404s."""

expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """The server with demo data, in memory."""
    with running_server() as running:
        yield running


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def durable_server(directory: Path) -> Iterator[Server]:
    """A server for one file of tests, whose data, sessions and caught mail outlive it in `directory`."""
    with running_server(EMBEDDED_SUPABASE_DIR=str(directory)) as running:
        yield running


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Chromium, until the last browser test: while Playwright runs, no other test could run an event loop."""
    with sync_playwright() as playwright, launch_chromium(playwright) as browser:
        yield browser


class Clinician:
    """A clinician with an account; `rest` speaks to Supabase with their own token."""

    def __init__(self, server: Server, email: str, *, new: bool = False) -> None:
        self.email = email
        self.rest = httpx.Client(base_url=server.supabase_url, headers={"apikey": server.publishable_key}, timeout=10)
        path = "/auth/v1/signup" if new else "/auth/v1/token?grant_type=password"
        answer = self.rest.post(path, json={"email": email, "password": PASSWORD}).raise_for_status()
        self.rest.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        self.rest.headers["Prefer"] = "return=representation"

    def create_case(self, **fields: Any) -> int:
        given = {"patient_name": "Testa Mäkinen", "patient_age": 45, "patient_gender": "female"} | fields
        created = self.rest.post("/rest/v1/cases", json=given).raise_for_status().json()
        return int(created[0]["case_id"])

    def find_case(self, case_id: int) -> dict[str, Any] | None:
        """The row as the database holds it, where this clinician may see it."""
        found = self.rest.get("/rest/v1/cases", params={"case_id": f"eq.{case_id}"}).raise_for_status().json()
        return found[0] if found else None

    def read_history(self, case_id: int) -> list[dict[str, Any]]:
        """What was changed since the case was created, oldest first."""
        updates = {"case_id": f"eq.{case_id}", "kind": "eq.update", "order": "event_id"}
        answer = self.rest.get("/rest/v1/case_events", params=updates)
        return [event["changes"] for event in answer.raise_for_status().json()]


@pytest.fixture(scope="session")
def ada(server: Server) -> Iterator[Clinician]:
    """The clinician with three pages of demo cases."""
    clinician = Clinician(server, "ada@demo.example")
    yield clinician
    clinician.rest.close()


@pytest.fixture(scope="session")
def ben(server: Server) -> Iterator[Clinician]:
    """A clinician to whom every other case is a stranger's."""
    clinician = Clinician(server, "ben@demo.example")
    yield clinician
    clinician.rest.close()


@pytest.fixture(scope="session")
def cleo(server: Server) -> Iterator[Clinician]:
    """The clinician whose cases are those that the tests create."""
    clinician = Clinician(server, f"cleo-{uuid.uuid4()}@test.example", new=True)
    yield clinician
    clinician.rest.close()


@pytest.fixture(scope="package")
def signed_in(chromium: Browser, server: Server) -> Iterator[Callable[[Clinician], BrowserContext]]:
    """The browser of a clinician, who signed in once; a page of it is one more tab."""
    browsers: dict[str, BrowserContext] = {}

    def find_browser(clinician: Clinician) -> BrowserContext:
        if clinician.email not in browsers:
            context = chromium.new_context(base_url=server.url, viewport=VIEWPORT)
            page = context.new_page()
            page.goto("/")
            sign_in(page, clinician.email)
            page.close()
            browsers[clinician.email] = context
        return browsers[clinician.email]

    yield find_browser
    for context in browsers.values():
        context.close()


@pytest.fixture
def open_page(
    chromium: Browser, server: Server, signed_in: Callable[[Clinician], BrowserContext]
) -> Iterator[Callable[..., Page]]:
    """Open an address as somebody who is signed in, or else in a fresh browser, as is one with options of its own.

    No page may log an error or ask another server.
    """
    opened: list[Page | BrowserContext] = []
    problems: list[str] = []

    def find_browser(of: Clinician | None, options: dict[str, Any]) -> BrowserContext:
        if of and not options:
            return signed_in(of)
        state = signed_in(of).storage_state() if of else None
        defaults: dict[str, Any] = {"base_url": server.url, "viewport": VIEWPORT, "storage_state": state}
        context = chromium.new_context(**defaults | options)
        opened.append(context)
        return context

    def open_at(path: str = "/", *, of: Clinician | None = None, **options: Any) -> Page:
        page = find_browser(of, options).new_page()
        page.on("pageerror", lambda error: problems.append(f"error on the page: {error}"))
        page.on("console", lambda message: problems.extend(_logged_error(message)))
        page.on("request", lambda request: problems.extend(_foreign_request(request, server)))
        opened.append(page)
        page.goto(path)
        return page

    yield open_at
    for each in reversed(opened):
        each.close()
    assert problems == []


def _logged_error(message: ConsoleMessage) -> list[str]:
    expected = message.location["url"].endswith(PROBES)
    return [] if message.type != "error" or expected else [f"console: {message.text} {message.location}"]


def _foreign_request(request: Request, server: Server) -> list[str]:
    own = (server.url, server.url.replace("http", "ws"), "data:", "blob:")
    return [] if request.url.startswith(own) else [f"request to {request.url}"]
