"""How long a sign-in lasts in a real browser, what survives the server, and what nobody finds afterwards."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Response, WebSocket, expect

from lib.accounts.browser_sessions import SessionStore
from tests.browser.steps import (
    ADA,
    age,
    choose_status,
    expect_open,
    expect_signed_out,
    fill_sign_in,
    save,
    sign_in,
    sign_out,
    summary,
)
from tests.clinicians import PASSWORD, Clinician
from tests.server import COOKIE_SECRET, Server, running_server

OpenPage = Callable[..., Page]

SIGNED_TOKEN = re.compile(rb"eyJ[\w-]{8,}\.eyJ[\w-]{8,}")


class Marked(NamedTuple):
    """A case whose text stands nowhere else."""

    case_id: int
    word: str


@pytest.fixture
def marked(ada: Clinician) -> Marked:
    word = f"Canary{uuid4().hex}"
    return Marked(ada.create_case(patient_name=f"{word} Patient", case_summary=f"{word} notes"), word)


def open_case(page: Page, case_id: int) -> None:
    page.goto(f"/case?case_id={case_id}")
    expect_open(page, case_id)


def expect_nothing_of(page: Page, word: str) -> None:
    """Hold that a word stands nowhere on the page: not in its text, its markup, or its fields."""
    values = page.locator("input, textarea").evaluate_all("fields => fields.map(field => field.value).join()")
    assert word not in page.content() + values + page.title() + page.url


def test_a_reload_and_a_second_tab_find_the_clinician_signed_in(open_page: OpenPage, ada: Clinician) -> None:
    page = open_page(of=ada)
    page.reload()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    second = page.context.new_page()
    second.goto("/")
    expect(second.get_by_role("heading", name="Worklist")).to_be_visible()


def test_a_link_to_a_case_leads_there_after_the_sign_in(open_page: OpenPage, marked: Marked) -> None:
    page = open_page(f"/case?case_id={marked.case_id}")
    expect_signed_out(page)
    expect_nothing_of(page, marked.word)
    fill_sign_in(page, ADA, PASSWORD)
    page.keyboard.press("Enter")
    expect_open(page, marked.case_id)
    expect(summary(page)).to_have_value(f"{marked.word} notes")


def test_signing_out_in_one_tab_signs_the_other_out_at_its_next_interaction(
    open_page: OpenPage, ada: Clinician, marked: Marked
) -> None:
    first = open_page(may_fail="/session/draft")
    sign_in(first, ADA)
    open_case(first, marked.case_id)
    summary(first).fill(f"{marked.word} typed")
    second = first.context.new_page()
    second.goto("/")
    sign_out(second)
    summary(first).press_sequentially("!")
    told = first.get_by_role("status").filter(
        has_text="Not kept: your session has ended. Sign in again, and it is kept."
    )
    expect(told).to_be_visible()
    save(first)
    expect_signed_out(first)
    expect_nothing_of(first, marked.word)
    assert read_summary(ada, marked.case_id) == f"{marked.word} notes"


def test_the_back_button_after_a_sign_out_shows_nothing(open_page: OpenPage, marked: Marked) -> None:
    page = open_page()
    sign_in(page, ADA)
    open_case(page, marked.case_id)
    page.get_by_role("link", name="Back to the worklist").click()
    expect(page.get_by_role("heading", name="Worklist")).to_be_visible()
    open_case(page, marked.case_id)
    sign_out(page)
    for _ in range(3):
        page.go_back()
        expect_signed_out(page)
        expect_nothing_of(page, marked.word)


def test_another_clinician_in_the_same_browser_finds_nothing_of_the_first(
    open_page: OpenPage, ben: Clinician, marked: Marked
) -> None:
    old = open_page(may_fail="/session/draft")
    sign_in(old, ADA)
    open_case(old, marked.case_id)
    summary(old).fill(f"{marked.word} typed")
    new = old.context.new_page()
    new.goto("/")
    sign_out(new)
    sign_in(new, ben.email)
    save(old)
    expect_signed_out(old)
    expect_nothing_of(old, marked.word)
    old.reload()
    expect(old.get_by_text("Case not found")).to_be_visible()
    expect(old.get_by_text(ben.email)).to_be_visible()
    expect_nothing_of(old, marked.word)
    expect_nothing_of(old, ADA)


@pytest.fixture
def context(chromium: Browser, mortal_server: Server) -> Iterator[BrowserContext]:
    """A browser at that server; that it logs errors while the server is away is part of the matter."""
    with closing(chromium.new_context(base_url=mortal_server.url)) as context:
        yield context


def read_summary(clinician: Clinician, case_id: int) -> str:
    row = clinician.find_case(case_id)
    assert row
    return str(row["case_summary"])


def open_signed_in(context: BrowserContext, case_id: int) -> Page:
    page = context.new_page()
    page.goto(f"/case?case_id={case_id}")
    fill_sign_in(page, ADA, PASSWORD)
    page.keyboard.press("Enter")
    expect_open(page, case_id)
    return page


@pytest.mark.timeout(120)
def test_what_is_typed_outlives_a_kill_of_the_whole_demo(chromium: Browser, tmp_path: Path) -> None:
    """Its own Supabase, embedded in it, is killed with it."""
    with (
        running_server(EMBEDDED_SUPABASE_DIR=str(tmp_path)) as demo,
        closing(chromium.new_context(base_url=demo.url)) as context,
    ):
        page = open_signed_in(context, 1)
        summary(page).fill("Typed before.")
        kill_and_restart(demo, page)
        expect(summary(page)).to_have_value("Typed before.")
        save(page)
        expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
        demo.kill()
        demo.start()
        page.reload()
        expect(summary(page)).to_have_value("Typed before.")


def kill_and_restart(server: Server, page: Page) -> None:
    """Kill the server, start it again, and wait until it has opened the case again."""
    form = page.locator("[data-draft-form]")
    opening = form.get_attribute("data-draft-form") or ""
    server.kill()
    expect(summary(page)).to_be_disabled()
    opened = server.output.count(" open user=")
    server.start()
    expect(form).not_to_have_attribute("data-draft-form", opening)
    expect(summary(page)).to_be_enabled()
    # Until the new server has opened the case again, nobody knows what a pressed button is.
    while server.output.count(" open user=") == opened:
        page.wait_for_timeout(50)


def test_what_is_typed_while_the_server_is_killed_can_be_saved_when_it_is_back(
    context: BrowserContext, mortal_server: Server, ada: Clinician
) -> None:
    case_id = ada.create_case(case_summary="Before notes")
    page = open_signed_in(context, case_id)
    summary(page).press_sequentially(". Typed before, ")
    kill_and_restart(mortal_server, page)
    summary(page).press("Control+End")
    summary(page).press_sequentially("typed after. ")
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    assert read_summary(ada, case_id) == "Before notes. Typed before, typed after. "


def test_what_is_typed_after_a_save_outlives_the_server_too(
    context: BrowserContext, mortal_server: Server, ada: Clinician
) -> None:
    case_id = ada.create_case(case_summary="Before notes")
    page = open_signed_in(context, case_id)
    summary(page).fill("Saved. ")
    save(page)
    expect(page.get_by_text("Saved: Case summary.")).to_be_visible()
    summary(page).press("Control+End")
    summary(page).press_sequentially("Typed after.")
    kill_and_restart(mortal_server, page)
    expect(summary(page)).to_have_value("Saved. Typed after.")
    age(page).fill("46")
    save(page)
    expect(page.get_by_text("Saved: Patient age: 45 → 46 · Case summary.")).to_be_visible()
    assert read_summary(ada, case_id) == "Saved. Typed after."


@pytest.mark.timeout(120)
def test_a_form_from_before_a_restart_never_writes_over_a_change_made_elsewhere(
    context: BrowserContext, mortal_server: Server, ada: Clinician
) -> None:
    case_id = ada.create_case(case_summary="Before notes")
    page = open_signed_in(context, case_id)
    age(page).fill("46")
    save(page)
    expect(page.get_by_text("Saved: Patient age: 45 → 46.")).to_be_visible()
    other = context.new_page()
    other.goto(f"/case?case_id={case_id}")
    summary(other).fill("Written elsewhere.")
    save(other)
    expect(other.get_by_text("Saved: Case summary.")).to_be_visible()
    other.close()
    kill_and_restart(mortal_server, page)
    expect(summary(page)).to_have_value("Written elsewhere.")
    choose_status(page, "Completed")
    save(page)
    expect(page.get_by_text("Saved: Status: Pending → Completed.")).to_be_visible()
    assert read_summary(ada, case_id) == "Written elsewhere."


def test_another_clinician_who_signs_in_before_the_server_is_killed_gets_nothing_of_an_old_tab(
    context: BrowserContext, mortal_server: Server, ada: Clinician
) -> None:
    case_id = ada.create_case(case_summary="Adamantine notes")
    old = context.new_page()
    old.goto("/")
    sign_in(old, ADA)
    open_case(old, case_id)
    summary(old).fill("Adamantine typed")
    new = context.new_page()
    new.goto("/")
    sign_out(new)
    sign_in(new, "ben@demo.example")
    mortal_server.kill()
    mortal_server.start()
    expect(old.get_by_text("Adamantine")).to_have_count(0)
    expect(old.get_by_text(re.compile("Case not found|ben@demo.example")).first).to_be_visible()
    expect_nothing_of(old, "Adamantine")
    assert read_summary(ada, case_id) == "Adamantine notes"


class Overheard:
    """All that came to a page and left it: websocket frames, and the answers that are not Streamlit's own files."""

    def __init__(self, page: Page) -> None:
        self._browser = page.context
        self._frames: list[bytes] = []
        self._answers: list[Response] = []
        page.on("websocket", self._listen)
        page.on("response", lambda response: self._answers.append(response))

    def everything(self) -> bytes:
        answers = [answer for answer in self._answers if "/static/" not in answer.url]
        headers = [repr(answer.headers_array()).encode() for answer in answers]
        # Of a page that was left, Chromium forgets the bodies: they are asked for again.
        bodies = [self._browser.request.get(url).body() for url in {answer.url for answer in answers}]
        return b"".join([*self._frames, *headers, *bodies])

    def _listen(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: self._frames.append(_as_bytes(frame)))
        socket.on("framesent", lambda frame: self._frames.append(_as_bytes(frame)))


def _as_bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame


def test_no_token_of_supabase_ever_reaches_the_browser(
    context: BrowserContext, ada: Clinician, session_file: Path
) -> None:
    page = context.new_page()
    overheard = Overheard(page)
    page.goto("/")
    sign_in(page, ADA)
    open_case(page, ada.create_case())
    [cookie] = [cookie for cookie in context.cookies() if cookie["name"] == "case_desk"]
    with closing(SessionStore(session_file, COOKIE_SECRET.encode())) as kept:
        session = kept.read(cookie["value"])
    stored = json.dumps(page.evaluate("[{...localStorage}, {...sessionStorage}, document.cookie]"))
    state = json.dumps(context.storage_state(indexed_db=True))
    seen = overheard.everything() + stored.encode() + state.encode() + page.content().encode()
    assert ADA.encode() in seen, "Nothing was overheard, so the test shows nothing."
    assert session.access_token.encode() not in seen
    assert session.refresh_token.encode() not in seen
    assert not SIGNED_TOKEN.search(seen)
    assert cookie["value"] not in stored, "Scripts can read the cookie."
