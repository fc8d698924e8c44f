"""Many cases at once: each over the version that was seen, each with its own outcome, all with one way back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from lib.backend.settings import Supabase
from tests.browser.steps import click_row, expect_open, row_of, select_case, shown_numbers, summary, wait_until_drawn
from tests.clinicians import PATIENT, Clinician, connect_to, new_clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]
SAVES = "updated_at=in"


@pytest.fixture(scope="module")
def clinician(supabase_project: Supabase) -> Iterator[Clinician]:
    """A clinician of these tests alone, who signs in once."""
    connect_to(supabase_project)
    with new_clinician() as clinician:
        yield clinician


@pytest.fixture
def picker(connected: Supabase, clinician: Clinician) -> Clinician:
    """A clinician who has no open cases."""
    clinician.rest.delete("/case_drafts", params={"case_id": "gt.0"}).raise_for_status()
    clinician.rest.patch("/cases", params={"status": "neq.archived"}, json={"status": "archived"}).raise_for_status()
    return clinician


def test_fifty_cases_are_set_and_undone_as_a_whole(open_page: OpenPage, picker: Clinician) -> None:
    numbers = create_cases(picker, 50)
    page = open_page(of=picker)
    start_picking(page)
    page.get_by_role("button", name="All on this page").click()
    expect_picked(page, 50)
    page.get_by_role("button", name="Archive", exact=True).click()
    expect(dialog(page).get_by_text("Testa Mäkinen, 45 · Pending")).to_have_count(50)
    assert statuses(picker, numbers) == {"pending": 50}
    dialog(page).get_by_role("button", name="Archive 50 cases").dblclick()
    expect(page.get_by_text("50 cases set to Archived.")).to_be_visible()
    assert statuses(picker, numbers) == {"archived": 50}
    expect_picked(page, 0)
    # Read again, the list is empty; what was done to it can be undone still.
    page.get_by_role("button", name="As of").click()
    expect(page.get_by_text("There is no case here.")).to_be_visible()
    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("50 cases set back.")).to_be_visible()
    assert statuses(picker, numbers) == {"pending": 50}
    expect(row_of(page, numbers[0])).to_be_attached()


def test_a_click_or_a_key_picks_a_case_and_opens_none_and_another_page_lets_none_go(
    open_page: OpenPage, picker: Clinician
) -> None:
    created = create_cases(picker, 52)
    page = open_page(of=picker)
    start_picking(page)
    numbers = shown_numbers(page)
    click_row(page, numbers[1])
    expect_picked(page, 1)
    expect(page.get_by_text(f"Case {numbers[1]}, Testa Mäkinen, selected.")).to_be_attached()
    expect(row_of(page, numbers[1])).to_have_attribute("aria-selected", "true")
    expect(page.locator(".st-key-many-count")).to_have_role("status")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(row_of(page, numbers[2])).to_have_attribute("aria-selected", "true")
    click_row(page, numbers[1])
    expect_picked(page, 1)
    page.get_by_role("button", name="Next", exact=True).click()
    expect(row_of(page, numbers[2])).to_have_count(0)
    page.get_by_role("button", name="All on this page").click()
    expect_picked(page, 3)
    page.get_by_role("button", name="Previous", exact=True).click()
    expect(row_of(page, numbers[2])).to_have_attribute("aria-selected", "true")
    expect(page.locator('[class*="st-key-banner-of-case-"]')).to_have_count(0)
    page.keyboard.press("3")
    expect(dialog(page).get_by_role("listitem")).to_have_count(3)
    for key in ("x", "j", "a", "f", "4", "Escape"):
        page.keyboard.press(key)
    expect(dialog(page)).to_have_count(0)
    expect_picked(page, 3)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Export CSV")).to_be_visible()
    assert statuses(picker, created) == {"pending": 52}


def test_a_case_that_was_changed_since_is_left_alone_named_and_stays_selected_and_so_by_the_undo(
    open_page: OpenPage, picker: Clinician
) -> None:
    numbers = create_cases(picker, 3)
    page = open_page("/?hide=names", of=picker)
    start_picking(page)
    page.get_by_role("button", name="All on this page").click()
    page.get_by_role("button", name="Completed", exact=True).click()
    expect(dialog(page).get_by_text("T•• M••, 45 · Pending")).to_have_count(3)
    picker.rest.patch(f"/cases?case_id=eq.{numbers[1]}", json={"status": "analyzing"}).raise_for_status()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("2 of 3 cases set to Completed.")).to_be_visible()
    expect(page.get_by_text(f"Still selected: case {numbers[1]}, T•• M••")).to_be_visible()
    expect_picked(page, 1)
    assert statuses(picker, numbers) == {"completed": 2, "analyzing": 1}
    # It is seen as it is now, so that it can be set.
    page.keyboard.press("3")
    dialog(page).get_by_role("button", name="Set 1 case to Completed").click()
    expect(page.get_by_text("1 case set to Completed.")).to_be_visible()
    assert statuses(picker, numbers) == {"completed": 3}
    picker.rest.patch(f"/cases?case_id=eq.{numbers[2]}", json={"patient_age": 46}).raise_for_status()
    page.keyboard.press("z")
    expect(page.get_by_text("2 of 3 cases set back.")).to_be_visible()
    expect(page.get_by_text(f"Still selected: case {numbers[2]}, T•• M••")).to_be_visible()
    expect(page.get_by_role("button", name="Undo all")).to_have_count(0)
    assert statuses(picker, numbers) == {"pending": 1, "analyzing": 1, "completed": 1}


def test_what_was_saved_before_supabase_failed_is_told_and_the_rest_is_tried_again_and_undone_with_it(
    open_page: OpenPage, picker: Clinician, proxy: FaultProxy
) -> None:
    numbers = create_cases(picker, 16)
    page = open_page(of=picker)
    start_picking(page)
    page.get_by_role("button", name="All on this page").click()
    expect_picked(page, 16)
    page.keyboard.press("2")
    expect(dialog(page)).to_be_visible()
    proxy.queue(0.1, SAVES)
    proxy.forget()
    page.keyboard.press("Control+Enter")
    expect(dialog(page).get_by_role("progressbar")).to_be_visible()
    proxy.wait_for(SAVES, count=9)
    proxy.refuse()
    expect(page.get_by_text("of 16 cases set to Analyzing.")).to_be_visible()
    expect(page.locator(".st-key-many-result").get_by_text("Still selected: case").first).to_be_visible()
    saved = int(page.locator(".st-key-many-result .result").first.inner_text().split()[1])
    assert 0 < saved < 16
    expect_picked(page, 16 - saved)
    proxy.forward()
    page.keyboard.press("2")
    dialog(page).get_by_role("button", name=f"Set {16 - saved} cases to Analyzing").click()
    expect(page.get_by_text(f"{16 - saved} cases set to Analyzing.")).to_be_visible()
    assert statuses(picker, numbers) == {"analyzing": 16}
    proxy.refuse()
    page.keyboard.press("z")
    expect(page.get_by_text("0 of 16 cases set back.")).to_be_visible()
    proxy.forward()
    page.keyboard.press("z")
    expect(page.locator(".st-key-many-result .success")).to_contain_text("16 cases set back.")
    assert statuses(picker, numbers) == {"pending": 16}


def test_the_question_says_of_how_many_cases_it_is_true_already(open_page: OpenPage, newcomer: Clinician) -> None:
    newcomer.create_case(status="analyzing")
    newcomer.create_case()
    page = open_page(of=newcomer)
    assert len(shown_numbers(page)) == 2
    page.keyboard.press("x")
    page.get_by_role("button", name="All on this page").click()
    page.get_by_role("button", name="Analyzing", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Set 1 case to Analyzing")
    expect(page.get_by_role("dialog")).to_contain_text("1 case of those selected is so already.")


def test_a_draft_of_a_picked_case_stays_a_draft(open_page: OpenPage, picker: Clinician) -> None:
    numbers = create_cases(picker, 2)
    page = open_page(of=picker)
    select_case(page, numbers[0])
    summary(page).fill("Typed, and not saved.")
    start_picking(page)
    expect_open(page, numbers[0])
    page.get_by_role("button", name="All on this page").click()
    page.get_by_role("button", name="Completed", exact=True).click()
    dialog(page).get_by_role("button", name="Set 2 cases to Completed").click()
    expect(page.get_by_text("2 cases set to Completed.")).to_be_visible()
    expect(page.get_by_role("radio", name="Completed", exact=True)).to_be_checked()
    expect(summary(page)).to_have_value("Typed, and not saved.")
    assert picker.find_draft(numbers[0]) == {"case_summary": "Typed, and not saved."}
    found = picker.find_case(numbers[0])
    assert found
    assert found["case_summary"] == ""


def create_cases(clinician: Clinician, count: int) -> list[int]:
    created = clinician.rest.post("/cases", json=[PATIENT] * count).raise_for_status().json()
    return sorted(int(case["case_id"]) for case in created)


def start_picking(page: Page) -> None:
    shown_numbers(page)
    page.get_by_role("button", name="Select", exact=True).click()
    expect_picked(page, 0)
    wait_until_drawn(page)
    shown_numbers(page)


def expect_picked(page: Page, count: int) -> None:
    expect(page.get_by_text(f"{count} selected", exact=True)).to_be_visible()


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def statuses(clinician: Clinician, numbers: list[int]) -> dict[str, int]:
    found = clinician.rest.get("/cases", params={"case_id": f"in.({','.join(map(str, numbers))})", "select": "status"})
    return Counter(case["status"] for case in found.raise_for_status().json())
