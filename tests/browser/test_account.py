"""A clinician's account in a real browser: a new one, a new password, too many tries, and the end of sessions."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, FloatRect, Page, expect

from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from tests.browser.steps import (
    expect_open,
    expect_signed_out,
    fill_sign_in,
    save,
    sign_in,
    sign_out,
    summary,
)
from tests.clinicians import PASSWORD, Clinician
from tests.proxy import FaultProxy
from tests.server import Server, running_server

NEW_PASSWORD = "another horse battery"
IDLE_SECONDS = 12

pytestmark = pytest.mark.timeout(180)

OpenBrowser = Callable[..., Page]


@pytest.fixture(scope="module")
def hasty_server(supabase_project: Supabase) -> Iterator[Server]:
    """A server where sessions end soon."""
    with running_server(supabase_project, CASE_DESK_IDLE_MINUTES=str(IDLE_SECONDS / 60)) as running:
        yield running


@pytest.fixture
def open_browser(chromium: Browser, server: Server) -> Iterator[OpenBrowser]:
    """Open the dashboard in a browser of its own."""
    contexts = []

    def open_at(path: str = "/", at: Server = server) -> Page:
        contexts.append(chromium.new_context(base_url=at.url))
        page = contexts[-1].new_page()
        page.goto(path)
        return page

    yield open_at
    for context in contexts:
        context.close()


def new_address() -> str:
    return f"newcomer-{uuid4().hex}@test.example"


def try_to_sign_in(page: Page, email: str, password: str) -> None:
    fill_sign_in(page, email, password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_account_is_created_and_signed_in_to(open_browser: OpenBrowser) -> None:
    page = open_browser()
    email = new_address()
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_role("heading", name="New account")).to_be_visible()
    expect(page.get_by_text("At least 12 characters.")).to_be_visible()
    fill_sign_in(page, email, "too short")
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("This password is too weak.")).to_be_visible()
    fill_sign_in(page, email, PASSWORD)
    page.get_by_role("button", name="Create account").click()
    expect(page.get_by_text("If this address had no account, it has one now")).to_be_visible()
    page.get_by_role("button", name="Back to sign in").click()
    expect(page.get_by_role("button", name="Forgot password?")).to_be_visible()
    sign_in(page, email)


def test_a_forgotten_password_is_replaced_by_a_code_and_ends_every_session(
    open_browser: OpenBrowser, newcomer: Clinician, embedded: EmbeddedSupabase, proxy: FaultProxy
) -> None:
    elsewhere = open_browser()
    sign_in(elsewhere, newcomer.email)
    proxy.delay(0.15)
    first = open_browser()
    first.get_by_role("button", name="Forgot password?").click()
    expect(first.get_by_role("heading", name="New password")).to_be_visible()
    first.get_by_label("Email", exact=True).fill(newcomer.email)
    first.get_by_role("button", name="Send code").click()
    expect(first.get_by_text("If this address has an account, a code is on its way to it.")).to_be_visible()
    mail = embedded.mail_file.read_text().rpartition(f"To: {newcomer.email}")[2]

    page = open_browser()
    page.get_by_role("button", name="Forgot password?").click()
    expect(page.get_by_role("heading", name="New password")).to_be_visible()
    page.get_by_label("Email", exact=True).fill(newcomer.email)
    page.get_by_label("Code from the mail").fill(re.findall(r"\b\d{8}\b", mail)[0])
    for password, answer in [("too short", "This password is too weak."), (PASSWORD, "This is the password you have.")]:
        page.get_by_label("New password", exact=True).fill(password)
        page.keyboard.press("Enter")
        expect(page.get_by_text(answer)).to_be_visible()
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set new password").click()
    expect(page.get_by_text("Your password is changed, and you are signed out everywhere.")).to_be_visible()
    elsewhere.reload()
    expect_signed_out(elsewhere)
    page.get_by_role("button", name="Back to sign in").click()
    expect(page.get_by_role("button", name="Forgot password?")).to_be_visible()
    sign_in(page, newcomer.email, NEW_PASSWORD)


def test_the_password_changes_for_who_knows_the_present_one(open_browser: OpenBrowser, newcomer: Clinician) -> None:
    page = open_browser("/account")
    try_to_sign_in(page, newcomer.email, PASSWORD)
    change = page.get_by_role("button", name="Change password")
    for present, answer in [
        ("a wrong guess", "Email or password is not right"),
        (PASSWORD, "Your password is changed."),
    ]:
        page.get_by_label("Current password", exact=True).fill(present)
        page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
        change.click()
        expect(page.get_by_text(answer)).to_be_visible()
    sign_out(page)
    expect(page.get_by_text("Your session has ended.")).to_have_count(0)
    try_to_sign_in(page, newcomer.email, NEW_PASSWORD)
    expect(change).to_be_visible()


def test_signing_out_everywhere_ends_the_sessions_of_every_browser(
    open_browser: OpenBrowser, newcomer: Clinician
) -> None:
    here, elsewhere = open_browser(), open_browser()
    sign_in(here, newcomer.email)
    sign_in(elsewhere, newcomer.email)
    here.get_by_role("link", name="Account").click()
    here.get_by_role("button", name="Sign out everywhere").click()
    expect_signed_out(here)
    expect_signed_out(elsewhere)


def test_an_idle_session_warns_then_ends_and_the_next_one_is_back_on_the_case(
    open_browser: OpenBrowser, hasty_server: Server, cleo: Clinician
) -> None:
    case_id = cleo.create_case()
    page = open_browser(f"/?show=all&case_id={case_id}", at=hasty_server)
    try_to_sign_in(page, cleo.email, PASSWORD)
    expect_open(page, case_id)
    summary(page).press_sequentially("Typed and not saved.")
    expect(page.get_by_text(re.compile(r"^kept \d\d:\d\d$"))).to_be_visible()
    warning, places = page.get_by_text("Your session ends in"), find_places(page)
    expect(warning).to_have_count(0)
    expect(warning).to_be_in_viewport()
    assert find_places(page) == places
    page.get_by_role("button", name="Stay signed in").click()
    expect(warning).to_have_count(0)
    expect(warning).to_be_visible()
    expect_signed_out(page)
    expect(page.get_by_text("Your session has ended.")).to_be_visible()
    try_to_sign_in(page, cleo.email, PASSWORD)
    expect_open(page, case_id)
    expect(summary(page)).to_have_value("Typed and not saved.")
    expect(page.get_by_text("Unsaved from")).to_be_visible()


def find_places(page: Page) -> list[FloatRect | None]:
    """Return where the table and the button that saves are."""
    shown = page.get_by_test_id("stDataFrame"), page.get_by_role("button", name="Save changes")
    return [each.bounding_box() for each in shown]


def test_typing_keeps_a_session(open_browser: OpenBrowser, hasty_server: Server, cleo: Clinician) -> None:
    case_id = cleo.create_case()
    page = open_browser(f"/case?case_id={case_id}", at=hasty_server)
    try_to_sign_in(page, cleo.email, PASSWORD)
    expect_open(page, case_id)
    typed = "word " * IDLE_SECONDS
    summary(page).press_sequentially(typed, delay=1.5 * 1000 * IDLE_SECONDS / len(typed))
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    expect(summary(page)).to_have_value(typed)


@pytest.mark.parametrize(
    ("typed", "is_kept"),
    [(" Typed and kept.", True), (" Typed as the server went away.", False)],
    ids=["kept", "not kept yet"],
)
def test_past_the_idle_limit_a_page_hides_itself_though_the_server_is_away_and_comes_back_after_the_sign_in(
    typed: str, is_kept: bool, open_browser: OpenBrowser, hasty_server: Server, cleo: Clinician
) -> None:
    case_id = cleo.create_case(patient_name="Canary Patient", case_summary="Canary notes.")
    page = open_browser(at=hasty_server)
    page.clock.install()
    page.goto(f"/case?case_id={case_id}")
    try_to_sign_in(page, cleo.email, PASSWORD)
    expect_open(page, case_id)
    summary(page).fill(f"Canary notes.{typed}")
    if is_kept:
        expect(page.get_by_text(re.compile(r"^kept \d\d:\d\d$"))).to_be_visible()
    hasty_server.kill()
    # A second passes before what is typed is sent.
    assert bool(cleo.find_draft(case_id)) == is_kept
    page.clock.fast_forward(IDLE_SECONDS * 1000)
    expect(page.get_by_role("alert").get_by_text("What was on the screen is hidden")).to_be_visible()
    expect(summary(page)).to_be_hidden()
    assert "Canary" not in page.locator("body").inner_text()
    hasty_server.start()
    expect_signed_out(page)
    expect(page.get_by_text("What was on the screen is hidden")).to_have_count(0)
    try_to_sign_in(page, cleo.email, PASSWORD)
    expect_open(page, case_id)
    expect(summary(page)).to_have_value(f"Canary notes.{typed}")
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
