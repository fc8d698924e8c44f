"""What a clinician typed and did not save: kept through every way of leaving, and never in the browser itself."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Dialog, Locator, Page, Route, expect
from playwright.sync_api import Error as PlaywrightError

from tests.browser.chromium import launch_chromium, launch_with_profile
from tests.browser.line import Line
from tests.browser.steps import (
    ADA,
    age,
    choose_status,
    click_row,
    expect_open,
    fill_sign_in,
    order_by_patient,
    press_sign_out,
    row_of,
    save,
    select_case,
    sign_in,
    sign_out,
    summary,
    wait_until_drawn,
)
from tests.clinicians import PASSWORD, Clinician
from tests.proxy import FaultProxy
from tests.server import Server

OpenPage = Callable[..., Page]
Leave = Callable[[Page, int], None]
SignedIn = Callable[..., BrowserContext]


def open_case(page: Page, case_id: int) -> None:
    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)


def notice(page: Page) -> Locator:
    return page.get_by_text(re.compile(r"^Unsaved from \d\d:\d\d"))


def told(page: Page, words: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("status").filter(has_text=words)


def kept(page: Page) -> Locator:
    return told(page, re.compile(r"^kept \d\d:\d\d$"))


def status(page: Page, name: str) -> Locator:
    return page.get_by_role("radiogroup", name="Status").get_by_role("radio", name=name, exact=True)


def type_at_the_end(page: Page, text: str) -> None:
    summary(page).press("Control+End")
    summary(page).press_sequentially(text)


def test_what_is_typed_is_kept_shown_again_marked_listed_and_gone_when_discarded_or_saved(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    case_id, other = newcomer.create_case(case_summary="Before."), newcomer.create_case()
    page = open_page("/?show=all", of=newcomer)
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
    assert newcomer.find_draft(case_id) is None
    assert [change["case_summary"]["to"] for change in newcomer.read_history(case_id)] == ["Before. Typed again."]


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


def leave_for_another_row(page: Page, other: int) -> None:
    select_case(page, other)


def click_its_row_again(page: Page, case_id: int) -> None:
    click_row(page, case_id)


def press_escape_in_the_table(page: Page, case_id: int) -> None:
    click_row(page, case_id)
    page.keyboard.press("Escape")


def leave_for_another_page(page: Page, _: int) -> None:
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", name="Account")).to_be_attached()


def leave_by_address(page: Page, _: int) -> None:
    page.goto("/activity")


def reload(page: Page, _: int) -> None:
    page.reload()


def close_tab(page: Page, _: int) -> None:
    page.close(run_before_unload=True)


STAYING = (click_its_row_again, press_escape_in_the_table)
LEAVING = (leave_for_another_row, leave_for_another_page, leave_by_address, reload, close_tab)
LEAVING_SLOWLY = (leave_for_another_row, reload, close_tab)
"""Those that are tried while Supabase is slow."""


@pytest.mark.parametrize(
    ("leave", "latency"), [*((leave, 0) for leave in LEAVING), *((leave, 1.0) for leave in LEAVING_SLOWLY)]
)
def test_what_was_typed_last_is_kept_whichever_way_the_case_is_left(
    leave: Leave, open_page: OpenPage, cleo: Clinician, proxy: FaultProxy, latency: float
) -> None:
    case_id, other = cleo.create_case(case_summary="Before."), cleo.create_case()
    page = open_page(f"/?show=all&case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    proxy.delay(latency)
    type_at_the_end(page, " Typed.")
    leave(page, other)
    wait_for_draft(cleo, case_id, {"case_summary": "Before. Typed."})
    proxy.forward()
    again = open_page(f"/case?case_id={case_id}", of=cleo)
    expect(summary(again)).to_have_value("Before. Typed.")
    expect(notice(again)).to_be_visible()


def test_the_account_page_lists_what_was_typed_just_before_it_was_opened(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/?case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    wait_until_drawn(page)
    proxy.delay(1, "keep_draft")
    summary(page).press_sequentially("Typed just now.")
    page.get_by_role("link", name="Account").click()
    expect(page.get_by_role("heading", name="Unsaved text")).to_be_visible()
    expect(page.get_by_role("link", name=f"Case {case_id}", exact=True)).to_be_visible()


def test_the_back_button_leads_back_to_what_was_typed(open_page: OpenPage, cleo: Clinician) -> None:
    case_id, other = cleo.create_case(case_summary="Before."), cleo.create_case(case_summary="Other.")
    page = open_page("/?show=all", of=cleo)
    select_case(page, case_id)
    type_at_the_end(page, " Typed.")
    select_case(page, other)
    page.go_back()
    expect(page.locator(f".st-key-banner-of-case-{case_id}")).to_be_visible()
    expect(summary(page)).to_have_value("Before. Typed.")
    page.go_forward()
    expect(page.locator(f".st-key-banner-of-case-{other}")).to_be_visible()
    expect(summary(page)).to_have_value("Other.")


def test_a_save_right_behind_the_back_button_leaves_the_field_as_it_is(
    open_page: OpenPage, newcomer: Clinician, proxy: FaultProxy
) -> None:
    case_id = newcomer.create_case(case_summary="Before.")
    page = open_page("/?show=all", of=newcomer)
    proxy.delay(0.15)
    select_case(page, case_id)
    order_by_patient(page)
    expect(page).to_have_url(re.compile("order=patient_name"))
    wait_until_drawn(page)
    type_at_the_end(page, " Typed.")
    expect(kept(page)).to_be_visible()
    page.evaluate("history.back()")
    # The run of the whole page has begun, and has not drawn the form yet.
    page.wait_for_timeout(20)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    # Longer than an emptied field takes to be kept as a draft.
    page.wait_for_timeout(2_000)
    expect(summary(page)).to_have_value("Before. Typed.")
    assert newcomer.find_draft(case_id) is None


def test_what_is_typed_before_the_form_is_drawn_whole_is_kept(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page("about:blank", of=cleo)
    line = Line(page)
    page.goto("/?show=all")
    expect(row_of(page, case_id)).to_be_attached()
    line.hold()
    click_row(page, case_id)
    line.wait_until_drawn()
    line.release_until(f"case_summary-of-case-{case_id}")
    type_at_the_end(page, " Typed.")
    line.release()
    expect(kept(page)).to_be_visible()
    assert cleo.find_draft(case_id) == {"case_summary": "Before. Typed."}


def test_what_does_not_leave_the_case_leaves_what_is_typed_alone(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page(f"/?show=all&case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    typed = "Before."
    for stay in STAYING:
        type_at_the_end(page, f" Typed, then {stay.__name__}.")
        typed += f" Typed, then {stay.__name__}."
        stay(page, case_id)
        wait_for_draft(cleo, case_id, {"case_summary": typed})
        expect(summary(page)).to_have_value(typed)
    # The table's own toolbar has a × that lets go of what is selected.
    click_row(page, case_id)
    expect(page.get_by_test_id("stElementToolbar")).to_be_attached()
    expect(page.get_by_test_id("stElementToolbar")).to_be_hidden()


def test_a_menu_stays_open_while_a_script_presses_a_button(open_page: OpenPage, cleo: Clinician) -> None:
    """The script that keeps drafts has the table mark them; that is no click beside the menu."""
    case_id = cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    select_case(page, case_id)
    type_at_the_end(page, "Typed.")
    page.locator(".st-key-account-menu button").first.click()
    expect(row_of(page, case_id)).to_contain_text("unsaved")
    expect(page.get_by_role("button", name="Sign out", exact=True)).to_be_visible()


def test_every_field_is_kept_and_shown_again(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    page.get_by_label("Patient name").fill("Testa Mäkinen-Virtanen")
    age(page).fill("")
    choose_status(page, "Analyzing")
    summary(page).fill("🩺\n<b>x</b> --> \\ \t")
    typed = {
        "patient_name": "Testa Mäkinen-Virtanen",
        "patient_age": None,
        "status": "analyzing",
        "case_summary": "🩺\n<b>x</b> --> \\ \t",
    }
    wait_for_draft(cleo, case_id, typed)
    page.reload()
    expect(page.get_by_label("Patient name")).to_have_value("Testa Mäkinen-Virtanen")
    expect(age(page)).to_have_value("")
    expect(status(page, "Analyzing")).to_be_checked()
    expect(summary(page)).to_have_value(str(typed["case_summary"]))
    age(page).fill("200")
    expect(told(page, "Not kept: Patient age.")).to_be_visible()
    age(page).fill("45")
    choose_status(page, "Pending")
    page.get_by_label("Patient name").fill("Testa Mäkinen")
    summary(page).fill("Before.")
    wait_for_draft(cleo, case_id, None)
    expect(kept(page)).to_have_count(0)


def test_another_device_shows_what_was_typed_before_the_sign_out(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page()
    sign_in(page, cleo.email)
    open_case(page, case_id)
    type_at_the_end(page, " Typed.")
    expect(kept(page)).to_be_visible()
    sign_out(page)
    device = open_page()
    sign_in(device, cleo.email)
    open_case(device, case_id)
    expect(summary(device)).to_have_value("Before. Typed.")
    expect(notice(device)).to_be_visible()


def test_a_sign_out_waits_for_what_was_typed_last(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page()
    sign_in(page, cleo.email)
    open_case(page, case_id)

    def send_late(route: Route) -> None:
        time.sleep(1)
        route.continue_()

    page.route("**/session/draft", send_late)
    type_at_the_end(page, " Typed last.")
    sign_out(page)
    assert cleo.find_draft(case_id) == {"case_summary": "Before. Typed last."}


def test_a_sign_out_over_a_slow_connection_waits_for_what_was_typed_last(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page()
    sign_in(page, cleo.email)
    open_case(page, case_id)
    proxy.delay(1)
    type_at_the_end(page, " Typed last.")
    sign_out(page)
    assert cleo.find_draft(case_id) == {"case_summary": "Before. Typed last."}


def test_a_sign_out_that_cannot_keep_what_was_typed_last_says_so_before_the_page_goes(
    open_page: OpenPage, cleo: Clinician, proxy: FaultProxy
) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page(may_fail="/session/draft")
    sign_in(page, cleo.email)
    open_case(page, case_id)
    proxy.stall()
    type_at_the_end(page, " Typed last.")
    with page.expect_event("dialog") as warned:
        press_sign_out(page)
    assert warned.value.type == "beforeunload"
    warned.value.dismiss()
    expect(page.get_by_role("status").filter(has_text=f"Case {case_id}: Not kept")).to_be_visible()
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    expect(page.get_by_text("Typed last.")).to_have_count(0)
    proxy.forward()
    fill_sign_in(page, cleo.email, PASSWORD)
    page.keyboard.press("Enter")
    expect_open(page, case_id)
    expect(summary(page)).to_have_value("Before. Typed last.")
    expect(notice(page)).to_be_visible()


def test_a_crashed_browser_takes_two_seconds_of_typing_with_it_at_most(
    chromium: Browser, server: Server, cleo: Clinician
) -> None:
    case_id = cleo.create_case()
    browser = launch_chromium(chromium.browser_type)
    page = browser.new_page(base_url=server.url)
    page.goto("/")
    sign_in(page, cleo.email)
    open_case(page, case_id)
    summary(page).press_sequentially("." * 50, delay=100)
    with suppress(PlaywrightError):
        browser.new_browser_cdp_session().send("Browser.crash")
    draft = cleo.find_draft(case_id)
    assert draft
    assert len(draft["case_summary"]) >= 50 - 20


def test_what_cannot_be_kept_says_so_warns_before_it_is_lost_and_is_kept_as_soon_as_it_can(
    signed_in: SignedIn, way_to_supabase: FaultProxy, cleo: Clinician
) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = signed_in(cleo).new_page()
    warned: list[str] = []

    def stay(dialog: Dialog) -> None:
        warned.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    open_case(page, case_id)
    type_at_the_end(page, " Typed.")
    expect(kept(page)).to_be_visible()

    def be_busy() -> None:
        page.route("**/session/draft", lambda route: route.fulfill(status=503))

    for fault in (way_to_supabase.refuse, lambda: way_to_supabase.stall("keep_draft"), be_busy):
        fault()
        type_at_the_end(page, "!")
        expect(told(page, "Not kept yet: no answer")).to_be_visible()
        expect(kept(page)).to_have_count(0)
        with page.expect_event("dialog"):
            page.close(run_before_unload=True)
        way_to_supabase.forward()
        page.unroute_all()
        expect(kept(page)).to_be_visible(timeout=30_000)
    wait_for_draft(cleo, case_id, {"case_summary": "Before. Typed.!!!"})
    type_at_the_end(page, " Typed last.")
    with page.expect_event("close"):
        page.close(run_before_unload=True)
    wait_for_draft(cleo, case_id, {"case_summary": "Before. Typed.!!! Typed last."})
    assert warned == ["beforeunload"] * 3


def wait_for_draft(clinician: Clinician, case_id: int, changes: dict[str, Any] | None) -> None:
    until = time.monotonic() + 10
    while (found := clinician.find_draft(case_id)) != changes:
        assert time.monotonic() < until, f"Kept is {found}, not {changes}."
        time.sleep(0.05)


def test_what_is_typed_while_the_draft_before_is_on_its_way_is_kept_when_the_page_is_left(
    signed_in: SignedIn, way_to_supabase: FaultProxy, cleo: Clinician
) -> None:
    """The last request of a page overtakes the one before it, of whose answer the page hears nothing any more."""
    case_id = cleo.create_case(case_summary="Before.")
    page = signed_in(cleo).new_page()
    open_case(page, case_id)
    way_to_supabase.delay(1, "keep_draft")
    way_to_supabase.forget()
    type_at_the_end(page, " Typed.")
    way_to_supabase.wait_for("keep_draft")
    summary(page).press_sequentially(" Typed last.")
    page.goto("/account")
    wait_for_draft(cleo, case_id, {"case_summary": "Before. Typed. Typed last."})
    way_to_supabase.forward()
    page.close()


def test_a_case_that_is_left_and_opened_again_at_once_shows_what_was_typed_last(
    signed_in: SignedIn, way_to_supabase: FaultProxy, cleo: Clinician
) -> None:
    """It is drawn from the database, where what was typed last has not arrived yet."""
    case_id, other = cleo.create_case(case_summary="Before."), cleo.create_case()
    page = signed_in(cleo).new_page()
    page.goto(f"/?show=all&case_id={case_id}")
    expect_open(page, case_id)
    way_to_supabase.delay(3, "keep_draft")
    type_at_the_end(page, " Typed.")
    choose_status(page, "Analyzing")
    select_case(page, other)
    select_case(page, case_id)
    expect(summary(page)).to_have_value("Before. Typed.")
    expect(status(page, "Analyzing")).to_be_checked()
    way_to_supabase.forward()
    save(page)
    expect(page.get_by_text("Saved: Case summary · Status: Pending → Analyzing.")).to_be_visible()
    wait_for_draft(cleo, case_id, None)
    page.close()


def test_a_text_too_large_to_be_sent_on_leaving_is_warned_about_until_it_is_kept(
    signed_in: SignedIn, cleo: Clinician
) -> None:
    case_id = cleo.create_case()
    page = signed_in(cleo).new_page()
    open_case(page, case_id)
    summary(page).fill("🩺" * 20_000)
    with page.expect_event("dialog") as warned:
        page.close(run_before_unload=True)
    warned.value.dismiss()
    expect(kept(page)).to_be_visible()
    page.close(run_before_unload=True)
    wait_for_draft(cleo, case_id, {"case_summary": "🩺" * 20_000})


def open_on_two_devices(signed_in: SignedIn, clinician: Clinician, case_id: int) -> tuple[Page, Page]:
    first, second = (signed_in(clinician, device).new_page() for device in (1, 2))
    open_case(first, case_id)
    open_case(second, case_id)
    return first, second


def test_a_second_device_is_told_and_shown_both_and_none_is_lost(signed_in: SignedIn, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    first, second = open_on_two_devices(signed_in, cleo, case_id)
    summary(first).fill("From the first.")
    choose_status(first, "Analyzing")
    expect(kept(first)).to_be_visible()
    summary(second).fill("From the second.")
    age(second).fill("46")
    expect(told(second, "Not kept: a newer draft of this case was kept in another window")).to_be_visible()
    wait_for_draft(cleo, case_id, {"case_summary": "From the first.", "status": "analyzing"})
    second.get_by_role("button", name="Show both").click()
    expect(second.get_by_text("From the first.")).to_be_visible()
    expect(summary(second)).to_have_value("From the second.")
    expect(status(second, "Analyzing")).to_be_checked()
    second.get_by_role("button", name="Keep mine").click()
    both = {"case_summary": "From the second.", "status": "analyzing", "patient_age": 46}
    wait_for_draft(cleo, case_id, both)
    expect(kept(second)).to_be_visible()
    assert cleo.read_history(case_id) == []
    type_at_the_end(first, " More.")
    expect(told(first, "Not kept: a newer draft")).to_be_visible()
    first.get_by_role("button", name="Show both").click()
    first.get_by_role("button", name="Take theirs").click()
    expect(summary(first)).to_have_value("From the second.")
    expect(age(first)).to_have_value("46")
    expect(kept(first)).to_be_visible()
    wait_for_draft(cleo, case_id, both)
    for page in (first, second):
        page.close()


def test_what_is_typed_just_before_leaving_is_put_beside_a_newer_draft(signed_in: SignedIn, cleo: Clinician) -> None:
    """Nobody is there any more to be told that another device has kept a draft meanwhile."""
    case_id = cleo.create_case(case_summary="Before.")
    first, second = open_on_two_devices(signed_in, cleo, case_id)
    type_at_the_end(first, " First.")
    expect(kept(first)).to_be_visible()
    type_at_the_end(second, " Second.")
    second.close(run_before_unload=True)
    wait_for_draft(cleo, case_id, {"case_summary": "Before. First. Second."})
    type_at_the_end(first, " More.")
    expect(told(first, "Not kept: a newer draft")).to_be_visible()
    first.close()


def test_a_window_whose_save_was_drawn_late_is_not_told_of_a_newer_draft(open_page: OpenPage, cleo: Clinician) -> None:
    """It lets go of its draft, which went with the save, while another window keeps one already."""
    case_id = cleo.create_case(case_summary="Before.")
    first, second = (open_page(f"/case?case_id={case_id}", of=cleo) for _ in range(2))
    expect_open(first, case_id)
    type_at_the_end(second, " Saved.")
    expect(kept(second)).to_be_visible()
    held: list[Route] = []
    second.route("**/session/draft", lambda route: held.append(route))
    with second.expect_request("**/session/draft"):
        save(second)
        expect(second.get_by_text("Saved: Case summary.")).to_be_visible()
    type_at_the_end(first, " Typed.")
    expect(kept(first)).to_be_visible()
    with second.expect_response("**/session/draft") as answer:
        held[0].continue_()
    assert answer.value.status == 200
    expect(told(second, "Not kept")).to_have_count(0)
    assert cleo.find_draft(case_id) == {"case_summary": "Before. Typed."}


def test_a_draft_of_a_case_that_has_moved_on_is_put_on_top_or_decided(signed_in: SignedIn, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = signed_in(cleo).new_page()
    open_case(page, case_id)
    type_at_the_end(page, " Typed.")
    expect(kept(page)).to_be_visible()
    change_elsewhere(cleo, case_id, status="completed")
    page.reload()
    expect(summary(page)).to_have_value("Before. Typed.")
    expect(page.get_by_text("Changed elsewhere since: Status: Pending → Completed.")).to_be_visible()
    expect(page.get_by_role("button", name="Discard")).to_be_in_viewport(ratio=1)
    change_elsewhere(cleo, case_id, case_summary="Written elsewhere.")
    page.reload()
    expect(page.get_by_text("Written elsewhere.").first).to_be_visible()
    expect(summary(page)).to_have_value("Before. Typed.")
    page.reload()
    page.get_by_role("button", name="Take theirs").click()
    expect(summary(page)).to_have_value("Written elsewhere.")
    wait_for_draft(cleo, case_id, None)
    page.close()


def change_elsewhere(clinician: Clinician, case_id: int, **changes: str) -> None:
    clinician.rest.patch("/cases", params={"case_id": f"eq.{case_id}"}, json=changes).raise_for_status()
