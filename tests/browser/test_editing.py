"""What a clinician typed reaches exactly the case it was typed for, or is still there, however bad the way is."""

from __future__ import annotations

import re
import time
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.line import Line
from tests.browser.steps import (
    LAPTOP,
    PHONE,
    ZOOMED,
    age,
    choose,
    choose_status,
    click_place,
    click_row,
    expect_highlighted,
    expect_open,
    in_sight,
    order_by_patient,
    row_of,
    save,
    select_case,
    shown_numbers,
    summary,
    table_rows,
    wait_until_drawn,
)
from tests.clinicians import PATIENT, Clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]

at_any_latency = pytest.mark.parametrize("latency", [0, 0.15, 1.0], ids=lambda seconds: f"{seconds * 1000:.0f} ms")


def result(page: Page) -> Locator:
    return page.locator(".result")


def new_name(page: Page) -> Locator:
    return in_sight(page, "Patient name")


def summary_of(clinician: Clinician, case_id: int) -> str:
    found = clinician.find_case(case_id)
    assert found
    return str(found["case_summary"])


def change(administrator: httpx.Client, case_id: int, **fields: Any) -> None:
    """Change a case as an administrator does, past the dashboard."""
    administrator.patch(f"/cases?case_id=eq.{case_id}", json=fields).raise_for_status()


@at_any_latency
def test_a_key_pressed_in_the_dialog_creates_the_case_and_saves_nothing_behind_it(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, latency: float
) -> None:
    behind, name = cleo.create_case(case_summary="Behind."), f"Zoe After {latency:g} s"
    page = open_page("/?show=all", of=cleo)
    select_case(page, behind)
    summary(page).fill("Behind, and not saved.")
    proxy.delay(latency)
    page.get_by_role("button", name="New case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Patient name").fill(name)
    dialog.get_by_label("Patient age").fill("7")
    choose(page, "Patient gender", "Other")
    dialog.get_by_label("Case summary").fill("Typed in the dialog.")
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(result(page)).to_have_text(re.compile(rf"Created: case \d+, {name}\."))
    created = int(re.findall(r"case (\d+)", result(page).inner_text())[0])
    expect_open(page, created)
    expect(summary(page)).to_have_value("Typed in the dialog.")
    expect_highlighted(page, created)
    summary(page).fill("Typed at once, and not saved.")
    expect(page.get_by_role("status").filter(has_text="kept ")).to_be_visible()
    assert summary_of(cleo, behind) == "Behind."
    assert cleo.read_history(behind) == []
    select_case(page, behind)
    expect(summary(page)).to_have_value("Behind, and not saved.")


def test_a_created_case_opens_whatever_is_shown(open_page: OpenPage, newcomer: Clinician) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 51).raise_for_status()
    page = open_page("/", of=newcomer)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("51–51 of 51")).to_be_visible()
    for name in ("Zoe Fresh", "Zed Fresh"):
        page.get_by_role("button", name="New case").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Patient name").fill(name)
        dialog.get_by_label("Patient age").fill("7")
        choose(page, "Patient gender", "Other")
        page.keyboard.press("Control+Enter")
        expect(result(page)).to_have_text(re.compile(rf"Created: case \d+, {name}\."))
        expect(page.get_by_role("heading", name=name)).to_be_visible()
        page.get_by_role("radio", name=re.compile(r"^Archived \d+$")).click()
        expect(page.get_by_text("There is no case here.")).to_be_visible()


