"""What a clinician does in the browser, one step a function."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.clinicians import PASSWORD

ADA = "ada@demo.example"
ROW_HEIGHT = 35
SELECTS_ROW = 16
"""Pixels from the table's left edge to the middle of a row's checkbox."""


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Sign in on the page that is open, and wait for the worklist."""
    fill_sign_in(page, email, password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()


def fill_sign_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email", exact=True).fill(email)
    page.get_by_label("Password", exact=True).fill(password)


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect_signed_out(page)


def expect_signed_out(page: Page) -> None:
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_have_count(0)


def table_rows(page: Page) -> Locator:
    """The rows of the worklist that are in sight, as assistive technology reads them beneath the canvas."""
    return page.locator("table[role=grid] tbody tr")


def row_of(page: Page, case_id: int) -> Locator:
    number = page.locator("td[aria-colindex='1']").get_by_text(str(case_id), exact=True)
    return table_rows(page).filter(has=number)


def shown_numbers(page: Page) -> list[int]:
    expect(table_rows(page).first).to_be_attached()
    return [int(text) for text in page.locator("table[role=grid] td[aria-colindex='1']").all_text_contents()]


def select_case(page: Page, case_id: int) -> None:
    """Tick the checkbox of a case's row and wait until the case is open."""
    click_row(page, case_id)
    expect_open(page, case_id)


def click_row(page: Page, case_id: int) -> None:
    position = int(row_of(page, case_id).get_attribute("aria-rowindex") or 0) - 1
    page.get_by_test_id("stDataFrame").click(position={"x": SELECTS_ROW, "y": (position + 0.5) * ROW_HEIGHT})


def expect_open(page: Page, case_id: int) -> None:
    expect(page.get_by_role("heading", name=f"Case {case_id}", exact=True)).to_be_visible()
    expect(summary(page)).to_be_visible()


def summary(page: Page) -> Locator:
    return page.get_by_label("Case summary")


def age(page: Page) -> Locator:
    return page.get_by_label("Patient age")


def choose_status(page: Page, status: str) -> None:
    choose(page, "Status", status)


def choose(page: Page, field: str, option: str) -> None:
    page.get_by_role("combobox", name=field).click()
    page.get_by_role("option", name=option, exact=True).click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save changes").click()
