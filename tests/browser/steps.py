"""What a clinician does in the browser, one step a function."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from lib.ui.look import HEAD_HEIGHT, ROW_HEIGHT
from tests.clinicians import PASSWORD

ADA = "ada@demo.example"
LAPTOP: dict[str, Any] = {"viewport": {"width": 1366, "height": 768}}
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
ZOOMED: dict[str, Any] = {"viewport": {"width": 683, "height": 384}, "device_scale_factor": 2}
"""What is left of a laptop's window where everything is zoomed to 200 %."""
NUMBER_COLUMN = "td[aria-colindex='2']"


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in on the page that is open, and wait for the worklist."""
    fill_sign_in(page, email, password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()


def fill_sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)


def sign_out(page: Page) -> None:
    press_sign_out(page)
    expect_signed_out(page)


def wait_until_drawn(page: Page) -> None:
    expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")


def press_sign_out(page: Page) -> None:
    open_account_menu(page)
    page.get_by_role("button", name="Sign out", exact=True).click()


def open_account_menu(page: Page) -> None:
    wait_until_drawn(page)
    page.locator(".st-key-account-menu button").first.click()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def expect_signed_out(page: Page) -> None:
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)


def table_rows(page: Page) -> Locator:
    """The rows of the worklist that are in sight, as assistive technology reads them beneath the canvas."""
    return page.locator("table[role=grid] tbody tr")


def row_of(page: Page, case_id: int) -> Locator:
    number = page.locator(NUMBER_COLUMN).get_by_text(str(case_id), exact=True)
    return table_rows(page).filter(has=number)


def shown_numbers(page: Page) -> list[int]:
    expect(table_rows(page).first).to_be_attached()
    return [int(text) for text in page.locator(f"table[role=grid] {NUMBER_COLUMN}").all_text_contents()]


def select_case(page: Page, case_id: int, field: str = "Case summary") -> None:
    """Click a case's row and wait until the case is open."""
    click_row(page, case_id)
    expect_open(page, case_id, field)


def click_row(page: Page, case_id: int) -> None:
    """Click a case's row, anywhere: here at its status."""
    click_place(page, int(row_of(page, case_id).get_attribute("aria-rowindex") or 0) - 2)


def click_place(page: Page, place: int) -> None:
    """Click on the row at this place, whichever it is by now."""
    _click_in_table(page, 300, HEAD_HEIGHT + (place + 0.5) * ROW_HEIGHT)


def order_by_patient(page: Page) -> None:
    """Click on the head of the column with the names."""
    _click_in_table(page, 150, HEAD_HEIGHT / 2)


def _click_in_table(page: Page, x: float, y: float) -> None:
    """Click so far from the table's corner, where it is so wide. The mouse comes from somewhere, as a hand's does."""
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table
    x, y = table["x"] + min(x, table["width"] / 2), table["y"] + y
    page.mouse.move(x - 9, y - 9, steps=2)
    page.mouse.move(x, y, steps=2)
    page.mouse.click(x, y)


def expect_open(page: Page, case_id: int, field: str = "Case summary") -> None:
    expect(page.locator(f".st-key-banner-of-case-{case_id}")).to_be_visible()
    # Of this case: for a moment, the field of the case before may still be beside it.
    expect(page.locator(f'[class*="-of-case-{case_id}"]').get_by_label(field).first).to_be_visible()


def expect_highlighted(page: Page, case_id: int) -> None:
    """The row of this case, and no other, is marked as the open one, for the eye and for the ear."""
    expect(table_rows(page).and_(page.locator("[aria-current]"))).to_have_count(1)
    expect(row_of(page, case_id)).to_have_attribute("aria-current", "true")
    place = int(row_of(page, case_id).get_attribute("aria-rowindex") or 0) - 2
    expect(page.locator("body")).to_have_attribute("data-open-row", str(place))


def summary(page: Page) -> Locator:
    return in_sight(page, "Case summary")


def age(page: Page) -> Locator:
    return in_sight(page, "Patient age")


def in_sight(page: Page, field: str) -> Locator:
    """A field of the open case: for a moment that of the case before, which is hidden, is still beside it."""
    return page.get_by_label(field).filter(visible=True)


def choose_status(page: Page, status: str) -> None:
    page.get_by_role("radiogroup", name="Status").get_by_role("radio", name=status, exact=True).click()


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option, exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()