def test_a_case_whose_creation_got_no_answer_is_created_once(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    page = open_page("/", of=newcomer)
    page.get_by_role("button", name="New case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Patient name").fill("Zoe Fresh")
    dialog.get_by_label("Patient age").fill("7")
    choose(page, "Patient gender", "Other")
    proxy.lose_answer("create_case")
    page.keyboard.press("Control+Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("The connection to the server failed.")
    expect(dialog.get_by_label("Patient name")).to_have_value("Zoe Fresh")
    proxy.forward()
    page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    expect(result(page)).to_contain_text("Created: case")
    assert len(newcomer.rest.get("/cases").json()) == 1


def test_other_open_cases_with_the_same_name_are_pointed_out(open_page: OpenPage, newcomer: Clinician) -> None:
    case_id, other = newcomer.create_case(), newcomer.create_case(patient_age=46)
    newcomer.create_case(status="completed")
    page = open_page(f"/case?case_id={case_id}", of=newcomer)
    expect(page.locator(".banner")).to_contain_text(f"Same name: case {other} (46 years, female)")


@at_any_latency
def test_a_pressed_save_is_carried_out_whatever_is_clicked_next(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, latency: float
) -> None:
    first, second = cleo.create_case(), cleo.create_case(case_summary="The second.")
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    proxy.delay(latency)
    summary(page).fill("Saved on the way out.")
    page.keyboard.press("Control+Enter")
    click_row(page, second)
    expect_open(page, second)
    expect(result(page)).to_contain_text(f"Case {first}, Testa Mäkinen: Saved: Case summary.")
    expect(summary(page)).to_have_value("The second.")
    expect_highlighted(page, second)
    assert summary_of(cleo, first) == "Saved on the way out."
    page.get_by_role("button", name="Undo").click()
    expect(result(page)).to_contain_text(f"Case {first}, Testa Mäkinen: Undone: Case summary.")
    expect(summary(page)).to_have_value("The second.")
    assert [event["case_summary"]["to"] for event in cleo.read_history(first)] == ["Saved on the way out.", ""]


def test_a_save_that_nobody_answers_is_told_though_another_case_is_open_by_then(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    first, second = cleo.create_case(), cleo.create_case(case_summary="The second.")
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    proxy.stall("updated_at=in")
    summary(page).fill("Stalled.")
    page.keyboard.press("Control+Enter")
    click_row(page, second)
    proxy.wait_for("updated_at=in")
    proxy.forward()
    expect_open(page, second)
    expect(result(page)).to_contain_text(
        f"Case {first}, Testa Mäkinen: Not saved: the connection to the server failed."
    )
    expect(summary(page)).to_have_value("The second.")
    page.get_by_role("button", name=f"Open case {first}").click()
    expect_open(page, first)
    expect(summary(page)).to_have_value("Stalled.")
    save(page)
    expect(result(page)).to_contain_text("Saved: Case summary.")
    assert cleo.read_history(first) == [{"case_summary": {"from": "", "to": "Stalled."}}]


def test_a_save_that_failed_while_another_case_was_opened_keeps_its_text_and_leads_back(
    open_page: OpenPage, cleo: Clinician
) -> None:
    first, second = cleo.create_case(case_summary="Before."), cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    age(page).fill("200")
    summary(page).fill("Typed beside a wrong age.")
    page.keyboard.press("Control+Enter")
    click_row(page, second)
    expect_open(page, second)
    expect(result(page)).to_contain_text(f"Case {first}, Testa Mäkinen: Patient age is too large")
    page.get_by_role("button", name=f"Open case {first}").click()
    expect_open(page, first)
    expect(summary(page)).to_have_value("Typed beside a wrong age.")
    expect(age(page)).to_have_value("200")
    expect_highlighted(page, first)
    age(page).fill("46")
    save(page)
    expect(result(page)).to_contain_text("Saved: Patient age: 45 → 46 · Case summary.")


def test_from_the_click_on_nothing_is_typed_into_the_old_case(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    first, second, third = (cleo.create_case(case_summary=f"Number {number}.") for number in (1, 2, 3))
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    proxy.stall(f"of_case={second}")
    click_row(page, second)
    expect(page.get_by_text(f"Opening case {second}…")).to_be_visible()
    expect(summary(page)).to_have_count(0)
    expect_highlighted(page, second)
    proxy.forward()
    expect(page.get_by_role("alert")).to_contain_text(f"Case {second} could not be opened. The connection")
    page.get_by_role("button", name="Try again").click()
    expect_open(page, second)
    expect(summary(page)).to_have_value("Number 2.")

    proxy.answer(503, path=f"of_case={third}")
    click_row(page, third)
    expect(page.get_by_role("alert")).to_contain_text(f"Case {third} could not be opened. The connection")
    expect(summary(page)).to_have_count(0)
    expect_highlighted(page, third)
    proxy.forward()
    page.get_by_role("button", name="Try again").click()
    expect(summary(page)).to_have_value("Number 3.")


def test_from_the_back_button_on_the_old_case_is_locked_too(open_page: OpenPage, newcomer: Clinician) -> None:
    first, second = newcomer.create_case(), newcomer.create_case()
    page, line = open_over_line(open_page, newcomer)
    select_case(page, first)
    select_case(page, second)
    line.hold()
    page.evaluate("history.back()")
    panel = page.locator(".st-key-open-case")
    expect(panel).to_have_attribute("data-opening", f"Opening case {first}…")
    assert panel.evaluate("panel => panel.inert")
    line.release()
    expect_open(page, first)
    expect(panel).not_to_have_attribute("inert", re.compile(""))


def test_from_the_click_on_the_old_case_is_locked_even_before_the_server_knows(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    """The server is busy with a save, and says nothing of its own until that is done."""
    first, second = cleo.create_case(), cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    proxy.delay(2, "updated_at=in")
    summary(page).fill("Saved first.")
    save(page)
    click_row(page, second)
    panel = page.locator(".st-key-open-case")
    expect(panel).to_have_attribute("data-opening", f"Opening case {second}…", timeout=1500)
    assert panel.evaluate("panel => panel.inert")
    expect_open(page, second)
    expect(panel).not_to_have_attribute("data-opening", re.compile(""))
    expect(panel).not_to_have_attribute("inert", re.compile(""))
    click_row(page, second)
    summary(page).fill("Typed in the second.")
    expect(summary(page)).to_have_value("Typed in the second.")
    assert summary_of(cleo, first) == "Saved first."


@at_any_latency
def test_a_row_that_was_changed_elsewhere_opens_the_case_that_was_clicked_on(
    open_page: OpenPage, cleo: Clinician, administrator: httpx.Client, proxy: FaultProxy, latency: float
) -> None:
    older, clicked, newer = cleo.create_case(), cleo.create_case(), cleo.create_case()
    page = open_page("/?show=pending&order=updated_at&descending=true", of=cleo)
    assert shown_numbers(page)[:3] == [newer, clicked, older]
    change(administrator, newer, status="archived")
    change(administrator, clicked, patient_name="Renamed Elsewhere")
    proxy.delay(latency)
    select_case(page, clicked)
    expect(new_name(page)).to_have_value("Renamed Elsewhere")
    expect(page.locator(".banner")).to_contain_text("Changed elsewhere since the list was read")
    assert shown_numbers(page)[:3] == [newer, clicked, older]
    page.get_by_role("button", name="As of").click()
    expect(row_of(page, newer)).to_have_count(0)
    expect(row_of(page, clicked)).to_contain_text("Renamed Elsewhere")
    expect(page.locator(".banner")).not_to_contain_text("Changed elsewhere since")
    expect_open(page, clicked)


def test_a_button_pressed_before_the_page_knows_of_the_next_case_brings_the_one_before_not_back(
    open_page: OpenPage, cleo: Clinician
) -> None:
    second, first = cleo.create_case(), cleo.create_case()
    page = open_page("about:blank", of=cleo)
    line = Line(page)
    page.goto("/?show=all")
    select_case(page, first)
    wait_until_drawn(page)
    line.hold()
    click_row(page, second)
    line.wait_until_drawn()
    page.get_by_role("button", name="As of").click()
    line.wait_until_told()
    line.release()
    expect_open(page, second)
    wait_until_drawn(page)
    expect_highlighted(page, second)
    assert f"case_id={second}" in page.url


def test_a_row_clicked_while_the_next_page_is_read_opens_its_case(
    open_page: OpenPage, ada: Clinician, proxy: FaultProxy
) -> None:
    page = open_page("/", of=ada)
    first, clicked = shown_numbers(page)[2:4]
    select_case(page, first)
    proxy.delay(2)
    page.get_by_role("button", name="Next", exact=True).click()
    click_row(page, clicked)
    expect_open(page, clicked)
    expect(row_of(page, clicked)).to_have_count(0)


def test_a_row_clicked_just_before_another_page_is_drawn_opens_its_case(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    """The server has let go of the table by then, and takes no click on it any more."""
    newcomer.rest.post("/cases", json=[PATIENT] * 51).raise_for_status()
    page, line = open_over_line(open_page, newcomer)
    first, clicked = shown_numbers(page)[2:4]
    select_case(page, first)
    line.hold()
    page.get_by_role("button", name="Next", exact=True).click()
    line.wait_until_drawn()
    click_row(page, clicked)
    line.release()
    expect_open(page, clicked)
    expect(page.get_by_text("51–51 of 51")).to_be_visible()
    expect(page).to_have_url(re.compile(rf"case_id={clicked}\b"))


def test_a_row_clicked_just_before_the_list_is_drawn_in_another_order_opens_its_case(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    """The server has drawn the list by then, and the table in sight tells of the column once more."""
    numbers = [newcomer.create_case(patient_name=name) for name in "ca"]
    page, line = open_over_line(open_page, newcomer)
    select_case(page, numbers[1])
    line.hold()
    order_by_patient(page)
    line.wait_until_drawn()
    click_place(page, 0)
    line.wait_until_told()
    line.release()
    expect_open(page, numbers[0])
    expect(row_of(page, numbers[1])).to_have_attribute("aria-rowindex", "2")
    expect(page).not_to_have_url(re.compile("descending"))


def test_a_click_that_reaches_nobody_gives_the_open_case_back_and_says_so(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    first, clicked = newcomer.create_case(), newcomer.create_case()
    page, line = open_over_line(open_page, newcomer)
    select_case(page, first)
    line.cut()
    click_row(page, clicked)
    panel = page.locator(".st-key-open-case")
    expect(panel).to_have_attribute("data-opening", f"Opening case {clicked}…")
    told = f"Case {clicked} has not opened. Click it again."
    expect(panel).to_have_attribute("data-opening", told, timeout=2500)
    summary(page).press_sequentially("Typed on in the first.")
    expect(summary(page)).to_have_value("Typed on in the first.")
    line.release()
    click_row(page, clicked)
    expect_open(page, clicked)
    expect(panel).not_to_have_attribute("data-opening", re.compile(""))


def open_over_line(open_page: OpenPage, clinician: Clinician) -> tuple[Page, Line]:
    page = open_page("about:blank", of=clinician)
    line = Line(page)
    page.goto("/")
    return page, line


@pytest.mark.parametrize("latency", [0, 0.3], ids=["at once", "after 300 ms"])
def test_a_row_clicked_while_the_list_is_filtered_or_sorted_opens_the_case_that_was_in_sight(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy, latency: float
) -> None:
    statuses = ("pending", "analyzing") * 3
    numbers = [newcomer.create_case(patient_name=f"{9 - n}", status=status) for n, status in enumerate(statuses)]
    pending = numbers[0::2]
    page = open_page("/", of=newcomer)
    assert shown_numbers(page) == numbers
    proxy.delay(latency)
    changes: tuple[tuple[Callable[[Page], None], list[int], list[int], int], ...] = (
        (show_pending, numbers, pending, 1),
        (show_open, pending, numbers, 2),
        (order_by_patient, numbers, numbers[::-1], 0),
    )
    for change_list, before, after, place in changes:
        change_list(page)
        if not latency:
            expect_list(page, after)
        click_place(page, place)
        opened = (before if latency else after)[place]
        expect_open(page, opened)
        expect(new_name(page)).to_have_value(f"{9 - numbers.index(opened)}")
        expect_list(page, after)
        expect(page).to_have_url(re.compile(rf"case_id={opened}\b"))
        if opened in after:
            expect_highlighted(page, opened)


def expect_list(page: Page, numbers: list[int]) -> None:
    expect(table_rows(page)).to_have_count(len(numbers))
    expect(row_of(page, numbers[0])).to_have_attribute("aria-rowindex", "2")


def show_pending(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Pending ")).click()


def show_open(page: Page) -> None:
    page.get_by_role("radio", name=re.compile("^Open ")).click()


@pytest.mark.parametrize("size", [LAPTOP, PHONE, ZOOMED], ids=["laptop", "phone", "zoomed to 200 %"])
def test_what_came_of_a_save_is_in_sight(
    open_page: OpenPage, cleo: Clinician, administrator: httpx.Client, proxy: FaultProxy, size: dict[str, Any]
) -> None:
    case_id = cleo.create_case(case_summary="Cough.\n" * 30)
    page = open_page("/?show=all", of=cleo, **size)
    select_case(page, case_id)
    proxy.delay(0.15)
    choose_status(page, "Completed")
    # Screen readers tell what comes into a place that was there before.
    place = page.get_by_role("status").and_(page.locator(".st-key-save-result"))
    place.evaluate("place => place.wasThere = true")
    save(page)
    expect(result(page)).to_have_text(re.compile("Saved: Status: Pending → Completed."))
    expect(place).to_have_text(re.compile("Saved: Status: Pending → Completed."))
    assert place.evaluate("place => place.wasThere")
    assert is_in_sight(result(page))
    assert is_in_sight(page.locator(".banner"))

    age(page).fill("200")
    save(page)
    expect(result(page)).to_contain_text("Patient age is too large")
    expect(result(page)).to_have_attribute("role", "alert")
    expect(age(page)).to_have_accessible_description(re.compile("Patient age is too large"))
    assert is_in_sight(result(page))
    assert "solid" in str(age(page).evaluate("field => getComputedStyle(field).outlineStyle"))

    age(page).fill("46")
    summary(page).fill("Mine.\n" * 30)
    change(administrator, case_id, case_summary="Theirs.\n" * 30)
    page.locator(".st-key-open-case").evaluate("panel => { panel.scrollTop = panel.scrollHeight }")
    save(page)
    expect(result(page)).to_contain_text("Not saved: Case summary was changed elsewhere, too.")
    assert is_in_sight(result(page))
    assert is_in_sight(page.get_by_role("button", name="Save changes"))
    for way in ("Keep mine", "Take theirs", "Merge both"):
        expect_in_sight(page.get_by_role("button", name=way))


@pytest.mark.parametrize("size", [PHONE, ZOOMED], ids=["phone", "zoomed to 200 %"])
def test_the_longest_name_leaves_room_for_what_is_typed_and_what_came_of_it(
    open_page: OpenPage, cleo: Clinician, size: dict[str, Any]
) -> None:
    case_id = cleo.create_case(patient_name="Maximiliana Øberg-Hernández " * 7)
    page = open_page(f"/case?case_id={case_id}", of=cleo, **size)
    page.get_by_role("button", name="History").click()
    expect(page.locator("[class*=st-key-event-]").last).to_contain_text("Created")
    for years in (200, 46):
        age(page).fill(str(years))
        save(page)
        expect(result(page)).to_contain_text("Patient age is too large" if years == 200 else "Saved: Patient age")
        page.locator(".st-key-open-case").evaluate("panel => panel.scrollTop = panel.scrollHeight")
        banner, bar = (page.locator(part).bounding_box() for part in (".banner", ".st-key-save-bar"))
        assert banner
        assert bar
        assert bar["y"] - (banner["y"] + banner["height"]) > 80
        assert is_in_sight(page.get_by_role("button", name="Save changes"))


def expect_in_sight(element: Locator) -> None:
    """Wait until all of an element is within the window, and nothing lies over it."""
    until = time.monotonic() + 10
    while not is_in_sight(element):
        assert time.monotonic() < until, f"{element} is out of sight."


def is_in_sight(element: Locator) -> bool:
    """Tell whether all of an element is within the window, and nothing lies over it."""
    return bool(
        element.evaluate(
            """element => {
                const box = element.getBoundingClientRect();
                const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
                return box.width > 0 && box.top >= 0 && box.left >= 0 && box.bottom <= innerHeight
                    && box.right <= innerWidth && (element.contains(top) || top.contains(element));
            }"""
        )
    )


def test_an_outage_leaves_the_list_and_says_as_of_when_it_is(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=all", of=cleo, may_fail="/session/draft")
    select_case(page, case_id)
    summary(page).fill("Typed before the outage.")
    proxy.refuse()
    page.get_by_role("button", name="As of").click()
    alert = page.get_by_role("alert").filter(has_text="The connection to the server failed.")
    expect(alert).to_have_text(re.compile(r"This is the list of \d\d:\d\d"))
    assert case_id in shown_numbers(page)
    save(page)
    expect(result(page)).to_contain_text("it is not known whether this was saved. What you typed is still here.")
    expect(summary(page)).to_have_value("Typed before the outage.")
    assert "Supabase" not in page.locator("body").inner_text()
    proxy.forward()
    page.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    save(page)
    expect(result(page)).to_contain_text("Saved: Case summary.")


def test_a_page_that_has_run_empty_gives_way_to_the_one_before(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 51).raise_for_status()
    page = open_page("/", of=newcomer)
    proxy.delay(0.15)
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("51–51 of 51")).to_be_visible()
    [last] = shown_numbers(page)
    select_case(page, last)
    choose_status(page, "Archived")
    save(page)
    expect(result(page)).to_contain_text("Saved: Status: Pending → Archived.")
    page.get_by_role("button", name="As of").click()
    expect(page.get_by_text("1–50 of 50")).to_be_visible()
    expect_open(page, last)


@pytest.mark.parametrize("fault", [FaultProxy.lose_answer, FaultProxy.reset], ids=["after it", "before it"])
def test_a_connection_that_breaks_around_the_commit_leaves_no_doubt(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, fault: Callable[..., None]
) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).fill("Once.")
    fault(proxy, "updated_at=in")
    save(page)
    is_saved = fault is FaultProxy.lose_answer
    expect(result(page)).to_contain_text("Saved: Case summary." if is_saved else "Not saved: the connection")
    expect(summary(page)).to_have_value("Once.")
    expect(page.get_by_role("button", name="Undo")).to_have_count(1 if is_saved else 0)
    proxy.forward()
    save(page)
    expect(result(page)).to_contain_text("Nothing to save" if is_saved else "Saved: Case summary.")
    assert cleo.read_history(case_id) == [{"case_summary": {"from": "", "to": "Once."}}]


def test_what_somebody_else_had_saved_already_is_said_and_not_offered_to_be_undone(
    open_page: OpenPage, cleo: Clinician, administrator: httpx.Client
) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    choose_status(page, "Completed")
    change(administrator, case_id, status="completed")
    save(page)
    told = r"Already saved: Status: Pending → Completed \(by an administrator, \d\d:\d\d\)\."
    expect(result(page)).to_have_text(re.compile(told))
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    summary(page).fill("Mine.")
    save(page)
    expect(result(page)).to_contain_text("Saved: Case summary.")
    expect(page.get_by_role("button", name="Undo")).to_be_visible()


def test_a_name_that_could_be_another_patients_is_asked_about(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    new_name(page).fill("Bob Other")
    summary(page).fill("Typed with it.")
    save(page)
    expect(result(page)).to_contain_text("“Testa Mäkinen” would become “Bob Other”. Is this still the same patient?")
    assert cleo.read_history(case_id) == []
    page.get_by_role("button", name="No, keep the old name").click()
    expect(new_name(page)).to_have_value("Testa Mäkinen")
    expect(summary(page)).to_have_value("Typed with it.")
    new_name(page).fill("Bob Other")
    save(page)
    page.get_by_role("button", name="Yes, save").click()
    expect(result(page)).to_contain_text("Saved: Patient name: Testa Mäkinen → Bob Other · Case summary.")
    expect(page.locator(".banner")).to_contain_text("Bob Other")
    new_name(page).fill("Bob  Others")
    save(page)
    expect(result(page)).to_contain_text("Saved: Patient name: Bob Other → Bob  Others.")


def test_opening_a_row_is_one_request_for_that_case(open_page: OpenPage, cleo: Clinician, proxy: FaultProxy) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    expect(row_of(page, case_id)).to_be_attached()
    proxy.forget()
    select_case(page, case_id)
    assert [asked.path for asked in proxy.requests("/rest/")] == [f"/rest/v1/rpc/open_case?of_case={case_id}"]
    proxy.forget()
    summary(page).fill("One request.")
    save(page)
    expect(result(page)).to_contain_text("Saved: Case summary.")
    assert [asked.path for asked in proxy.requests("/rest/v1/cases") if f"case_id=eq.{case_id}" not in asked.path] == []
    assert proxy.requests("worklist") == []


def test_opening_a_row_draws_the_panel_alone(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    wait_until_drawn(page)
    network, drawn = page.context.new_cdp_session(page), []
    network.on(
        "Network.webSocketFrameReceived", lambda frame: drawn.append(b64decode(frame["response"]["payloadData"]))
    )
    network.send("Network.enable")
    select_case(page, case_id)
    wait_until_drawn(page)
    labels = (b"Search all cases", b"Export CSV", b"Case summary")
    assert [label for label in labels if any(label in message for message in drawn)] == [b"Case summary"]
