"""What fields do not do in a real browser: tell a spelling service, or send more than the server takes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from lib.ui.scripts import LARGEST_MESSAGE
from tests.browser.steps import expect_open, save, summary
from tests.clinicians import Clinician

OpenPage = Callable[..., Page]


def test_no_field_asks_for_a_spelling_service_or_is_filled_in_by_the_browser(
    open_page: OpenPage, cleo: Clinician
) -> None:
    case_id = cleo.create_case()
    page = open_page(f"/case?case_id={case_id}", of=cleo)
    expect_open(page, case_id)
    for label in ("Case summary", "Patient name"):
        field = page.get_by_label(label)
        expect(field).to_have_js_property("spellcheck", False)
        expect(field).to_have_attribute("autocomplete", "off")


def test_more_text_than_can_be_sent_is_refused_in_a_sentence_and_stays(open_page: OpenPage, cleo: Clinician) -> None:
    case_id = cleo.create_case(case_summary="Before.")
    page = open_page(f"/case?case_id={case_id}", of=cleo, may_fail="/session/draft")
    expect_open(page, case_id)
    summary(page).evaluate(
        """(field, length) => {
          Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, 'value').set.call(field, 'x'.repeat(length));
          field.dispatchEvent(new Event('input', {bubbles: true}));
        }""",
        LARGEST_MESSAGE,
    )
    summary(page).press("Control+Enter")
    refusal = page.get_by_role("alert").get_by_text("This is too much text to be sent")
    expect(refusal).to_be_visible()
    expect(refusal).to_be_in_viewport()
    assert len(summary(page).input_value()) == LARGEST_MESSAGE
    summary(page).fill("After.")
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    expect(refusal).to_have_count(0)
    row = cleo.find_case(case_id)
    assert row
    assert row["case_summary"] == "After."
