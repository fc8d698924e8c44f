"""What a clinician typed and did not save: kept through every way of leaving, and never in the browser itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.chromium import launch_with_profile
from tests.browser.steps import ADA, expect_open, row_of, select_case, sign_in, sign_out, summary
from tests.clinicians import Clinician
from tests.server import Server

OpenPage = Callable[..., Page]


def open_case(page: Page, case_id: int) -> None:
    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)


def notice(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Unsaved from \d\d:\d\d"))


def kept(page: Page) -> Locator:
    return page.get_by_role("status").filter(has_text=re.compile(r"^kept \d\d:\d\d$"))


def type_at_the_end(page: Page, text: str) -> None:
    summary(page).press("Control+End")
    summary(page).press_sequentially(text)


def test_what_is_typed_is_kept_shown_again_marked_listed_and_gone_when_discarded_or_saved(
    open_page: OpenPage, cleo: Clinician
) -> None:
    case_id, other = cleo.create_case(case_summary="Before."), cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    select_case(page, case_id)
    type_at_the_end(page, " Typed.")
    expect(kept(page)).to_be_visible()
    expect(row_of(page, case_id)).to_contain_text("unsaved · Before.")
    select_case(page, other)
    expect(notice(page)).to_have_count(0)
    select_case(page, case_id)
    expect(summary(page)).to_have_value("Before. Typed.")
    expect(notice(page)).to_be_visible()

    page.get_by_role("link", name="Account").click()
    page.get_by_role("link", name=f"Case {case_id}", exact=True).click()
    expect(summary(page)).to_have_value("Before. Typed.")
    page.get_by_role("button", name="Discard").click()
    expect(summary(page)).to_have_value("Before.")
    expect(notice(page)).to_have_count(0)
    expect(row_of(page, case_id)).not_to_contain_text("unsaved")
    page.reload()
    expect(summary(page)).to_have_value("Before.")
    expect(notice(page)).to_have_count(0)

    type_at_the_end(page, " Typed again.")
    expect(row_of(page, case_id)).to_contain_text("unsaved")
    page.reload()
    expect(notice(page)).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    expect(notice(page)).to_have_count(0)
    expect(row_of(page, case_id)).not_to_contain_text("unsaved")
    assert cleo.find_draft(case_id) is None
    assert [change["case_summary"]["to"] for change in cleo.read_history(case_id)] == ["Before. Typed again."]


def test_the_browser_stores_nothing_about_a_patient_not_even_on_its_disk(
    chromium: Browser, server: Server, ada: Clinician, tmp_path: Path
) -> None:
    """Chromium writes what stands in the fields of a page to a file, to restore it after a crash."""
    word = f"Canary{uuid4().hex}"
    case_id = ada.create_case(patient_name=f"{word} Patient", case_summary=f"{word} notes")
    browser = launch_with_profile(chromium.browser_type, tmp_path, server.url)
    page = browser.new_page()
    page.goto("/")
    sign_in(page, ADA)
    open_case(page, case_id)
    summary(page).press_sequentially(f"{word} typed")
    page.get_by_label("Patient name").fill(f"{word} renamed")
    page.get_by_role("link", name="Back to the worklist").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    open_case(page, case_id)
    summary(page).press_sequentially(f"{word} typed")
    page.goto("/account")
    page.go_back()
    expect_open(page, case_id)
    assert find_on_disk(word, tmp_path) == []
    sign_out(page)
    stored = page.evaluate("async () => [{...localStorage}, {...sessionStorage}, await caches.keys(), history.state]")
    assert word not in json.dumps(stored) + json.dumps(browser.storage_state(indexed_db=True))
    browser.close()
    assert find_on_disk(word, tmp_path) == []
    assert find_on_disk(f"case_id={case_id}", tmp_path), "Addresses cannot be found either, so the test shows nothing."


def find_on_disk(word: str, directory: Path) -> list[str]:
    """Return the files that hold a word, in either of the ways in which browsers write text."""
    written = (word.encode(), word.encode("utf-16-le"))
    files = [file for file in directory.rglob("*") if file.is_file()]
    return [file.name for file in files if any(each in read(file) for each in written)]


def read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""  # Chromium has taken it away meanwhile.
