"""From the click on a row until its form is there, in Chromium, with Supabase 30 ms away."""

from __future__ import annotations

from contextlib import ExitStack
from itertools import cycle

from playwright.sync_api import Page, sync_playwright

from bench.baseline import raw
from bench.frame import Goal, Row, Rows, timed
from bench.places import embedded_supabase, wire
from lib import sign_in
from lib.backend.settings import Supabase
from tests.browser import steps
from tests.browser.chromium import launch_chromium
from tests.server import running_server

AWAY = 30
WATCH = """(caseId) => {
  let clicked = null;
  document.addEventListener('pointerdown', () => { clicked = performance.now(); }, {capture: true, once: true});
  window.taken = new Promise((tell, fail) => {
    setTimeout(fail, 20000, `case ${caseId} did not open`);
    const watcher = new MutationObserver(() => {
      if (clicked === null || !document.querySelector(`.st-key-case_summary-of-case-${caseId} textarea`)) return;
      tell(performance.now() - clicked);
      watcher.disconnect();
    });
    watcher.observe(document, {subtree: true, childList: true, attributes: true});
  });
}"""


def rows(*, quick: bool) -> Rows:
    """Open one case after the other, beside a raw request for the same case."""
    with ExitStack() as stack:
        near = stack.enter_context(embedded_supabase())
        session = sign_in("ada@demo.example", "casedesk-demo")
        far = Supabase(stack.enter_context(wire(near.url, milliseconds=AWAY)), near.key)
        server = stack.enter_context(running_server(far))
        rest = stack.enter_context(raw.open_rest(far, session))
        browser = launch_chromium(stack.enter_context(sync_playwright()).chromium)
        page = browser.new_page(base_url=server.url)
        page.goto("/")
        steps.sign_in(page, session.email)
        numbers = cycle(steps.shown_numbers(page)[:8])
        request = timed(lambda: raw.get(rest, next(numbers)))
        yield Row(
            f"click to form, Supabase {AWAY} ms away, beside one request",
            lambda: [_open(page, next(numbers))],
            request,
            Goal("difference", 60),
            turns=8 if quick else 24,
        )
        browser.close()


def _open(page: Page, case_id: int) -> float:
    """Click on a case's row and return the milliseconds until its form is there, by the browser's own clock.

    Nothing asks the page meanwhile: what Playwright looks for by role takes it a third more.
    """
    page.evaluate(WATCH, case_id)
    steps.click_row(page, case_id)
    taken = float(page.evaluate("window.taken"))
    steps.expect_open(page, case_id)
    return taken
