"""From case to case with the keyboard, and where the keyboard is."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from lib.ui.look import HEAD_HEIGHT, ROW_HEIGHT
from tests.browser.steps import (
    click_row,
    expect_highlighted,
    expect_open,
    select_case,
    shown_numbers,
    sign_in,
    summary,
    wait_until_drawn,
)
from tests.clinicians import PATIENT, Clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]
BESIDE_AN_AGE = 257
LATENCIES = pytest.mark.parametrize("latency", [0, 0.3], ids=["at once", "after 300 ms"])

WATCH = """() => {
  window.mixed = [];
  const numbers = (selector) => [...document.querySelectorAll(`.st-key-open-case ${selector}`)]
    .filter((element) => element.checkVisibility())
    .map((element) => element.className.match(/-of-case-(\\d+)/)[1]);
  const look = () => {
    const shown = [...numbers('[class*="st-key-banner-of-case-"]'),
      ...numbers('[class*="st-key-case_summary-of-case-"]'),
      ...numbers('[class*="st-key-patient_name-of-case-"]')];
    if (new Set(shown).size > 1) window.mixed.push(shown.join());
  };
  new MutationObserver(look).observe(document.body, { subtree: true, childList: true, attributes: true });
}"""
"""Look, at every change of the page, whether it shows fields of another case than the banner's."""


@LATENCIES
def test_four_rapid_keys_end_at_the_right_case_and_never_show_two_at_once(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, latency: float
) -> None:
    numbers = create_cases(cleo, 6)
    page = open_page("/?show=all", of=cleo)
    select_case(page, numbers[0])
    page.evaluate(WATCH)
    proxy.delay(latency)
    for keys in ("jjjj", "kkkk", "jkjj"):
        for key in keys:
            page.keyboard.press(key)
            page.wait_for_timeout(40)
    expect_summary_of(page, numbers[2])
    # In the midst of drawing the case before.
    page.keyboard.press("j")
    page.locator(f".st-key-case_summary-of-case-{numbers[3]}").wait_for()
    page.wait_for_timeout(110)
    page.keyboard.press("j")
    expect_summary_of(page, numbers[4])
    assert page.evaluate("window.mixed") == []


@pytest.mark.parametrize("by", ["click", "key"])
def test_a_note_right_behind_the_way_to_a_case_is_written_in_that_case(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, by: str
) -> None:
    first, second = create_cases(cleo, 2)
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    wait_until_drawn(page)
    proxy.delay(0.3)
    if by == "click":
        click_row(page, second)
    else:
        page.keyboard.press("j")
    page.keyboard.press("n")
    page.keyboard.type(" Help, fast.")
    expect_open(page, second)
    expect(summary(page)).to_have_value("Case of test. Help, fast.")
    expect(summary(page)).to_be_focused()
    assert (cleo.find_case(first) or {})["case_summary"] == "Case of test."
    expect(page.get_by_role("switch", name="Hide names")).not_to_be_checked()


def test_the_table_waits_for_another_key_and_for_no_other_click(open_page: OpenPage, cleo: Clinician) -> None:
    first, second, third = create_cases(cleo, 3)
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    assert page.evaluate("caseDeskBench.tellAfter()") == 0
    page.keyboard.press("j")
    expect_open(page, second)
    assert page.evaluate("caseDeskBench.tellAfter()") == 40
    select_case(page, third)
    assert page.evaluate("caseDeskBench.tellAfter()") == 0


def test_keys_go_on_from_anywhere_but_a_field_and_not_behind_a_dialog(open_page: OpenPage, cleo: Clinician) -> None:
    numbers = create_cases(cleo, 5)
    page = open_page("/?show=all", of=cleo)
    select_case(page, numbers[0])
    page.get_by_role("button", name="History").focus()
    page.keyboard.press("j")
    expect_summary_of(page, numbers[1])
    wait_until_drawn(page)
    next_case = page.get_by_role("button", name="Next case")
    next_case.hover()
    expect(page.get_by_role("tooltip")).to_be_visible()
    next_case.click()
    expect_summary_of(page, numbers[2])

    page.keyboard.press("n")
    expect(summary(page)).to_be_focused()
    page.keyboard.type(" kj1")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(summary(page)).to_have_value("Case of test. kj1")

    page.get_by_role("button", name="New case").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").focus()
    page.keyboard.press("j")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect_open(page, numbers[2])
    wait_until_drawn(page)
    page.keyboard.press("k")
    expect_summary_of(page, numbers[1])


def test_keys_go_on_over_the_borders_of_a_page(open_page: OpenPage, newcomer: Clinician) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 52).raise_for_status()
    page = open_page(of=newcomer)
    first = shown_numbers(page)
    expect(page.get_by_text("1–50 of 52")).to_be_visible()
    click_row(page, first[0])
    page.keyboard.press("k")
    expect_open(page, first[0])
    for _ in range(50):
        page.keyboard.press("j")
    expect(page.get_by_text("51–52 of 52")).to_be_visible()
    expect_open(page, first[0] + 50)
    page.keyboard.press("j")
    expect_open(page, first[0] + 51)
    page.keyboard.press("k")
    expect_open(page, first[0] + 50)
    page.keyboard.press("k")
    expect(page.get_by_text("1–50 of 52")).to_be_visible()
    expect_open(page, first[0] + 49)


