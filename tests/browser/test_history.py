"""What was changed, when and by whom, as a clinician reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import LAPTOP, age, expect_open, row_of, save, select_case, summary
from tests.clinicians import Clinician

OpenPage = Callable[..., Page]
HOSTILE = "<img src=x onerror='window.__pwned = true'> **bold** ![image](https://tracker.invalid/pixel.png)"


def change(rest: httpx.Client, case_id: int, **fields: object) -> None:
    """Change a case past the dashboard."""
    rest.patch(f"/cases?case_id=eq.{case_id}", json=fields).raise_for_status()


def events(page: Page) -> Locator:
    return page.locator("[class*=st-key-event-]")


def open_history(page: Page) -> None:
    page.get_by_role("button", name="History").click()
    expect(events(page).first).to_be_in_viewport()
    expect(events(page).last).to_contain_text("Created")


def restore(event: Locator) -> None:
    event.get_by_role("button", name="Restore").click()


def test_the_history_tells_who_changed_what_down_to_the_creation(
    open_page: OpenPage, cleo: Clinician, administrator: httpx.Client
) -> None:
    case_id = cleo.create_case(case_summary="No fever.")
    change(cleo.rest, case_id, case_summary="Some fever.")
    change(administrator, case_id, status="archived")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    open_history(page)
    expect(events(page)).to_have_count(3)
    expect(events(page).first).to_contain_text("Changed just now by an administrator")
    expect(events(page).first).to_contain_text("Status Pending → Archived")
    expect(events(page).nth(1)).to_contain_text("by you")
    expect(events(page).nth(1).locator("del")).to_have_text("No")
    expect(events(page).nth(1).locator("ins")).to_have_text("Some")
    expect(events(page).last).to_contain_text("Testa Mäkinen · 45 · Female · Pending")


def test_a_case_older_than_its_history_shows_when_it_was_created(open_page: OpenPage, ada: Clinician) -> None:
    [case] = ada.rest.get("/cases", params={"order": "created_at", "limit": 1}).raise_for_status().json()
    page = open_page(f"/case?case_id={case['case_id']}", of=ada)
    open_history(page)
    shown = events(page).last.locator("time").get_attribute("datetime") or ""
    assert datetime.fromisoformat(shown) == datetime.fromisoformat(case["created_at"])


def test_an_earlier_value_is_restored_by_a_change_of_its_own(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    change(cleo.rest, case_id, patient_age=50, status="completed")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    open_history(page)
    summary(page).fill("Typed and not saved.")
    restore(events(page).first.locator("[data-testid=stHorizontalBlock]").filter(has_text="Patient age"))
    expect(page.get_by_text("Restored: Patient age: 50 → 45.")).to_be_visible()
    expect(events(page)).to_have_count(3)
    expect(events(page).first).to_contain_text("Patient age 50 → 45")
    expect(age(page)).to_have_value("45")
    expect(summary(page)).to_have_value("Typed and not saved.")
    assert cleo.read_history(case_id)[1:] == [{"patient_age": {"from": 50, "to": 45}}]


def test_a_value_that_was_changed_again_is_restored_when_asked_alone(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    for status in ("analyzing", "completed"):
        change(cleo.rest, case_id, status=status)
    page = open_page(f"/?show=All&case_id={case_id}", of=cleo, **LAPTOP)
    open_history(page)
    question = page.get_by_text("Status was changed again after that.")
    restore(events(page).nth(1))
    expect(question).to_be_in_viewport()
    expect(page.locator(".st-key-restore-question")).to_contain_text("Completed → Pending")
    page.get_by_role("button", name="Leave it as it is").click()
    expect(question).to_have_count(0)
    assert len(cleo.read_history(case_id)) == 2
    restore(events(page).nth(1))
    page.get_by_role("button", name="Restore all the same").click()
    expect(page.get_by_text("Restored: Status: Completed → Pending.")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("heading", name="Testa Mäkinen")).to_be_in_viewport(ratio=1)
    expect(question).to_have_count(0)
    assert cleo.read_history(case_id)[2:] == [{"status": {"from": "completed", "to": "pending"}}]


def test_what_was_changed_elsewhere_meanwhile_is_not_restored_over_unasked(
    open_page: OpenPage, cleo: Clinician
) -> None:
    case_id = cleo.create_case()
    change(cleo.rest, case_id, status="analyzing")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    open_history(page)
    change(cleo.rest, case_id, status="completed")
    restore(events(page).first)
    expect(page.get_by_text("Not restored: Status was changed again since, and is Completed now.")).to_be_visible()
    assert len(cleo.read_history(case_id)) == 2
    page.get_by_role("button", name="Restore all the same").click()
    expect(page.get_by_text("Restored: Status: Completed → Pending.")).to_be_visible()
    assert cleo.read_history(case_id)[2:] == [{"status": {"from": "completed", "to": "pending"}}]


def test_a_long_history_is_read_a_page_at_a_time(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    for years in range(25):
        change(cleo.rest, case_id, patient_age=years)
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    page.get_by_role("button", name="History").click()
    expect(events(page)).to_have_count(20)
    page.get_by_role("button", name="Show earlier").click()
    expect(events(page)).to_have_count(6)
    expect(events(page).last).to_contain_text("Created")
    page.get_by_role("button", name="Show later").click()
    expect(events(page)).to_have_count(20)


def test_my_changes_over_all_cases_are_read_by_day_and_lead_to_their_cases(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    one, other = newcomer.create_case(), newcomer.create_case(patient_name="Bob Other")
    change(newcomer.rest, one, status="completed")
    change(newcomer.rest, other, case_summary="No fever.", patient_age=46)
    page = open_page("/activity", of=newcomer)
    expect(page.get_by_role("heading", name="Today")).to_be_visible()
    expect(events(page)).to_have_count(4)
    expect(events(page).first).to_contain_text("Bob Other")
    expect(events(page).first).to_contain_text("Patient age 45 → 46")
    expect(events(page).first.locator("ins")).to_have_text("No fever.")
    expect(events(page).nth(1)).to_contain_text("Status Pending → Completed")
    expect(events(page).last).to_contain_text("Testa Mäkinen · 45 · Female · Pending")

    page.get_by_role("radio", name="Patient age").click()
    expect(events(page)).to_have_count(1)
    expect(events(page)).not_to_contain_text("No fever.")
    page.get_by_role("link", name=f"Case {other}").click()
    expect_open(page, other)


def test_long_activity_is_read_a_page_at_a_time(open_page: OpenPage, newcomer: Clinician) -> None:
    case_id = newcomer.create_case()
    for years in range(60):
        change(newcomer.rest, case_id, patient_age=years)
    page = open_page("/activity", of=newcomer)
    expect(events(page)).to_have_count(50)
    page.get_by_role("button", name="Show earlier").click()
    expect(events(page)).to_have_count(11)
    expect(events(page).last).to_contain_text("created")
    page.get_by_role("button", name="Show later").click()
    expect(events(page).first).to_contain_text("58 → 59")


def test_what_somebody_else_changed_is_listed_until_it_is_seen(
    open_page: OpenPage, newcomer: Clinician, administrator: httpx.Client
) -> None:
    case_id = newcomer.create_case()
    change(administrator, case_id, status="archived")
    page = open_page("/activity", of=newcomer)
    expect(page.get_by_role("heading", name="Changed by someone else")).to_be_visible()
    expect(page.get_by_role("link", name=f"Case {case_id}")).to_have_count(2)
    page.get_by_role("button", name="Mark all as seen").click()
    expect(page.get_by_role("heading", name="Changed by someone else")).to_have_count(0)
    expect(page.get_by_role("link", name=f"Case {case_id}")).to_have_count(1)


def test_a_case_that_somebody_else_changed_is_marked_in_the_worklist_until_it_is_opened(
    open_page: OpenPage, newcomer: Clinician, administrator: httpx.Client
) -> None:
    case_id, other = newcomer.create_case(), newcomer.create_case()
    change(administrator, case_id, patient_age=50)
    page = open_page(of=newcomer)
    expect(row_of(page, case_id)).to_contain_text("●")
    expect(row_of(page, other)).not_to_contain_text("●")
    select_case(page, case_id)
    page.goto("/")
    expect(row_of(page, case_id)).to_be_attached()
    expect(row_of(page, case_id)).not_to_contain_text("●")


def test_a_save_is_undone_unless_the_case_was_changed_since_and_nobody_asked(
    open_page: OpenPage, cleo: Clinician
) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).fill("After.")
    save(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone: Case summary.")).to_be_visible()
    expect(summary(page)).to_have_value("Before.")

    age(page).fill("46")
    save(page)
    expect(page.get_by_text("Saved: Patient age: 45 → 46.")).to_be_visible()
    change(cleo.rest, case_id, patient_age=47)
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Not undone: Patient age was changed again since, and is 47 now.")).to_be_visible()
    page.get_by_role("button", name="Undo all the same").click()
    expect(page.get_by_text("Undone: Patient age: 47 → 45.")).to_be_visible()
    assert [change["patient_age"]["to"] for change in cleo.read_history(case_id)[2:]] == [46, 47, 45]


def test_what_is_taken_back_by_a_double_click_is_taken_back_once_and_shown(
    open_page: OpenPage, cleo: Clinician
) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).fill("After.")
    save(page)
    page.get_by_role("button", name="Undo").dblclick()
    expect(page.get_by_text("Undone: Case summary.")).to_be_visible()
    expect(summary(page)).to_have_value("Before.")
    open_history(page)
    events(page).first.get_by_role("button", name="Restore").dblclick()
    expect(page.get_by_text("Restored: Case summary.")).to_be_visible()
    expect(summary(page)).to_have_value("After.")
    assert [change["case_summary"]["to"] for change in cleo.read_history(case_id)] == ["After.", "Before.", "After."]


def test_moments_are_told_in_the_time_of_the_reader(open_page: OpenPage, newcomer: Clinician) -> None:
    newcomer.create_case()
    page = open_page("/activity", of=newcomer, timezone_id="Asia/Kathmandu")
    moment = events(page).locator("time")
    expect(moment).to_have_attribute("title", re.compile(r"^\w+, \d+ \w+ \d{4}, \d\d:\d\d:\d\d \+0545$"))
    told = page.evaluate("new Date(document.querySelector('time').dateTime).toTimeString().slice(0, 5)")
    expect(moment).to_have_text(told)


def test_patient_text_is_text_in_the_history_too(open_page: OpenPage, newcomer: Clinician) -> None:
    case_id = newcomer.create_case(patient_name=HOSTILE, case_summary=HOSTILE)
    change(newcomer.rest, case_id, case_summary="Gone.")
    page = open_page("/activity", of=newcomer)
    expect(events(page).first.locator("del")).to_have_text(HOSTILE)
    expect(page.locator("[data-testid=stMain] :is(b, img, s, iframe, .katex)")).to_have_count(0)
    assert page.evaluate("window.__pwned") is None
