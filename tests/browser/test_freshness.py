"""A list that was changed elsewhere says so, and moves only when it is asked to."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import LAPTOP, expect_open, row_of, select_case, shown_numbers, summary
from tests.clinicians import Clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]
HALF_A_MINUTE = 31_000


def test_what_was_changed_elsewhere_is_counted_and_loaded_when_asked_for(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    numbers = [newcomer.create_case() for _ in range(3)]
    page = open_page("about:blank", of=newcomer, **LAPTOP)
    page.clock.install()
    page.goto("/")
    select_case(page, numbers[0])
    summary(page).fill("Saved here, which is no news.")
    summary(page).press("Control+Enter")
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    for number in numbers[1:]:
        newcomer.rest.patch(f"/cases?case_id=eq.{number}", json={"case_summary": "Elsewhere."}).raise_for_status()
    proxy.forget()
    page.clock.run_for(HALF_A_MINUTE)
    expect(page.get_by_role("button", name="2 cases changed, load them")).to_be_visible()
    assert len(proxy.requests("/cases")) == 1
    expect(row_of(page, numbers[1])).not_to_contain_text("Elsewhere.")
    expect_open(page, numbers[0])
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    expect(row_of(page, numbers[1])).to_contain_text("Elsewhere.")
    expect(page.get_by_role("button", name="As of")).to_be_visible()
    assert shown_numbers(page) == numbers


def test_nothing_is_asked_while_nobody_can_see_the_page(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    newcomer.create_case()
    page = open_page("about:blank", of=newcomer, **LAPTOP)
    page.clock.install()
    page.goto("/")
    shown_numbers(page)
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    proxy.forget()
    page.clock.run_for(4 * HALF_A_MINUTE)
    assert proxy.requests("updated_at=gt") == []
