"""Names and summaries that are hidden are nowhere on the page."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.steps import choose_status, expect_open, save, select_case, summary
from tests.clinicians import Clinician

OpenPage = Callable[..., Page]
NAME = {"patient_name": "Joséphine Doerte"}
TEXT = "Coughing for three days"

READ_ALL = """() => [document.body.innerText, ...[...document.querySelectorAll('*')].flatMap((element) => [
  element.value, element.textContent, ...[...element.attributes].map((attribute) => attribute.value),
  atob(element.dataset.draftAbout ?? ''),
])].join(' ')"""
"""All that a page says to the eye, to a screen reader, in its fields and to its scripts."""


def test_hidden_names_and_summaries_are_nowhere_on_any_page(open_page: OpenPage, newcomer: Clinician) -> None:
    case_id = newcomer.create_case(case_summary=TEXT, **NAME)
    newcomer.rest.patch(f"/cases?case_id=eq.{case_id}", json={"case_summary": f"{TEXT}, now four"}).raise_for_status()
    page = open_page("/?show=all&hide=names", of=newcomer)
    select_case(page, case_id, field="Patient age")
    expect(page.get_by_role("heading", name="J•• D••")).to_be_visible()
    page.get_by_role("button", name="History").click()
    expect(page.get_by_text("Hide history")).to_be_visible()
    choose_status(page, "Completed")
    save(page)
    expect(page.get_by_text("Saved: Status: Pending → Completed.")).to_be_visible()
    assert_hidden(page)
    for link in ("Activity", "Account", "Worklist"):
        page.get_by_role("link", name=link, exact=True).first.click()
        expect(page.get_by_role("heading", name=link, level=1)).to_be_attached()
        expect(page.get_by_role("switch", name="Hide names")).to_be_checked()
        expect(page.get_by_test_id("stApp")).to_have_attribute("data-test-script-state", "notRunning")
        assert_hidden(page)
    page.reload()
    expect(page.get_by_role("switch", name="Hide names")).to_be_checked()
    assert_hidden(page)


def test_what_is_typed_when_names_are_hidden_is_back_when_they_are_shown(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    case_id = newcomer.create_case(case_summary=TEXT, **NAME)
    page = open_page(f"/?case_id={case_id}", of=newcomer)
    expect_open(page, case_id)
    summary(page).fill(f"{TEXT}, typed and not saved")
    page.keyboard.press("Escape")
    expect(page.locator("[data-draft-shown]").get_by_text("kept ")).to_be_visible()
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="J•• D••")).to_be_visible()
    expect(summary(page)).to_have_count(0)
    choose_status(page, "Analyzing")
    save(page)
    expect(page.get_by_text("Saved: Status: Pending → Analyzing.")).to_be_visible()
    found = newcomer.find_case(case_id)
    assert found
    assert (found["status"], found["case_summary"]) == ("analyzing", TEXT)
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Joséphine Doerte")).to_be_visible()
    expect(summary(page)).to_have_value(f"{TEXT}, typed and not saved")


def test_h_lists_the_keys_and_each_has_a_button(open_page: OpenPage, newcomer: Clinician) -> None:
    case_id = newcomer.create_case()
    page = open_page(of=newcomer)
    expect(page.get_by_test_id("stDataFrame")).to_be_focused()
    page.keyboard.press("h")
    expect(page.get_by_text("previous case")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("h")
    expect(page.get_by_text("previous case")).to_have_count(0)
    expect(page.locator(".st-key-open-case h2")).to_have_count(0)
    page.keyboard.press("j")
    expect_open(page, case_id)
    for key in "hpjknt":
        expect(page.locator(f'[class*="st-key-press-{key}-"]')).to_have_count(1)


def assert_hidden(page: Page) -> None:
    told = page.evaluate(READ_ALL)
    for word in ("Joséphine", "Doerte", "Cough", "three"):
        assert word not in told
