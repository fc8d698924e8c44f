"""What a clinician typed and did not save: kept through every way of leaving, and never in the browser itself."""

from __future__ import annotations

import json
from pathlib import Path
from uuid import uuid4

from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import launch_with_profile
from tests.browser.steps import ADA, expect_open, sign_in, sign_out, summary
from tests.clinicians import Clinician
from tests.server import Server


def open_case(page: Page, case_id: int) -> None:
    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)


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
