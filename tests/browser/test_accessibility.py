"""Every page for everybody: no serious violation, small windows, large text, and the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.browser.steps import (
    PHONE,
    age,
    choose,
    choose_status,
    expect_open,
    open_account_menu,
    save,
    select_case,
    shown_numbers,
    summary,
    wait_until_drawn,
)
from tests.clinicians import PASSWORD, Clinician

OpenPage = Callable[..., Page]
HALF_A_MINUTE = 31_000
FADED = """() => Promise.allSettled(
  document.getAnimations()
    .filter(({effect, playState}) => playState === 'running' && effect.getComputedTiming().endTime < Infinity)
    .map((each) => each.finished)
)"""
"""Waits for all that is under way on the page and has an end."""

HALF_SIZE = {"viewport": {"width": 640, "height": 550}, "device_scale_factor": 2}
"""What is left of a window of 1280 by 1100 pixels where everything is zoomed to 200 %."""


@pytest.mark.timeout(120)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_page_has_a_serious_violation(open_page: OpenPage, cleo: Clinician, look: Literal["light", "dark"]) -> None:
    case_id = cleo.create_case(case_summary="Cough for three days.")
    page = open_page(color_scheme=look)
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    assert find_violations(page) == []
    for form, heading in (("Forgot password?", "New password"), ("Create account", "New account")):
        page.get_by_role("button", name=form).click()
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert find_violations(page) == []
        page.get_by_role("button", name="Back to sign in").click()

    cleo.rest.patch(f"/cases?case_id=eq.{case_id}", json={"case_summary": "Cough for four days."}).raise_for_status()
    page = open_page(of=cleo)
    page.emulate_media(color_scheme=look)
    page.goto("/activity")
    expect(page.locator("ins").first).to_have_text("four")
    assert find_violations(page) == []

    page.goto("/account")
    expect(page.get_by_role("button", name="Sign out everywhere")).to_be_visible()
    assert find_violations(page) == []

    page.goto("/")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    assert find_violations(page) == []

    open_account_menu(page)
    assert find_violations(page) == []
    page.keyboard.press("Escape")

    page.get_by_role("button", name="Filters").click()
    expect(page.get_by_label("Save this view as")).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    page.get_by_label("Search all cases").fill("nowhere to be found")
    expect(page.get_by_role("button", name="Clear all")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Clear (1)").click()
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()

    page.get_by_role("button", name="New case").click()
    page.get_by_role("button", name="Create case").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("dialog").get_by_label("Patient name").fill("Testa Mäkinen")
    page.get_by_role("dialog").get_by_label("Patient age").fill("45")
    choose(page, "Patient gender", "Female")
    page.get_by_role("button", name="Create case").click()
    expect(page.get_by_role("dialog").get_by_text("There is already")).to_be_visible()
    wait_until_drawn(page)
    assert find_violations(page) == []

    page.goto(f"/?case_id={case_id}")
    expect_open(page, case_id)
    assert find_violations(page) == []

    age(page).fill("200")
    save(page)
    expect(page.get_by_role("alert")).to_be_visible()
    assert find_violations(page) == []

    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)
    assert find_violations(page) == []


@pytest.mark.parametrize("look", ["light", "dark"])
def test_neither_a_conflict_nor_a_history_has_a_serious_violation(
    open_page: OpenPage, cleo: Clinician, look: Literal["light", "dark"]
) -> None:
    case_id = cleo.create_case(case_summary="Fever. " * 200)
    page = open_page(of=cleo)
    page.emulate_media(color_scheme=look)
    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)
    cleo.rest.patch(f"/cases?case_id=eq.{case_id}", json={"case_summary": "Elsewhere."}).raise_for_status()
    summary(page).fill("Here.")
    save(page)
    expect(page.locator(".st-key-clash")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_role("button", name="Keep mine").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.get_by_role("button", name="History").click()
    expect(page.get_by_text("Created just now")).to_be_attached()
    assert find_violations(page) == []


@pytest.mark.timeout(120)
@pytest.mark.parametrize("look", ["light", "dark"])
def test_no_state_of_triage_has_a_serious_violation(
    open_page: OpenPage, newcomer: Clinician, look: Literal["light", "dark"]
) -> None:
    case_id, other_id = newcomer.create_case(case_summary="Cough for three days."), newcomer.create_case()
    page = open_page("about:blank", of=newcomer, color_scheme=look)
    page.clock.install()
    page.goto(f"/?case_id={case_id}")
    expect_open(page, case_id)
    newcomer.rest.patch(f"/cases?case_id=eq.{other_id}", json={"patient_age": 46}).raise_for_status()
    page.clock.run_for(HALF_A_MINUTE)
    expect(page.get_by_role("button", name="1 case changed, load it")).to_be_visible()
    wait_until_drawn(page)
    assert find_violations(page) == []
    page.keyboard.press("h")
    expect(page.get_by_role("cell", name="previous case")).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("h")
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="T•• M••")).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("p")
    expect_open(page, case_id)
    page.keyboard.press("x")
    page.get_by_role("button", name="All on this page").click()
    expect(page.get_by_text("2 selected")).to_be_visible()
    assert find_violations(page) == []
    page.keyboard.press("4")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert find_violations(page) == []
    newcomer.rest.patch(f"/cases?case_id=eq.{other_id}", json={"patient_age": 47}).raise_for_status()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 of 2 cases set to Archived.")).to_be_visible()
    wait_until_drawn(page)
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Done")).to_have_count(0)
    wait_until_drawn(page)
    page.keyboard.press("t")
    expect(page.get_by_text("1 of 1")).to_be_visible()
    expect_open(page, other_id)
    assert find_violations(page) == []
    page.keyboard.press("e")
    expect(page.get_by_label("Patient name")).to_be_focused()
    # What is drawn again is faint while it is.
    wait_until_drawn(page)
    assert find_violations(page) == []
    page.keyboard.press("Escape")
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="1 of 1 case changed")).to_be_visible()
    assert find_violations(page) == []


@pytest.mark.parametrize("size", [PHONE, HALF_SIZE], ids=["phone", "zoomed to 200 %"])
def test_a_small_window_never_scrolls_sideways_and_shows_the_case_at_once(
    open_page: OpenPage, cleo: Clinician, size: dict[str, Any]
) -> None:
    case_id = cleo.create_case()
    page = open_page(**size)
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    assert not scrolls_sideways(page)

    page = open_page("/?show=All", of=cleo, **size)
    assert case_id in shown_numbers(page)
    assert not scrolls_sideways(page)
    select_case(page, case_id)
    expect(page.get_by_label("Patient name")).to_be_in_viewport()
    assert not scrolls_sideways(page)
    for field in (page.get_by_label("Patient name"), age(page), summary(page)):
        assert is_wide_enough(field)
    summary(page).fill("Typed with the thumbs.")
    choose_status(page, "Completed")
    save(page)
    expect(page.get_by_text("Saved: Case summary · Status: Pending → Completed.")).to_be_visible()

    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)
    assert not scrolls_sideways(page)


def test_large_text_breaks_nothing(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Cough for three days.")
    page = open_page(f"/?show=All&case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    page.add_style_tag(content="html { font-size: 200% !important }")
    expect(page.get_by_role("button", name="Save changes")).to_be_visible()
    assert not scrolls_sideways(page)
    assert is_wide_enough(age(page))


def test_the_worklist_says_in_words_what_the_eye_sees(open_page: OpenPage, newcomer: Clinician) -> None:
    first = newcomer.create_case(patient_name="Ann Zuse", case_summary="Cough.")
    second = newcomer.create_case(patient_name="Bob Abel", case_summary="Fever.")
    page = open_page(of=newcomer)
    expect(page.get_by_test_id("stDataFrame")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect_open(page, second)
    expect(page.locator("tr[aria-current=true]")).to_contain_text("Bob Abel")
    # The keyboard is in the cell that says all of its row.
    expect(page.locator("tr[aria-current=true] td:focus")).to_have_attribute("aria-colindex", "1")
    heard = listen(page)
    assert ("grid", "Worklist") in heard
    assert ("gridcell", f"{first}, Ann Zuse, 45 F, Pending, 0 min, Cough.") in heard
    assert ("gridcell", f"Open, {second}, Bob Abel, 45 F, Pending, 0 min, Fever.") in heard
    assert ("rowheader", "Bob Abel") in heard

    page.get_by_role("button", name="Filters").click()
    choose(page, "Order", "Name, Z to A")
    expect(page.locator("th[aria-sort=descending]")).to_have_attribute("aria-label", "Patient")
    heard = listen(page)
    assert [name for role, name in heard if role == "columnheader"][2] == "Patient"
    assert ("StaticText", "Cases 1 to 2 of 2, ordered by Patient, descending.") in heard


def test_the_keyboard_alone_does_the_main_job(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=All")
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    press_tab_until(page, page.get_by_label("Email", exact=True))
    page.keyboard.type(cleo.email)
    press_tab_until(page, page.get_by_label("Password", exact=True))
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")

    assert shown_numbers(page)[0] == case_id
    press_tab_until(page, page.get_by_test_id("data-grid-canvas").first)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+Space")
    expect_open(page, case_id)
    press_tab_until(page, summary(page))
    page.keyboard.type("Written without a mouse.")
    press_tab_until(page, page.get_by_role("button", name="Save changes"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    found = cleo.find_case(case_id)
    assert found
    assert found["case_summary"] == "Written without a mouse."


def listen(page: Page) -> list[tuple[str, str]]:
    """Return the role and the name of all that Chromium hands on to screen readers, within a canvas, too."""
    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node["ignored"]]


def press_tab_until(page: Page, target: Locator) -> None:
    """Go on with Tab as far as this element, which must come within forty stops."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if target.evaluate("element => element.contains(document.activeElement)"):
            return
    raise AssertionError(f"Tab does not reach {target}.")


def scrolls_sideways(page: Page) -> bool:
    wider = "element => element.scrollWidth > element.clientWidth"
    return bool(page.get_by_test_id("stMain").evaluate(wider) or page.locator("html").evaluate(wider))


def is_wide_enough(field: Locator) -> bool:
    """Tell whether a field lies within the window and shows more than two characters."""
    return bool(field.evaluate("e => e.clientWidth >= 44 && e.getBoundingClientRect().right <= innerWidth"))


def find_violations(page: Page) -> list[str]:
    """Look for violations once nothing fades any more: a button that may be pressed again is pale for a moment."""
    page.evaluate(FADED)
    results = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} at {node['html'][:200]}: {node['failureSummary']}"
        for violation in results
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]