def test_the_keyboard_is_on_the_table_after_the_sign_in_and_on_a_case_that_was_chosen(
    open_page: OpenPage, cleo: Clinician
) -> None:
    numbers = create_cases(cleo, 3)
    page = open_page("/?show=all")
    sign_in(page, cleo.email)
    expect(page.get_by_test_id("stDataFrame")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect_open(page, numbers[0])
    select_case(page, numbers[1])
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect_summary_of(page, numbers[2])
    page.reload()
    expect_open(page, numbers[2])
    expect(page.get_by_role("heading", level=2)).to_be_focused()
    page.keyboard.press("k")
    expect_summary_of(page, numbers[1])


@LATENCIES
def test_a_case_that_opens_late_takes_the_keyboard_from_nothing_that_is_typed(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, latency: float
) -> None:
    numbers = create_cases(cleo, 2)
    page = open_page("/?show=all", of=cleo)
    select_case(page, numbers[0])
    proxy.delay(latency)
    click_row(page, numbers[1])
    page.get_by_role("button", name="New case").click()
    name = page.get_by_role("dialog").get_by_label("Patient name")
    name.press_sequentially("Typed into the dialog", delay=20)
    expect(page.locator(f".st-key-case_summary-of-case-{numbers[1]}")).to_be_visible()
    expect(name).to_have_value("Typed into the dialog")
    expect(name).to_be_focused()


def test_scroll_and_selection_stay_after_a_save_and_a_filter_change_and_back(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 45).raise_for_status()
    page = open_page(of=newcomer)
    numbers = shown_numbers(page)
    select_case(page, numbers[3])
    page.keyboard.press("j")
    expect_open(page, numbers[4])
    scroller(page).evaluate("element => { element.scrollTop = 310 }")
    summary(page).fill("Saved while the list is scrolled.")
    summary(page).press("Control+Enter")
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    assert scrolled(page) == 310
    page.get_by_role("radio", name="Completed 0").click()
    expect(page.get_by_text("There is no case here.")).to_be_visible()
    expect_open(page, numbers[4])
    page.get_by_role("radio", name="Open 45").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    until = time.monotonic() + 10
    while scrolled(page) != 310:
        assert time.monotonic() < until, "The list is not where it was."
    expect_open(page, numbers[4])


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_open_row_is_seen_wherever_the_table_is_scrolled_to_and_never_over_its_head(
    open_page: OpenPage, newcomer: Clinician, look: Literal["light", "dark"]
) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 45).raise_for_status()
    page = open_page(of=newcomer)
    page.emulate_media(color_scheme=look)
    _, first, second, third = read_colors(page, rows=3)
    assert first == second == third
    select_case(page, shown_numbers(page)[1])
    page.mouse.move(5, 5)
    head, first, second, third = read_colors(page, rows=3)
    assert first == third != second
    scroller(page).evaluate("(element, top) => { element.scrollTop = top }", ROW_HEIGHT)
    assert read_colors(page, rows=2) == [head, second, third]
    scroller(page).evaluate("(element, top) => { element.scrollTop = top }", 2 * ROW_HEIGHT)
    assert read_colors(page, rows=1) == [head, third]


def read_colors(page: Page, *, rows: int) -> list[Any]:
    """Return the colours of the table's head and first rows, behind what the column of ages says."""
    wait_until_drawn(page)
    table = page.get_by_test_id("stDataFrame").bounding_box()
    assert table
    picture = Image.open(BytesIO(page.screenshot(animations="disabled"))).convert("RGB")
    heights = [HEAD_HEIGHT / 2, *(HEAD_HEIGHT + (row + 0.5) * ROW_HEIGHT for row in range(rows))]
    return [picture.getpixel((int(table["x"]) + BESIDE_AN_AGE, int(table["y"] + height))) for height in heights]


def create_cases(clinician: Clinician, count: int) -> list[int]:
    """Create cases, and return their numbers in the order of the list of all cases."""
    return [clinician.create_case(case_summary="Case of test.") for _ in range(count)][::-1]


def expect_summary_of(page: Page, case_id: int) -> None:
    """Wait until this case is open, with its own form."""
    expect_open(page, case_id)
    expect(page.locator(f".st-key-case_summary-of-case-{case_id}")).to_be_visible()
    expect(page.get_by_label("Case summary")).to_have_count(1)
    expect_highlighted(page, case_id)


def scroller(page: Page) -> Locator:
    return page.locator(".dvn-scroller")


def scrolled(page: Page) -> int:
    return int(scroller(page).evaluate("element => element.scrollTop"))
