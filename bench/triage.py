"""What a case costs in a triage run, and fifty at once, in Chromium: beside the requests that it takes at least."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import cycle

import httpx
from playwright.sync_api import Page, expect, sync_playwright

from bench.baseline import raw
from bench.frame import Goal, Row, Rows, Turn, each, timed
from bench.places import embedded_supabase, wire
from lib import sign_in
from lib.backend.settings import Supabase
from tests.browser import steps
from tests.browser.chromium import launch_chromium
from tests.server import running_server

AWAY = 30
CASES = 50
AT_ONCE = 6
BENCH = "/?show=all&order=case_id&descending=true"
THINKING_MS = 400
KEY_LIMIT_MS = 150
MANY_LIMIT_S = 5

WATCH = """() => {
  const find = (selector) => document.querySelector(selector);
  const shown = () => find('[class*="st-key-banner-of-case-"]')?.className.match(/banner-of-case-(\\d+)/)[1];
  const isDrawn = (number) => number && number !== before
    && find(`.st-key-case_summary-of-case-${number} textarea`)?.value;
  const before = shown();
  let pressed = null;
  delete document.body.dataset.taken;
  window.addEventListener('keydown', () => { pressed = performance.now(); }, {capture: true, once: true});
  const look = () => {
    if (pressed !== null && isDrawn(shown())) document.body.dataset.taken = performance.now() - pressed;
    else requestAnimationFrame(look);
  };
  look();
}"""
"""Take the time, by the browser's own clock, from a key until another case is shown, with what its fields hold."""


@dataclass(frozen=True)
class Place:
    """A clinician's page on a Supabase so far away, and their cases."""

    page: Page
    rest: httpx.Client
    numbers: Sequence[int]


def rows(*, quick: bool) -> Rows:
    """Measure with Supabase on this machine, and 30 ms away."""
    return each({"near": _rows(0, quick=quick), "far": _rows(AWAY, quick=quick)})


def _rows(away: float, *, quick: bool) -> Rows:
    turns = 6 if quick else 18
    with _opened(away) as place:
        where = f"Supabase {away:g} ms away"
        number = cycle(place.numbers)
        yield Row(
            f"triage: a key sets the status and the next case is shown, {where}",
            _keys(place.page, "34"),
            timed(lambda: raw.patch(place.rest, next(number), "analyzing")),
            Goal("median", KEY_LIMIT_MS),
            turns,
        )
        yield Row(
            f"triage: a key skips and the next case is shown, {where}",
            _keys(place.page, "s"),
            timed(lambda: raw.get(place.rest, next(number))),
            Goal("median", KEY_LIMIT_MS),
            turns,
        )
        if away:
            yield Row(
                f"ten cases by a key each in a triage run, beside ten by clicks, {where}",
                partial(_decide_ten, place.page, cycle("12")),
                partial(_click_through_ten, place.page, cycle(["Completed", "Archived"])),
                Goal("ratio", 0.5),
                turns=1 if quick else 2,
                unit="s",
            )
        yield Row(
            f"{CASES} cases at once, beside as many raw requests, {where}",
            partial(_set_many, place),
            partial(_patch_many, place, "analyzing"),
            Goal("median", MANY_LIMIT_S),
            turns=1 if quick else 3,
            unit="s",
        )


@contextmanager
def _opened(away: float) -> Iterator[Place]:
    """Sign in as a clinician with fifty cases more, all of them on the page."""
    with ExitStack() as stack:
        near = stack.enter_context(embedded_supabase())
        session = sign_in("ben@demo.example", "casedesk-demo")
        far = Supabase(stack.enter_context(wire(near.url, milliseconds=away)), near.key) if away else near
        rest = stack.enter_context(raw.open_rest(far, session))
        numbers = raw.create_cases(rest, CASES)
        server = stack.enter_context(running_server(far))
        browser = launch_chromium(stack.enter_context(sync_playwright()).chromium)
        page = browser.new_page(base_url=server.url)
        page.goto(BENCH)
        steps.sign_in(page, session.email)
        yield Place(page, rest, numbers)
        browser.close()


def _keys(page: Page, keys: str) -> Turn:
    """Go on through a triage run by these keys in turn, each pressed some time after its case was shown."""
    key = cycle(keys)

    def turn() -> list[float]:
        if not page.locator(".st-key-run-keys").count():
            _start_run(page)
        page.wait_for_timeout(THINKING_MS)
        return [_press(page, next(key))]

    return turn


def _start_run(page: Page) -> None:
    page.goto(BENCH)
    steps.shown_numbers(page)
    steps.wait_until_drawn(page)
    page.keyboard.press("t")
    expect(steps.summary(page)).not_to_have_value("")


def _press(page: Page, key: str) -> float:
    """Press a key, and return the milliseconds until the next case is shown."""
    page.evaluate(WATCH)
    page.keyboard.press(key)
    return float(page.locator("body[data-taken]").get_attribute("data-taken") or 0)


def _decide_ten(page: Page, keys: Iterator[str]) -> list[float]:
    """Set the status of ten cases in a triage run, and return the seconds from the first key on."""
    _start_run(page)
    key, started = next(keys), time.perf_counter()
    for _ in range(10):
        _press(page, key)
    return [time.perf_counter() - started]


def _click_through_ten(page: Page, statuses: Iterator[str]) -> list[float]:
    """Set the status of ten cases by a click on their row, on the status and on Save, and return the seconds."""
    page.goto(BENCH)
    numbers, status = steps.shown_numbers(page)[:10], next(statuses)
    started = time.perf_counter()
    for case_id in numbers:
        steps.select_case(page, case_id)
        steps.choose_status(page, status)
        steps.save(page)
        expect(page.locator(".st-key-save-result .success")).to_be_visible()
    return [time.perf_counter() - started]


def _set_many(place: Place) -> list[float]:
    """Set the status of all cases of a page, and return the seconds from the answer "yes" on until it is told."""
    _patch_many(place, "pending")
    page = place.page
    page.goto(BENCH)
    steps.shown_numbers(page)
    page.get_by_role("button", name="Select", exact=True).click()
    page.get_by_role("button", name="All on this page").click()
    page.get_by_text(f"{CASES} selected").wait_for()
    page.get_by_role("button", name="Completed", exact=True).click()
    page.get_by_role("dialog").wait_for()
    started = time.perf_counter()
    page.keyboard.press("Control+Enter")
    page.get_by_text(f"{CASES} cases set to").wait_for()
    return [time.perf_counter() - started]


def _patch_many(place: Place, status: str) -> list[float]:
    """Set the status of the same cases by raw requests, as many side by side."""
    started = time.perf_counter()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        list(threads.map(lambda number: raw.patch(place.rest, number, status), place.numbers))
    return [time.perf_counter() - started]
