"""Finding a case: search as one types, filters and order on the server, saved views, and what an empty list says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from lib.backend.settings import Supabase
from tests.browser.steps import order_by_patient, row_of, select_case, shown_numbers, summary, table_rows
from tests.clinicians import PATIENT, Clinician, connect_to, new_clinician
from tests.proxy import FaultProxy

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def finder(supabase_project: Supabase) -> Iterator[tuple[Clinician, list[int]]]:
    """A clinician with 60 ordinary cases, and two that are looked for: one archived, one hostile."""
    connect_to(supabase_project)
    with new_clinician() as clinician:
        ordinary = [PATIENT | {"patient_name": f"Plain {place:02}", "patient_age": place} for place in range(60)]
        clinician.rest.post("/cases", json=ordinary).raise_for_status()
        wanted = [
            clinician.create_case(patient_name="Zoë Ågren", case_summary="Naïve in May", status="archived"),
            clinician.create_case(patient_name="a%_,)('\"*\\ or=(1)", patient_age=99),
        ]
        yield clinician, wanted


def search_box(page: Page) -> Locator:
    return page.get_by_label("Search all cases")


def expect_shown(page: Page, *numbers: int) -> None:
    """Wait until the table shows these cases and no others."""
    for number in numbers:
        expect(row_of(page, number)).to_be_attached()
    expect(table_rows(page)).to_have_count(len(numbers))


def open_filters(page: Page) -> Locator:
    page.get_by_role("button", name="Filters").click()
    popover = page.get_by_test_id("stPopoverBody")
    expect(popover.get_by_text("Overdue")).to_be_visible()
    return popover


def test_a_search_finds_as_one_types_in_all_statuses_and_goes_back(
    open_page: OpenPage, finder: tuple[Clinician, list[int]]
) -> None:
    clinician, (archived, hostile) = finder
    page = open_page(of=clinician)
    expect(page.get_by_text("1–50 of 61")).to_be_visible()
    box = search_box(page)
    box.press_sequentially("AGREN may", delay=60)
    expect_shown(page, archived)
    expect(box).to_be_focused()
    expect(box).to_have_value("AGREN may")
    expect(page.get_by_text("1–1 of 1")).to_be_visible()
    assert "agren" not in page.url.lower()
    box.fill("%_,)('\"*\\ or=(")
    expect_shown(page, hostile)
    box.fill(str(archived))
    expect_shown(page, archived)
    box.fill("")
    expect(page.get_by_text("1–50 of 61")).to_be_visible()
    expect(page.get_by_role("radio", name="Open")).to_be_checked()


def test_what_is_found_over_several_pages_can_be_turned_through(
    open_page: OpenPage, finder: tuple[Clinician, list[int]]
) -> None:
    page = open_page(of=finder[0])
    search_box(page).fill("plain")
    expect(page.get_by_text("1–50 of 60")).to_be_visible()
    first = set(shown_numbers(page))
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_text("51–60 of 60")).to_be_visible()
    expect(table_rows(page)).to_have_count(10)
    assert not first & set(shown_numbers(page))
    expect(search_box(page)).to_have_value("plain")


def test_a_search_leaves_the_open_case_and_what_is_typed_in_it(
    open_page: OpenPage, finder: tuple[Clinician, list[int]]
) -> None:
    clinician, (archived, hostile) = finder
    page = open_page("/?show=archived", of=clinician)
    select_case(page, archived)
    summary(page).fill("Not saved yet")
    search_box(page).fill("or=(1)")
    expect_shown(page, hostile)
    expect(summary(page)).to_have_value("Not saved yet")


def test_filters_are_in_the_address_and_survive_a_reload(
    open_page: OpenPage, finder: tuple[Clinician, list[int]]
) -> None:
    clinician, (_, hostile) = finder
    page = open_page(of=clinician)
    open_filters(page).get_by_label("Age from").fill("60")
    page.keyboard.press("Enter")
    expect_shown(page, hostile)
    expect(page).to_have_url(re.compile("youngest=60"))
    page.reload()
    expect_shown(page, hostile)
    page.get_by_role("button", name="Clear (1)").click()
    expect(page.get_by_text("1–50 of 61")).to_be_visible()
    expect(page).not_to_have_url(re.compile("youngest"))


def test_the_head_of_a_column_orders_all_pages_both_ways(
    open_page: OpenPage, finder: tuple[Clinician, list[int]]
) -> None:
    clinician, (_, hostile) = finder
    page = open_page("/?order=patient_age&descending=true", of=clinician)
    expect(row_of(page, hostile)).to_have_attribute("aria-rowindex", "2")
    popover = open_filters(page)
    popover.get_by_role("combobox", name="Order").click()
    page.get_by_role("option", name="Youngest first").click()
    expect(table_rows(page).first).to_contain_text("Plain 00")
    page.keyboard.press("Escape")
    order_by_patient(page)
    expect(page).to_have_url(re.compile("order=patient_name"))
    page.get_by_role("button", name="Next").click()
    expect(table_rows(page).filter(has_text="Plain 59")).to_be_attached()
    expect(table_rows(page).filter(has_text="Plain 00")).to_have_count(0)


def test_an_empty_list_says_which_filter_empties_it_and_clears_it(
    open_page: OpenPage, finder: tuple[Clinician, list[int]]
) -> None:
    page = open_page("/?flagged=true&youngest=5", of=finder[0])
    expect(page.get_by_text("There are some without “Flagged”.")).to_be_visible()
    page.get_by_role("button", name="Clear “Flagged”").click()
    expect(page.get_by_text("1–50 of 56")).to_be_visible()
    search_box(page).fill("nowhere to be found")
    expect(page.get_by_text("There are some without “Search”.")).to_be_visible()
    page.get_by_role("button", name="Clear “Search”").click()
    expect(search_box(page)).to_have_value("")
    expect(table_rows(page).first).to_be_attached()


def test_a_view_is_saved_under_a_name_and_shown_again(open_page: OpenPage, finder: tuple[Clinician, list[int]]) -> None:
    clinician, (_, hostile) = finder
    page = open_page("/?show=pending&youngest=60", of=clinician)
    expect_shown(page, hostile)
    popover = open_filters(page)
    popover.get_by_label("Save this view as").fill("My *oldest*")
    popover.get_by_role("button", name="Save view").click()
    expect(popover.get_by_role("button", name="My *oldest*")).to_be_visible()
    page.goto("/")
    expect(page.get_by_text("1–50 of 61")).to_be_visible()
    popover = open_filters(page)
    popover.get_by_role("button", name="My *oldest*").click()
    expect_shown(page, hostile)
    expect(page).to_have_url(re.compile("(?=.*show=pending)(?=.*youngest=60)"))
    popover.get_by_role("button", name="Remove").click()
    expect(popover.get_by_role("button", name="My *oldest*")).to_have_count(0)


def test_what_is_found_is_exported_once_as_a_file(open_page: OpenPage, finder: tuple[Clinician, list[int]]) -> None:
    page = open_page(of=finder[0])
    search_box(page).fill("plain")
    expect(page.get_by_text("1–50 of 60")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
    content = download.value.path().read_bytes().decode("utf-8-sig")
    assert content.count("Plain ") == 60
    assert download.value.suggested_filename.startswith("cases-")
    assert "plain" not in download.value.url
    expect(page.get_by_text("60 cases exported.")).to_be_visible()
    again = page.request.get(download.value.url)
    assert again.status == 403


def test_an_export_that_takes_longer_than_a_second_says_how_far_it_has_come(
    open_page: OpenPage, finder: tuple[Clinician, list[int]], proxy: FaultProxy
) -> None:
    page = open_page(of=finder[0])
    expect(page.get_by_text("1–50 of 61")).to_be_visible()
    proxy.delay(1.2)
    with page.expect_download() as download:
        page.get_by_role("button", name="Export CSV").click()
        expect(page.get_by_text("0 of 61 cases exported")).to_be_visible()
    assert download.value.path().read_bytes().decode("utf-8-sig").count("Plain ") == 60
    expect(page.get_by_text("61 cases exported.")).to_be_visible()
