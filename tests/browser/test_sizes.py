"""What fits into the windows that clinicians have, without scrolling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lib.ui.look import HEAD_HEIGHT, ROW_HEIGHT
from tests.browser.steps import (
    LAPTOP,
    PHONE,
    ZOOMED,
    expect_open,
    save,
    select_case,
    summary,
)
from tests.clinicians import PATIENT, Clinician

OpenPage = Callable[..., Page]

SCREEN = {"viewport": {"width": 1920, "height": 1080}}
FORTY = "Low back pain for five weeks after lifts"
OTHER_COLUMNS = 34 + 48 + 128 + 52 + 160 + 110
PADDING = 2 * 8

MEASURE = """(text) => {
  const context = document.createElement('canvas').getContext('2d');
  context.font = `14px ${getComputedStyle(document.body).fontFamily}`;
  return context.measureText(text).width;
}"""


@pytest.mark.parametrize(("size", "rows"), [(LAPTOP, 17), (SCREEN, 27)], ids=["laptop", "screen"])
def test_so_many_rows_with_forty_characters_fit_beside_what_came_of_a_save(
    open_page: OpenPage, newcomer: Clinician, size: dict[str, Any], rows: int
) -> None:
    newcomer.rest.post("/cases", json=[PATIENT | {"case_summary": FORTY}] * 45).raise_for_status()
    page = open_page("/", of=newcomer, **size)
    table = page.locator(".dvn-scroller")
    expect(table).to_be_visible()
    box = table.bounding_box()
    assert box
    assert box["y"] + box["height"] <= size["viewport"]["height"]
    assert (box["height"] - HEAD_HEIGHT) / ROW_HEIGHT >= rows
    assert len(FORTY) == 40
    assert box["width"] - OTHER_COLUMNS - PADDING >= page.evaluate(MEASURE, FORTY)
    select_case(page, int(page.locator("table[role=grid] td[aria-colindex='2']").first.inner_text()))
    summary(page).fill("Better.")
    save(page)
    for shown in (page.locator(".result.success"), page.get_by_role("button", name="Save changes")):
        expect(shown).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("size", [LAPTOP, PHONE, ZOOMED], ids=["laptop", "phone", "zoomed to 200 %"])
def test_a_triage_run_needs_no_scrolling(open_page: OpenPage, newcomer: Clinician, size: dict[str, Any]) -> None:
    first, second = (newcomer.create_case(case_summary="Cough.\n" * 40) for _ in range(2))
    page = open_page("/", of=newcomer, **size)
    page.get_by_role("button", name="Triage").click()
    expect_open(page, first)
    page.get_by_role("button", name="4 Archived").click()
    expect_open(page, second)
    keys = [
        page.get_by_role("button", name=name, exact=True) for name in ("1 Pending", "4 Archived", "Note", "End", "Skip")
    ]
    for shown in (*keys, summary(page), page.get_by_text("2 of 2"), page.get_by_role("heading", level=2)):
        expect(shown).to_be_in_viewport(ratio=1)
    expect(page.locator(".result.success")).to_be_in_viewport(ratio=1)
