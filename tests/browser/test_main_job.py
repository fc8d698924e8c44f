"""The main job in a real browser: find a case, read it, change it, and see what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import (
    age,
    choose,
    choose_status,
    expect_highlighted,
    expect_open,
    fill_sign_in,
    press_sign_out,
    row_of,
    save,
    select_case,
    shown_numbers,
    sign_in,
    summary,
)
from tests.clinicians import PASSWORD, PATIENT, Clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]
TEXTS = (
    "x" * 20_000,
    "🩺👩‍⚕️ läuft",
    "<script>window.__pwned = true</script>\n**bold** :red[x] $a$",
    "a\tb\n\n  c  ",
    "\u202eright to left",
    "",
)


def test_a_clinician_changes_summary_and_status_of_a_case_of_their_own_and_nothing_else(
    open_page: OpenPage, ada: Clinician, ben: Clinician
) -> None:
    page = open_page()
    sign_in(page, ada.email)
    case_id = shown_numbers(page)[2]
    before = ada.find_case(case_id)
    select_case(page, case_id)
    summary(page).fill("Improving after initial treatment. Follow-up recommended.")
    choose_status(page, "Completed")
    save(page)
    expect(page.get_by_text(re.compile("Saved: Case summary · Status: .* → Completed"))).to_be_visible()

    after = ada.find_case(case_id)
    assert before
    assert after
    assert {field for field in after if after[field] != before[field]} == {"case_summary", "status", "updated_at"}
    assert after["case_summary"] == "Improving after initial treatment. Follow-up recommended."
    assert after["status"] == "completed"
    assert ben.find_case(case_id) is None

    deep_link = open_page(f"/case?case_id={case_id}", of=ben)
    expect(deep_link.get_by_text("Case not found")).to_be_visible()
    expect(summary(deep_link)).to_have_count(0)
    deep_link.get_by_role("link", name="Back to the worklist").click()
    assert case_id not in shown_numbers(deep_link)


def test_enter_signs_in(open_page: OpenPage, ada: Clinician) -> None:
    page = open_page()
    fill_sign_in(page, ada.email, PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()


def test_a_wrong_password_and_an_unknown_address_get_the_same_message(open_page: OpenPage, ada: Clinician) -> None:
    page = open_page()
    messages = []
    for email in (ada.email, "nobody@test.example"):
        fill_sign_in(page, email, "not-the-password")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_have_text("Email or password is not right. Check both and try again.")
        messages.append(page.get_by_role("alert").inner_text())
    assert messages[0] == messages[1]
    assert not has_session_cookie(page)


def test_a_reload_keeps_the_clinician_signed_in_with_the_case_open(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    select_case(page, case_id)
    page.reload()
    expect_open(page, case_id)
    expect_highlighted(page, case_id)


def test_signing_out_leaves_the_sign_in_page_alone(open_page: OpenPage, ben: Clinician) -> None:
    page = open_page()
    sign_in(page, ben.email)
    assert has_session_cookie(page)
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        press_sign_out(page)
    expect(page.get_by_label("Email", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Worklist")).to_have_count(0)
    assert not has_session_cookie(page)


def test_a_saved_case_stays_where_it_is_in_the_table(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    newer = [cleo.create_case(), cleo.create_case()]
    page = open_page("/?show=pending&order=updated_at&descending=true", of=cleo)
    select_case(page, case_id)
    summary(page).fill("Changed last.")
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    expect(row_of(page, case_id)).to_contain_text("just saved · Changed last.")
    assert shown_numbers(page)[:3] == [*reversed(newer), case_id]
    expect_highlighted(page, case_id)
    expect_address(page, show="pending", case_id=case_id)


def test_a_saved_case_stays_open_and_in_sight_when_it_leaves_the_filter(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=pending&order=updated_at&descending=true", of=cleo)
    select_case(page, case_id)
    before = read_count(page, "Pending")
    choose_status(page, "Archived")
    save(page)
    expect(page.get_by_text("Saved: Status: Pending → Archived.")).to_be_visible()
    expect(row_of(page, case_id)).to_contain_text("archived")
    expect(page.get_by_role("radio", name=f"Pending {before - 1}", exact=True)).to_be_visible()
    summary(page).fill("And it can be saved again.")
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    expect_open(page, case_id)
    page.get_by_role("button", name="As of").click()
    expect(row_of(page, case_id)).to_have_count(0)
    expect_open(page, case_id)


def test_selecting_another_row_opens_its_case(open_page: OpenPage, cleo: Clinician) -> None:
    first = cleo.create_case(case_summary="The first.")
    second = cleo.create_case(case_summary="The second.")
    page = open_page("/?show=all", of=cleo)
    select_case(page, first)
    expect(summary(page)).to_have_value("The first.")
    select_case(page, second)
    expect(summary(page)).to_have_value("The second.")
    expect_highlighted(page, second)
    expect_address(page, show="all", case_id=second)


def test_saving_an_unchanged_case_says_that_there_is_nothing_to_save(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="One\r\nTwo")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    save(page)
    expect(page.get_by_text("Nothing to save")).to_be_visible()
    assert cleo.read_history(case_id) == []


def test_a_field_that_was_not_touched_keeps_its_line_breaks(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="One\r\nTwo\rThree\n")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    choose_status(page, "Analyzing")
    save(page)
    expect(page.get_by_text("Saved: Status: Pending → Analyzing.")).to_be_visible()
    assert cleo.read_history(case_id) == [{"status": {"from": "pending", "to": "analyzing"}}]


def test_an_invalid_age_is_explained_at_the_form_and_keeps_what_was_typed(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/?show=all&case_id={case_id}", of=cleo)
    age(page).fill("200")
    summary(page).fill("Typed beside the wrong age.")
    save(page)
    form = page.get_by_test_id("stForm")
    expect(form.get_by_role("alert")).to_contain_text("Patient age is too large; allowed is whole years from 0 to 150")
    expect(age(page)).to_have_value("200")
    expect(age(page)).to_have_attribute("aria-invalid", "true")
    expect(age(page)).to_have_accessible_description(re.compile("Patient age is too large"))
    expect(summary(page)).to_have_value("Typed beside the wrong age.")
    assert cleo.read_history(case_id) == []
    age(page).fill("20")
    save(page)
    expect(page.get_by_text("Saved: Patient age: 45 → 20 · Case summary.")).to_be_visible()
    expect(age(page)).not_to_have_attribute("aria-invalid", "true")
    expect(age(page)).to_have_accessible_description("")


def test_a_blank_name_is_refused_and_stays(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    page.get_by_label("Patient name").fill("   ")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Patient name is empty")
    expect(page.get_by_label("Patient name")).to_have_value("   ")
    assert cleo.read_history(case_id) == []


def test_an_emptied_age_is_explained(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    age(page).fill("")
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Patient age is empty; allowed is whole years from 0 to 150")
    expect(age(page)).to_have_value("")
    assert cleo.read_history(case_id) == []


def test_ctrl_enter_in_the_notes_saves(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).fill("Saved from the keyboard.")
    summary(page).press("Control+Enter")
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    found = cleo.find_case(case_id)
    assert found
    assert found["case_summary"] == "Saved from the keyboard."


def test_a_save_leaves_the_cursor_and_what_is_typed_meanwhile(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="One.")
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).press("Control+End")
    summary(page).press_sequentially(" Two.")
    page.keyboard.press("Control+Enter")
    page.keyboard.type(" Three.", delay=30)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    page.keyboard.type(" Four.")
    expect(summary(page)).to_have_value("One. Two. Three. Four.")
    expect(summary(page)).to_be_focused()
    age(page).fill("46")
    save(page)
    expect(page.get_by_text("Saved: Patient age: 45 → 46 · Case summary.")).to_be_visible()
    found = cleo.find_case(case_id)
    assert found
    assert found["case_summary"] == "One. Two. Three. Four."


def test_a_double_click_saves_once(open_page: OpenPage, cleo: Clinician, proxy: FaultProxy) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    proxy.delay(0.15)
    summary(page).fill("Once.")
    page.get_by_role("button", name="Save changes").dblclick()
    expect(page.get_by_text(re.compile("Saved: Case summary|Nothing to save"))).to_be_visible()
    assert cleo.read_history(case_id) == [{"case_summary": {"from": "", "to": "Once."}}]


def test_what_is_typed_is_what_is_kept(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(of=cleo)
    for text in TEXTS:
        page.goto(f"/?show=all&case_id={case_id}")
        summary(page).fill(text)
        save(page)
        expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
        expect(summary(page)).to_have_value(text)
        assert page.evaluate("window.__pwned") is None
    assert [change["case_summary"]["to"] for change in cleo.read_history(case_id)] == list(TEXTS)


def test_a_summary_of_20001_characters_is_refused_and_kept(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).fill("x" * 20_001)
    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Case summary is too long; allowed is text of at most 20,000")
    expect(summary(page)).to_have_value("x" * 20_001)
    assert cleo.read_history(case_id) == []


def test_patient_text_is_text_and_never_markdown_or_html(open_page: OpenPage, ada: Clinician) -> None:
    name = "**Robert** <b>Tables</b> :red[x]"
    [case] = ada.rest.get("/cases", params={"patient_name": f"eq.{name}"}).json()
    page = open_page("/?show=open", of=ada)
    row = row_of(page, case["case_id"])
    expect(row).to_contain_text(name)
    select_case(page, case["case_id"])
    expect(page.get_by_label("Patient name")).to_have_value(name)
    expect(summary(page)).to_have_value(case["case_summary"])
    expect(page.locator("[data-testid=stMain] :is(b, img, s, iframe, .katex)")).to_have_count(0)
    assert page.evaluate("window.__pwned") is None
    assert "tracker.invalid" not in page.evaluate("[...document.links].map(link => link.href).join()")


def test_a_hostile_text_is_text_in_a_conflict_too(open_page: OpenPage, cleo: Clinician) -> None:
    hostile = "<img src=x onerror='window.__pwned = true'> **bold** ![image](https://tracker.invalid/pixel.png)"
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    summary(page).fill("Mine.")
    cleo.rest.patch(f"/cases?case_id=eq.{case_id}", json={"case_summary": hostile}).raise_for_status()
    save(page)
    expect(page.locator(".st-key-clash ins").first).to_have_text(hostile)
    assert page.evaluate("window.__pwned") is None
    expect(page.locator("[data-testid=stMain] img")).to_have_count(0)


def test_a_new_case_is_created_in_the_dialog_and_opened(open_page: OpenPage, cleo: Clinician) -> None:
    cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    page.get_by_role("button", name="New case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Patient name").fill("  Zed Newcomer ")
    dialog.get_by_role("button", name="Create case").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Patient age is missing")
    expect(dialog.get_by_label("Patient age")).to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("Patient name")).to_have_value("  Zed Newcomer ")
    dialog.get_by_label("Patient age").fill("7")
    choose(page, "Patient gender", "Other")
    dialog.get_by_role("button", name="Create case").click()
    expect(dialog).to_have_count(0)
    expect(page.get_by_label("Patient name")).to_have_value("Zed Newcomer")
    case_id = shown_numbers(page)[0]
    expect_open(page, case_id)
    expect_highlighted(page, case_id)
    found = cleo.find_case(case_id)
    assert found
    assert (found["patient_age"], found["patient_gender"], found["status"]) == (7, "other", "pending")


def test_a_cancelled_dialog_creates_nothing(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_page("/?show=all", of=cleo)
    page.get_by_role("button", name="New case").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Patient name").fill("Nobody")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_have_count(0)
    assert shown_numbers(page)[0] == case_id


def test_a_brand_new_clinician_is_told_that_there_is_no_case_and_offered_a_new_one(
    open_page: OpenPage, newcomer: Clinician
) -> None:
    page = open_page(of=newcomer)
    expect(page.get_by_text("There is no case here.")).to_be_visible()
    expect(page.get_by_test_id("stDataFrame")).to_have_count(0)
    expect(page.get_by_role("button", name="New case")).to_be_visible()


def test_pages_follow_each_other_without_a_gap_and_back(open_page: OpenPage, newcomer: Clinician) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 60).raise_for_status()
    expected = all_open_cases(newcomer)
    page = open_page(of=newcomer)
    expect(page.get_by_text(f"1–50 of {len(expected)}")).to_be_visible()
    assert shown_numbers(page)[:10] == expected[:10]
    expect(page.get_by_role("button", name="Previous")).to_be_disabled()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text(f"51–{len(expected)} of {len(expected)}")).to_be_visible()
    expect(row_of(page, expected[50])).to_have_attribute("aria-rowindex", "2")
    expect(page.get_by_role("button", name="Next")).to_be_disabled()
    page.get_by_role("button", name="Previous").click()
    expect(page.get_by_text(f"1–50 of {len(expected)}")).to_be_visible()
    expect(row_of(page, expected[0])).to_have_attribute("aria-rowindex", "2")


def all_open_cases(clinician: Clinician) -> list[int]:
    query = {"status": "in.(pending,analyzing)", "order": "created_at,case_id", "select": "case_id"}
    return [row["case_id"] for row in clinician.rest.get("/cases", params=query).raise_for_status().json()]


def test_an_address_that_names_no_case_says_so(open_page: OpenPage, cleo: Clinician) -> None:
    for query in ("", "?case_id=0", "?case_id=-1", "?case_id=abc", "?case_id=99999999999999999999"):
        page = open_page(f"/case{query}", of=cleo)
        expect(page.get_by_role("alert")).to_contain_text("Case not found")
        expect(page.get_by_role("link", name="Back to the worklist")).to_be_visible()


@pytest.mark.parametrize("address", ["/?case_id={first}&case_id={second}", "/?case_id=00{second}"])
def test_an_odd_address_highlights_the_case_that_it_opens(open_page: OpenPage, cleo: Clinician, address: str) -> None:
    first, second = cleo.create_case(), cleo.create_case()
    page = open_page(address.format(first=first, second=second) + "&show=all", of=cleo)
    expect_open(page, second)
    expect_highlighted(page, second)


def has_session_cookie(page: Page) -> bool:
    return any("case_desk" in cookie["name"] for cookie in page.context.cookies())


def read_count(page: Page, shown: str) -> int:
    label = page.get_by_role("radio", name=re.compile(rf"^{shown} \d+$")).inner_text()
    return int(label.split()[1])


def expect_address(page: Page, *, show: str, case_id: int) -> None:
    expect(page).to_have_url(re.compile(rf"(?=.*\bshow={show}\b)(?=.*\bcase_id={case_id}\b)"))
