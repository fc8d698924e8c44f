"""What a browser loads and sees move until the sign-in page is there."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import VIEWPORT
from tests.server import Server

KIB = 1024
COUNT_SHIFTS = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifted += shift.value;
}).observe({type: 'layout-shift', buffered: true});
"""


def test_the_sign_in_page_is_small_and_nothing_moves_while_it_loads(chromium: Browser, server: Server) -> None:
    with chromium.new_context(base_url=server.url, viewport=VIEWPORT) as context:
        page = context.new_page()
        page.add_init_script(COUNT_SHIFTS)
        network = context.new_cdp_session(page)
        loaded: list[int] = []
        network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
        network.send("Network.enable")
        page.goto("/")
        expect(page.get_by_role("button", name="Create account")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.shifted") <= 0.05
    assert sum(loaded) <= 900 * KIB


def test_a_password_is_shown_and_hidden_by_a_word(open_page: Callable[..., Page]) -> None:
    page = open_page()
    password, shown = page.get_by_label("Password", exact=True), "getComputedStyle(button, '::after').content"
    for name, word, kind in [("Show password", '"Show"', "password"), ("Hide password", '"Hide"', "text")]:
        button = page.get_by_role("button", name=name)
        assert button.evaluate(f"(button) => {shown}") == word
        expect(password).to_have_attribute("type", kind)
        button.click()
