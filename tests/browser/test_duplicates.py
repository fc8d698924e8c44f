"""A new case of a patient who may have one already."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import choose
from tests.clinicians import Clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]


def test_a_case_of_what_may_be_the_same_patient_is_pointed_out_and_created_only_when_asked_again(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    case_id = newcomer.create_case()
    page = open_page("/?hide=names", of=newcomer)
    proxy.delay(0.3, "find_same_patients")
    dialog = fill_dialog(page, "testa  MAKINEN ")
    # The second press comes before anything can be read of what the first one found.
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Control+Enter")
    already = f"There is already case {case_id}, T•• M••, 45, female, pending (waiting 0 min)."
    expect(dialog.get_by_role("alert")).to_contain_text(already)
    beside = dialog.get_by_role("link", name=f"Open case {case_id}")
    expect(beside).to_have_attribute("href", f"/?case_id={case_id}&hide=names")
    expect(beside).to_have_attribute("target", "_blank")
    assert list_numbers(newcomer) == [case_id]

    other = newcomer.create_case(patient_name="Testa Other")
    dialog.get_by_label("Patient name").fill("Testa Other")
    dialog.get_by_role("button", name="Create anyway").click()
    expect(dialog.get_by_role("alert")).to_contain_text(f"There is already case {other}, T•• O••")
    dialog.get_by_role("button", name="Create anyway").click()
    expect(dialog).to_have_count(0)
    expect(page.locator(".result")).to_have_text(re.compile(r"Created: case \d+, T•• O••\."))
    assert len(list_numbers(newcomer)) == 3


def test_a_search_for_the_same_patient_that_fails_keeps_no_case_from_being_created(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    newcomer.create_case()
    page = open_page("/", of=newcomer)
    proxy.reset("find_same_patients")
    dialog = fill_dialog(page, "Testa Mäkinen")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(page.locator(".result")).to_contain_text("Created: case")
    assert len(list_numbers(newcomer)) == 2


def fill_dialog(page: Page, name: str) -> Locator:
    page.get_by_role("button", name="New case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Patient name").fill(name)
    dialog.get_by_label("Patient age").fill("45")
    choose(page, "Patient gender", "Female")
    return dialog


def list_numbers(clinician: Clinician) -> list[int]:
    return [case["case_id"] for case in clinician.rest.get("/cases").raise_for_status().json()]
