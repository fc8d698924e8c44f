"""The README's screenshots, of the real app on its synthetic cases.

Run `make screenshots` to take them again. Names in all scripts need fonts for them, such as Debian's `fonts-noto-core`
and `fonts-droid-fallback`.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from lib.backend.settings import ROOT
from tests.browser.chromium import launch_chromium
from tests.browser.steps import (
    ADA,
    LAPTOP,
    PHONE,
    choose_status,
    expect_open,
    save,
    select_case,
    shown_numbers,
    sign_in,
    summary,
    wait_until_drawn,
)
from tests.server import running_server

FOLDER = ROOT / "docs" / "screenshots"
COLORS = 128
"""Few enough for files below 100 kB, and so many that nobody sees a difference."""

DARK = LAPTOP | {"color_scheme": "dark"}
SHARP_PHONE = PHONE | {"device_scale_factor": 2}


def main() -> None:
    """Take them all; the one that changes a case comes last."""
    with running_server() as server, sync_playwright() as playwright, launch_chromium(playwright.chromium) as browser:
        for name, show, options in (
            ("worklist", show_worklist, LAPTOP),
            ("triage", show_triage, DARK),
            ("phone", show_phone, SHARP_PHONE),
            ("history", show_history, LAPTOP),
        ):
            _take(browser, server.url, name, show, options)


def show_worklist(page: Page) -> None:
    """Open a case beside the list, and flag it."""
    select_case(page, shown_numbers(page)[9])
    page.get_by_role("button", name="Flag", exact=True).click()
    expect(page.get_by_role("button", name="Unflag")).to_be_visible()


def show_triage(page: Page) -> None:
    """Walk through some cases of the list."""
    page.get_by_role("button", name="Triage").click()
    for place in range(1, 6):
        expect(page.get_by_text(f"{place} of ")).to_be_visible()
        expect(summary(page)).to_be_visible()
        wait_until_drawn(page)
        page.keyboard.press("s")
    expect(page.get_by_text("6 of ")).to_be_visible()
    expect(summary(page)).to_be_visible()


def show_phone(page: Page) -> None:
    """Show the list, which is the page there."""
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()


def show_history(page: Page) -> None:
    """Change a case, and show what was changed."""
    case_id = shown_numbers(page)[5]
    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)
    summary(page).fill(summary(page).input_value().replace(".", ", seen by the team today.", 1))
    choose_status(page, "Completed")
    save(page)
    expect(page.get_by_text("Saved: ")).to_be_visible()
    page.get_by_role("button", name="History").click()
    expect(page.locator(".st-key-timeline ins").first).to_be_visible()


def _take(browser: Browser, url: str, name: str, show: Callable[[Page], None], options: dict[str, Any]) -> None:
    page = browser.new_context(base_url=url, **options).new_page()
    page.goto("/")
    sign_in(page, ADA)
    show(page)
    wait_until_drawn(page)
    page.mouse.move(0, 0)
    expect(page.get_by_test_id("stTooltipContent")).to_have_count(0)
    page.evaluate("document.activeElement.blur()")
    picture = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    picture.quantize(COLORS, dither=Image.Dither.NONE).save(FOLDER / f"{name}.png", optimize=True)
    page.context.close()


if __name__ == "__main__":
    main()
