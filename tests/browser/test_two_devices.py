"""One case on two devices of a clinician, each signed in to by itself: what becomes of what both change."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import age, choose_status, expect_open, save, summary
from tests.clinicians import Clinician

OpenPage = Callable[..., Page]


def open_on_two_devices(open_page: OpenPage, clinician: Clinician, case_id: int) -> tuple[Page, Page]:
    first, second = (open_page(f"/case?case_id={case_id}", of=clinician, device=device) for device in (1, 2))
    assert first.context != second.context
    expect_open(first, case_id)
    expect_open(second, case_id)
    return first, second


def result(page: Page) -> Locator:
    return page.locator(".result")


def expect_stored(clinician: Clinician, case_id: int, **fields: object) -> None:
    found = clinician.find_case(case_id)
    assert found
    assert {name: found[name] for name in fields} == fields


def undo(page: Page) -> None:
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(result(page)).to_contain_text("Undone: ")


def test_other_fields_are_put_together_told_and_undone_apart(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Fever.")
    first, second = open_on_two_devices(open_page, cleo, case_id)
    age(second).fill("46")
    save(second)
    expect(result(second)).to_contain_text("Saved: Patient age: 45 → 46.")
    summary(first).fill("Mine.")
    save(first)
    told = r"Saved: Case summary\. Changed elsewhere meanwhile: Patient age: 45 → 46 \(by you, \d\d:\d\d\)"
    expect(result(first)).to_have_text(re.compile(told))
    expect(age(first)).to_have_value("46")
    expect_stored(cleo, case_id, case_summary="Mine.", patient_age=46)
    undo(first)
    expect(summary(first)).to_have_value("Fever.")
    expect_stored(cleo, case_id, case_summary="Fever.", patient_age=46)
    assert [list(changes) for changes in cleo.read_history(case_id)] == [
        ["patient_age"],
        ["case_summary"],
        ["case_summary"],
    ]


def change_on_both(first: Page, second: Page) -> Locator:
    """Save the summary on the second device, try to on the first; return the conflict that the first then shows."""
    summary(second).fill("Fever.\nTheirs.")
    save(second)
    expect(result(second)).to_contain_text("Saved: Case summary.")
    summary(first).fill("Fever.\nMine.")
    age(first).fill("46")
    save(first)
    expect(result(first)).to_contain_text("Not saved: Case summary was changed elsewhere, too. Decide what to keep.")
    return first.locator(".st-key-clash")


@pytest.mark.parametrize(
    ("decision", "decided"),
    [
        ("Keep mine", "Fever.\nMine."),
        ("Take theirs", "Fever.\nTheirs."),
        ("Merge both", "Fever.\nTheirs.\nMine."),
    ],
    ids=["mine", "theirs", "both"],
)
def test_the_same_field_is_decided_in_view_of_both_and_what_is_saved_then_can_be_undone(
    open_page: OpenPage, cleo: Clinician, decision: str, decided: str
) -> None:
    case_id = cleo.create_case(case_summary="Fever.")
    first, second = open_on_two_devices(open_page, cleo, case_id)
    clash = change_on_both(first, second)
    expect(clash).to_contain_text("by you")
    expect(clash.locator("ins")).to_have_text([re.compile("Theirs."), re.compile("Mine.")])
    expect(summary(first)).to_have_value("Fever.\nMine.")
    save(first)
    expect(result(first)).to_contain_text("Not saved: first decide what to keep.")
    expect_stored(cleo, case_id, case_summary="Fever.\nTheirs.", patient_age=45)

    first.get_by_role("button", name=decision).click()
    expect(clash).to_have_count(0)
    expect(summary(first)).to_have_value(decided)
    if decision == "Merge both":
        save(first)
    expect(result(first)).to_contain_text("Saved: Patient age: 45 → 46")
    expect_stored(cleo, case_id, case_summary=decided, patient_age=46)
    undo(first)
    expect_stored(cleo, case_id, case_summary="Fever.\nTheirs.", patient_age=45)


def test_what_is_typed_on_after_a_conflict_is_what_is_saved_over_it(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Fever.")
    first, second = open_on_two_devices(open_page, cleo, case_id)
    change_on_both(first, second)
    summary(first).fill("Merged by hand.")
    first.get_by_role("button", name="Keep mine").click()
    expect(result(first)).to_contain_text("Saved: Patient age: 45 → 46 · Case summary.")
    expect_stored(cleo, case_id, case_summary="Merged by hand.", patient_age=46)


def test_a_case_that_was_archived_meanwhile_says_so_first_and_what_is_saved_into_it_can_be_undone(
    open_page: OpenPage, cleo: Clinician
) -> None:
    case_id = cleo.create_case()
    first, second = open_on_two_devices(open_page, cleo, case_id)
    choose_status(second, "Archived")
    save(second)
    expect(result(second)).to_contain_text("Saved: Status: Pending → Archived.")
    summary(first).fill("Mine.")
    save(first)
    expect(result(first)).to_contain_text("Not saved: this case was archived meanwhile.")
    expect_stored(cleo, case_id, case_summary="", status="archived")
    first.get_by_role("button", name="Save into the archived case").click()
    expect(result(first)).to_contain_text("Saved: Case summary.")
    expect_stored(cleo, case_id, case_summary="Mine.", status="archived")
    undo(first)
    expect_stored(cleo, case_id, case_summary="", status="archived")
