"""Flagging a case: its mark at once, its place at the front when the list is read again."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from lib.cases.opening import open_case
from tests.browser.steps import expect_open, row_of, select_case, shown_numbers
from tests.clinicians import Clinician

OpenPage = Callable[..., Page]


def test_a_flagged_case_is_marked_where_it_stands_and_comes_first_from_the_next_reading_on(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    cases = [newcomer.create_case() for _ in range(3)]
    page = open_page(of=newcomer)
    select_case(page, cases[2])
    page.get_by_role("button", name="Flag", exact=True).click()
    expect(row_of(page, cases[2])).to_contain_text("flagged")
    expect(row_of(page, cases[2])).to_contain_text("⚑")
    expect(page.locator(".banner")).to_contain_text("⚑ flagged")
    assert shown_numbers(page) == cases
    assert open_case(newcomer, cases[2]).is_flagged
    page.get_by_role("button", name="As of").click()
    expect(row_of(page, cases[2])).to_have_attribute("aria-rowindex", "2")
    expect_open(page, cases[2])
    page.reload()
    page.get_by_role("button", name="Unflag").click()
    expect(row_of(page, cases[2])).not_to_contain_text("flagged")
    expect(page.get_by_role("button", name="Flag", exact=True)).to_be_visible()
    assert not open_case(newcomer, cases[2]).is_flagged
