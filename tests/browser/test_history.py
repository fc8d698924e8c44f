"""What was changed, when and by whom, as a clinician reads it."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import expect_open
from tests.clinicians import Clinician

OpenPage = Callable[..., Page]
HOSTILE = "<img src=x onerror='window.__pwned = true'> **bold** ![image](https://tracker.invalid/pixel.png)"


def change(rest: httpx.Client, case_id: int, **fields: object) -> None:
    """Change a case past the dashboard."""
    rest.patch(f"/cases?case_id=eq.{case_id}", json=fields).raise_for_status()


def events(page: Page) -> Locator:
    return page.locator("[class*=st-key-event-]")


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
    for age in range(60):
        change(newcomer.rest, case_id, patient_age=age)
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
