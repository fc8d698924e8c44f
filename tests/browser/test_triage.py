"""The triage run: a key for a case, each saved as it was seen, and all of it with a way back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.line import Line
from tests.browser.steps import age, expect_open, in_sight, summary, wait_until_drawn
from tests.clinicians import Clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]
STATUSES = ["pending", "analyzing", "completed", "archived"]


def test_ten_cases_take_no_click_and_at_most_twenty_keys(open_page: OpenPage, newcomer: Clinician) -> None:
    numbers = [newcomer.create_case(case_summary=f"Case of test {place}.") for place in range(10)]
    page = open_page(of=newcomer)
    expect(page.get_by_role("button", name="Triage")).to_be_visible()
    page.keyboard.press("t")
    for place, case_id in enumerate(numbers):
        expect_open(page, case_id)
        expect(page.get_by_text(f"{place + 1} of 10")).to_be_visible()
        expect(summary(page)).to_have_value(f"Case of test {place}.")
        page.keyboard.press(str(place % 4 + 1))
    expect(page.get_by_role("heading", name="7 of 10 cases changed")).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_count(7)
    assert status_of(newcomer, numbers) == [STATUSES[place % 4] for place in range(10)]

    page.get_by_role("button", name="Undo all").click()
    expect(page.get_by_text("· undone")).to_have_count(7)
    assert status_of(newcomer, numbers) == ["pending"] * 10
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    expect(page.get_by_role("radio", name="Open 10")).to_be_visible()


@pytest.mark.parametrize("latency", [0, 0.3], ids=["at once", "after 300 ms"])
def test_rapid_keys_set_the_case_that_was_seen_and_no_other(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy, latency: float
) -> None:
    numbers = [newcomer.create_case(case_summary="Kept.") for _ in range(4)]
    page = open_page(of=newcomer)
    page.get_by_role("button", name="Triage").click()
    expect_open(page, numbers[0])
    proxy.delay(latency)
    page.locator(f".st-key-press-3-of-case-{numbers[0]} button").first.dblclick()
    expect_open(page, numbers[1])
    # Faster than any page is drawn.
    page.evaluate(
        """for (const key of ['4', '2', '2'])
          document.body.dispatchEvent(new KeyboardEvent('keydown', { key, code: `Digit${key}`, bubbles: true }))"""
    )
    expect_open(page, numbers[2])
    page.keyboard.press("s")
    expect_open(page, numbers[3])
    page.keyboard.press("b")
    expect_open(page, numbers[2])
    assert status_of(newcomer, numbers) == ["completed", "archived", "pending", "pending"]
    page.keyboard.press("z")
    expect(page.get_by_text("Undone: Status: Archived → Pending.")).to_be_visible()
    expect_open(page, numbers[2])
    assert status_of(newcomer, numbers) == ["completed", "pending", "pending", "pending"]
    assert {str((newcomer.find_case(number) or {})["case_summary"]) for number in numbers} == {"Kept."}


def test_a_note_is_saved_with_the_status_and_never_left_behind(open_page: OpenPage, newcomer: Clinician) -> None:
    numbers = [newcomer.create_case(case_summary="Cough.") for _ in range(2)]
    page = open_page(of=newcomer)
    page.get_by_role("button", name="Triage").click()
    expect_open(page, numbers[0])
    page.keyboard.press("n")
    page.keyboard.type(" Fever 39.4, see 2 and 3.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_text("Not ended: what you typed is not saved.")).to_be_visible()
    expect(summary(page)).to_have_value("Cough. Fever 39.4, see 2 and 3.")
    page.keyboard.press("3")
    expect_open(page, numbers[1])
    found = newcomer.find_case(numbers[0])
    assert found
    assert (found["case_summary"], found["status"]) == ("Cough. Fever 39.4, see 2 and 3.", "completed")
    expect(summary(page)).to_have_value("Cough.")
    expect(age(page)).to_have_count(0)
    page.keyboard.press("e")
    expect(page.get_by_label("Patient name")).to_be_focused()
    expect(age(page)).to_have_value("45")
    page.keyboard.type("-Lahti")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="2 of 2 cases changed")).to_be_visible()
    found = newcomer.find_case(numbers[1])
    assert found
    assert (found["patient_name"], found["patient_age"], found["status"]) == ("Testa Mäkinen-Lahti", 45, "analyzing")


def test_what_is_typed_right_behind_the_key_of_a_field_goes_into_it_though_it_is_drawn_late(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    case_id, page, line = start_run_on_a_line(open_page, newcomer)
    line.hold()
    page.keyboard.press("e")
    page.keyboard.type("-Ha")
    page.get_by_test_id("stProgress").click()
    page.keyboard.type("l")
    # As a script does.
    page.get_by_role("heading", name="Testa").evaluate("heading => heading.click()")
    page.keyboard.type("s")
    let_a_minute_pass(page)
    page.keyboard.type("ti")
    line.release()
    expect(page.get_by_label("Patient name")).to_be_focused()
    expect(page.get_by_label("Patient name")).to_have_value("Testa Mäkinen-Halsti")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="1 of 1 case changed")).to_be_visible()
    found = newcomer.find_case(case_id) or {}
    assert (found["patient_name"], found["status"]) == ("Testa Mäkinen-Halsti", "analyzing")


def test_escape_leaves_a_field_that_is_still_to_come_with_what_was_typed(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    case_id, page, line = start_run_on_a_line(open_page, newcomer)
    line.hold()
    page.keyboard.press("e")
    page.keyboard.type("-Halsti")
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    line.release()
    expect(page.get_by_label("Patient name")).to_have_value("Testa Mäkinen-Halsti")
    expect(page.get_by_role("heading", name="Testa")).to_be_focused()
    page.keyboard.press("3")
    expect(page.get_by_role("heading", name="1 of 1 case changed")).to_be_visible()
    found = newcomer.find_case(case_id) or {}
    assert (found["patient_name"], found["status"]) == ("Testa Mäkinen-Halsti", "completed")


@pytest.mark.parametrize("way", ["2", "s"])
@pytest.mark.parametrize("latency", [0, 0.3], ids=["at once", "after 300 ms"])
def test_a_note_right_behind_a_key_that_goes_on_is_the_next_cases(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy, way: str, latency: float
) -> None:
    numbers = [newcomer.create_case(case_summary="Cough.") for _ in range(3)]
    page = open_page(of=newcomer)
    page.get_by_role("button", name="Triage").click()
    expect_open(page, numbers[0])
    wait_until_drawn(page)
    proxy.delay(latency)
    page.keyboard.press(way)
    page.keyboard.press("n")
    page.keyboard.type(" 3 dayz")
    page.keyboard.press("Backspace")
    page.keyboard.type("s,")
    page.keyboard.press("Enter")
    page.keyboard.type("4 x daily")
    expect_open(page, numbers[1])
    expect(summary(page)).to_have_value("Cough. 3 days,\n4 x daily")
    page.keyboard.press("Escape")
    page.keyboard.press("4")
    expect_open(page, numbers[2])
    first, second = (newcomer.find_case(number) or {} for number in numbers[:2])
    assert (first["case_summary"], first["status"]) == ("Cough.", "analyzing" if way == "2" else "pending")
    assert (second["case_summary"], second["status"]) == ("Cough. 3 days,\n4 x daily", "archived")


@pytest.mark.parametrize("key", ["n", "e"])
def test_with_names_hidden_what_is_typed_for_a_field_is_no_command_and_the_next_key_is_one(
    open_page: OpenPage, newcomer: Clinician, key: str
) -> None:
    case_id = newcomer.create_case()
    page = open_page("/?hide=names", of=newcomer)
    page.get_by_role("button", name="Triage").click()
    expect(page.locator(f".st-key-banner-of-case-{case_id}")).to_be_visible()
    wait_until_drawn(page)
    page.keyboard.press(key)
    page.keyboard.type(" 3 t")
    let_a_minute_pass(page)
    page.keyboard.press("2")
    expect(page.get_by_role("heading", name="1 of 1 case changed")).to_be_visible()
    assert status_of(newcomer, [case_id]) == ["analyzing"]


def test_what_is_typed_behind_the_last_case_of_a_run_is_no_command_and_the_keys_come_back(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    case_id = newcomer.create_case(case_summary="Kept.")
    page = open_page(of=newcomer)
    page.get_by_role("button", name="Triage").click()
    expect_open(page, case_id)
    wait_until_drawn(page)
    page.keyboard.press("3")
    page.keyboard.press("n")
    page.keyboard.type(" b 2")
    expect(page.get_by_role("heading", name="1 of 1 case changed")).to_be_visible()
    let_a_minute_pass(page)
    page.keyboard.press("b")
    expect_open(page, case_id)
    assert status_of(newcomer, [case_id]) == ["completed"]
    expect(summary(page)).to_have_value("Kept.")


@pytest.mark.parametrize("emptied", ["Patient name", "Patient age"])
def test_keys_work_where_a_draft_has_emptied_a_field(open_page: OpenPage, newcomer: Clinician, emptied: str) -> None:
    case_id = newcomer.create_case(case_summary="Cough.")
    page = open_page(f"/?case_id={case_id}", of=newcomer)
    expect_open(page, case_id)
    in_sight(page, emptied).fill("")
    expect(page.locator("[data-draft-shown]")).to_contain_text("kept")
    page.reload()
    expect_open(page, case_id)
    expect(in_sight(page, emptied)).to_have_value("")
    wait_until_drawn(page)
    page.keyboard.press("n")
    page.keyboard.type(" Fever")
    expect(summary(page)).to_have_value("Cough. Fever")


def test_save_and_next_saves_and_goes_on_in_the_bench(open_page: OpenPage, newcomer: Clinician) -> None:
    numbers = [newcomer.create_case() for _ in range(2)]
    page = open_page(f"/?case_id={numbers[0]}", of=newcomer)
    expect_open(page, numbers[0])
    summary(page).fill("Saved, and on to the next.")
    page.get_by_role("button", name="Save and next").click()
    expect_open(page, numbers[1])
    expect(page.get_by_text(f"Case {numbers[0]}, Testa Mäkinen: Saved: Case summary.")).to_be_visible()


def start_run_on_a_line(open_page: OpenPage, clinician: Clinician) -> tuple[int, Page, Line]:
    """Begin a triage run over one case, with a line to the server that can be held."""
    case_id = clinician.create_case(case_summary="Cough.")
    page = open_page("/_stcore/health", of=clinician)
    line = Line(page)
    page.goto("/")
    page.get_by_role("button", name="Triage").click()
    expect_open(page, case_id)
    wait_until_drawn(page)
    return case_id, page, line


def let_a_minute_pass(page: Page) -> None:
    """Set the page's clock forward, and wait until its scripts have looked at it."""
    page.evaluate("""() => {
      const now = Date.now;
      Date.now = () => now() + 60_000;
      return new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(tell)));
    }""")


def status_of(clinician: Clinician, numbers: list[int]) -> list[str]:
    return [str((clinician.find_case(number) or {})["status"]) for number in numbers]
