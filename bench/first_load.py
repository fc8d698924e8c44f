"""The first load of the sign-in page, as Lighthouse sees it on a desktop, in the browser of the tests."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from playwright.sync_api import sync_playwright

from bench.frame import CannotRun, Goal, Row, Rows, known
from bench.places import find_tool, node_program
from tests.browser.chromium import find_chromium
from tests.server import running_server

FLAGS = "--headless=new --no-sandbox --disable-gpu"


def rows(*, quick: bool) -> Rows:
    """Load the page a few times, each with an empty cache."""
    lighthouse = find_tool("lighthouse/cli/index.js")
    with sync_playwright() as playwright:
        chromium = find_chromium(playwright.chromium)
    if chromium is None:
        raise CannotRun("there is no Chromium")
    with running_server() as server:
        reports = [_audit(str(lighthouse), chromium, server.url) for _ in range(1 if quick else 3)]
    scores = [report["categories"]["performance"]["score"] for report in reports]
    yield Row("first load: Lighthouse performance", known(*scores), goal=Goal("median", 0.85, at_least=True), unit="")
    for name, audit, unit, factor, limit in (
        ("bytes", "total-byte-weight", "KiB", 1024, 900),
        ("layout shift", "cumulative-layout-shift", "", 1, 0.05),
    ):
        figures = [report["audits"][audit]["numericValue"] / factor for report in reports]
        yield Row(f"first load: {name}", known(*figures), goal=Goal("median", limit), unit=unit)


def _audit(lighthouse: str, chromium: str, url: str) -> dict[str, Any]:
    options = ["--quiet", "--output=json", "--preset=desktop", "--only-categories=performance"]
    result = subprocess.run(
        [node_program(), lighthouse, url, *options, f"--chrome-flags={FLAGS}"],
        env={**os.environ, "CHROME_PATH": chromium},
        capture_output=True,
        timeout=120,
        check=False,
    )
    if result.returncode:
        raise CannotRun("Lighthouse failed; it needs the browser to itself")
    report: dict[str, Any] = json.loads(result.stdout)
    return report
