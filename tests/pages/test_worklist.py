"""The worklist and the open case as the server draws them, without a browser."""

from __future__ import annotations

import html
import json
import logging
import re
import time
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.testing.v1 import AppTest

from lib import Case, CaseStatus, Session, WorklistQuery, get_case, sign_in, update_case
from lib.accounts.browser_sessions import SessionStore
from lib.backend import client
from lib.backend.settings import Supabase
from lib.cases.drafts import keep_draft
from lib.cases.export import Export
from lib.ui import browser, case_form, case_panel
from lib.ui.exporting import START_SECONDS
from lib.ui.triage_run import Run
from lib.ui.worklist_state import Worklist, look_for_changes, read_worklist
from tests.clinicians import PASSWORD, Clinician
from tests.proxy import FaultProxy
from tests.server import free_port

OpenApp = Callable[..., AppTest]


def test_signed_out_there_is_the_sign_in_page_alone(open_app: OpenApp, case: Case) -> None:
    app = open_app(case_id=str(case.case_id))
    assert [field.label for field in app.text_input] == ["Email", "Password"]
    assert not app.dataframe
    assert not app.subheader
    assert "Sign out" not in labels(app)
    assert not app.info


def test_signed_in_there_is_the_worklist_with_the_open_cases_longest_waiting_first(
    open_app: OpenApp, ada: Session
) -> None:
    app = open_app(ada)
    assert app.title[0].value == "Worklist"
    assert "Sign out" in labels(app)
    table = app.dataframe[0].value
    assert len(table) == 50
    assert {status for [status, *_] in table["status"]} == {"pending", "analyzing"}
    unflagged = [case_id for case_id, mark in zip(table["case_id"], table["mark"], strict=True) if "⚑" not in mark]
    created = [get_case(ada, int(case_id)).created_at for case_id in unflagged[::10]]
    assert created == sorted(created)


def test_the_counts_and_the_filter_agree_with_the_database(
    open_app: OpenApp, ada: Session, rest: Callable[[Session], httpx.Client]
) -> None:
    app = open_app(ada)
    statuses = [row["status"] for row in rest(ada).get("/cases", params={"select": "status"}).json()]
    counts = {name: statuses.count(name) for name in ("pending", "analyzing", "completed", "archived")}
    counts |= {"open": counts["pending"] + counts["analyzing"], "all": len(statuses)}
    filters = app.button_group(key="filter")
    assert dict(label.lower().split() for label in filters.options) == {name: str(n) for name, n in counts.items()}

    filters.set_value("archived").run()
    table = app.dataframe[0].value
    assert [status for [status] in table["status"]] == ["archived"] * counts["archived"]
    assert app.query_params["show"] == "archived"


def test_the_summary_column_holds_the_first_line_alone(
    open_app: OpenApp, ada: Session, new_case: Callable[..., Case]
) -> None:
    case = new_case(case_summary="\n  First line  \nSecond line")
    app = open_app(ada, show="All")
    assert row_of(app, case)["summary"] == "First line"


def test_dates_are_those_of_the_time_zone_of_the_browser(
    open_app: OpenApp, ada: Session, new_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streamlit.runtime.context.ContextProxy.timezone", "Pacific/Auckland")
    case = new_case(status="completed")
    day = case.created_at.astimezone(ZoneInfo("Pacific/Auckland"))
    assert row_of(open_app(ada, show="completed"), case)["waiting"] == f"closed {day.day} {day:%b}"


def test_an_export_under_way_keeps_no_case_from_being_opened(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada)
    export = Export(ada.user_id, "", WorklistQuery(), total=10, state="running", began_at=time.monotonic() - 2)
    app.session_state["worklist"].export = export
    app.query_params["case_id"] = str(case.case_id)
    app.run()
    assert app.text_area[0].value == case.case_summary


def test_an_export_that_no_browser_has_fetched_is_not_waited_for_again(open_app: OpenApp, ada: Session) -> None:
    app = open_app(ada)
    offered_at = time.monotonic() - START_SECONDS
    app.session_state["worklist"].export = Export(ada.user_id, "", WorklistQuery(), total=10, offered_at=offered_at)
    app.run()
    assert app.error[0].value == "The export broke off, and there is no whole file. Export once more."


def test_mine_is_the_status_that_a_key_has_set_in_a_triage_run(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada)
    app.session_state["triage-run"] = Run([case.case_id], total=1)
    app.run()
    update_case(ada, case.case_id, {"status": "completed"})
    press(app, "4 Archived")
    assert "Not saved: Status was changed elsewhere, too." in shown_html(app)
    press(app, "Keep mine")
    assert get_case(ada, case.case_id).status == "archived"
    press(app, "Skip")
    assert app.subheader[0].value == "1 of 1 case changed"
    press(app, "Undo all")
    assert get_case(ada, case.case_id).status == "completed"


def test_a_run_that_cannot_be_undone_says_to_open_the_case(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada)
    app.session_state["triage-run"] = Run([case.case_id], total=1)
    app.run()
    press(app, "4 Archived")
    update_case(ada, case.case_id, {"status": "completed"})
    press(app, "Undo all")
    told = "was not undone: it was changed again since. Open it to see how it stands now."
    assert [error.value for error in app.error] == [f"Case {case.case_id} {told}"]


def test_the_next_case_of_a_run_is_read_ahead_and_once_more_when_it_is_shown(
    open_app: OpenApp, connected: Supabase, ada: Session, case: Case, next_case: Case, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with FaultProxy(connected.url) as project:
        client.connect(Supabase(project.url, connected.key))
        app = begin_run(open_app(ada), case, next_case)
        opened = f"open user={ada.user_id} case={next_case.case_id} "
        assert opened not in caplog.text
        project.forget()
        press(app, "Skip")
        assert app.text_area[0].value == next_case.case_summary
        [asked] = project.requests(f"case_id=eq.{next_case.case_id}")
        assert asked.path.startswith("/rest/v1/cases?")
        assert project.requests(f"of_case={next_case.case_id}") == []
    assert caplog.text.count(opened) == 1


def test_nothing_is_decided_about_a_case_that_was_changed_since_it_was_read_ahead(
    open_app: OpenApp, ada: Session, case: Case, next_case: Case
) -> None:
    app = begin_run(open_app(ada), case, next_case)
    update_case(ada, next_case.case_id, {"case_summary": "Changed in the meantime."})
    press(app, "Skip")
    press(app, "Edit")
    app.number_input[0].set_value(46)
    press(app, "4 Archived")
    assert "Not saved: this case was changed elsewhere a moment before it was shown." in shown_html(app)
    assert (app.text_area[0].value, app.number_input[0].value) == ("Changed in the meantime.", 46)
    assert get_case(ada, next_case.case_id).status == "pending"
    press(app, "4 Archived")
    found = get_case(ada, next_case.case_id)
    assert (found.status, found.patient_age, found.case_summary) == ("archived", 46, "Changed in the meantime.")


def test_a_case_that_was_read_ahead_never_overwrites_what_was_changed_since(
    open_app: OpenApp, connected: Supabase, ada: Session, case: Case, next_case: Case
) -> None:
    with FaultProxy(connected.url) as project:
        client.connect(Supabase(project.url, connected.key))
        app = begin_run(open_app(ada), case, next_case)
        project.reset(f"case_id=eq.{next_case.case_id}")
        press(app, "Skip")
        assert app.session_state["panel"].opened.again.exception()
        project.forward()
        update_case(ada, next_case.case_id, {"status": "completed"})
        press(app, "4 Archived")
        assert "Not saved: Status was changed elsewhere, too." in shown_html(app)
        assert get_case(ada, next_case.case_id).status == "completed"


def test_what_could_not_be_read_ahead_is_read_when_it_is_shown(
    open_app: OpenApp, connected: Supabase, ada: Session, case: Case, next_case: Case
) -> None:
    with FaultProxy(connected.url) as project:
        client.connect(Supabase(project.url, connected.key))
        project.reset(f"of_case={next_case.case_id}")
        app = begin_run(open_app(ada), case, next_case)
        assert app.session_state["triage-run"].ahead.asked.exception()
        project.forward()
        press(app, "Skip")
    assert app.text_area[0].value == next_case.case_summary


def test_the_last_case_of_a_run_is_read_again_where_one_goes_back_to_it(
    open_app: OpenApp, ada: Session, case: Case, next_case: Case
) -> None:
    app = begin_run(open_app(ada), case, next_case)
    press(app, "Skip")
    keep_draft(ada, next_case.case_id, next_case.etag, {"case_summary": "Typed a minute ago."})
    press(app, "Back")
    press(app, "Skip")
    assert app.text_area[0].value == "Typed a minute ago."


def test_a_key_of_a_run_sends_no_field_that_is_not_drawn(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id), show="all")
    update_case(ada, case.case_id, {"patient_age": 77, "patient_name": "Changed Elsewhere"})
    press(app, "Triage")
    run = app.session_state["triage-run"]
    run.numbers.insert(run.place, case.case_id)
    app.run()
    press(app, "3 Completed")
    saved = get_case(ada, case.case_id)
    assert (saved.status, saved.patient_age, saved.patient_name) == ("completed", 77, "Changed Elsewhere")


def test_a_run_stands_at_the_case_that_is_opened_again_because_it_was_not_saved(
    open_app: OpenApp, ada: Session, case: Case, next_case: Case
) -> None:
    app = begin_run(open_app(ada), case, next_case)
    press(app, "Edit")
    app.number_input[0].set_value(200)
    press(app, "4 Archived")
    press(app, "Skip")
    press(app, f"Open case {case.case_id}")
    app.number_input[0].set_value(46)
    press(app, "4 Archived")
    saved = get_case(ada, case.case_id)
    assert (saved.status, saved.patient_age) == ("archived", 46)
    assert app.session_state["panel"].opened.case_id == next_case.case_id


def test_a_case_that_was_archived_since_it_was_read_ahead_is_decided_by_the_next_key(
    open_app: OpenApp, ada: Session, case: Case, next_case: Case
) -> None:
    app = begin_run(open_app(ada), case, next_case)
    update_case(ada, next_case.case_id, {"status": "archived"})
    press(app, "Skip")
    press(app, "3 Completed")
    assert get_case(ada, next_case.case_id).status == "archived"
    # Nothing was typed, so there is nothing to let go of.
    assert "Discard" not in labels(app)
    press(app, "3 Completed")
    assert get_case(ada, next_case.case_id).status == "completed"


def test_without_supabase_undoing_a_run_asks_once_and_says_so(
    open_app: OpenApp, connected: Supabase, ada: Session, case: Case, next_case: Case
) -> None:
    with FaultProxy(connected.url) as project:
        client.connect(Supabase(project.url, connected.key))
        app = begin_run(open_app(ada), case, next_case)
        press(app, "4 Archived")
        press(app, "4 Archived")
        project.forget()
        project.reset("/rest/v1/cases")
        press(app, "Undo all")
        asked = {request.path for request in project.requests("/rest/v1/cases")}
    assert all(f"case_id=eq.{next_case.case_id}" in path for path in asked)
    assert len(app.error) == 1
    assert f"Case {next_case.case_id} was not undone, nor what was saved before it." in app.error[0].value


def test_a_run_whose_rest_cannot_be_read_does_not_say_that_it_is_at_its_end(
    open_app: OpenApp, connected: Supabase, ada: Session, case: Case
) -> None:
    with FaultProxy(connected.url) as project:
        client.connect(Supabase(project.url, connected.key))
        app = open_app(ada)
        project.reset("list_worklist")
        rest = WorklistQuery(statuses=tuple(CaseStatus), order="case_id", limit=1)
        app.session_state["triage-run"] = Run([case.case_id], total=2, rest=rest)
        app.run()
        press(app, "Skip")
        assert app.error[0].value == "This is not the end: the rest of the list could not be read."
        project.forward()
        press(app, "Try again")
        assert app.session_state["panel"].opened.case_id != case.case_id


def test_what_was_saved_here_is_no_news_after_the_list_was_read_again(newcomer: Clinician) -> None:
    case_id, worklist = newcomer.create_case(), Worklist()
    read_worklist(newcomer, worklist)
    loaded = get_case(newcomer, case_id)
    worklist.show(loaded, update_case(newcomer, case_id, {"status": "completed"}))
    read_worklist(newcomer, worklist)
    look_for_changes(newcomer, worklist)
    assert worklist.changed == 0


def test_a_case_on_a_page_of_its_own_has_no_keys_of_a_triage_run(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada)
    app.session_state["triage-run"] = Run([case.case_id], total=1)
    app.switch_page("case.py")
    app.query_params["case_id"] = str(case.case_id)
    app.run()
    assert app.text_area[0].value == case.case_summary
    assert not {"1 Pending", "Skip", "Back", "End"} & set(labels(app))


def test_a_search_ends_where_the_address_asks_for_something_else(
    open_app: OpenApp, ada: Session, new_case: Callable[..., Case]
) -> None:
    new_case(status="archived", case_summary="Closed.")
    app = open_app(ada)
    app.text_input(key="search").set_value("Closed").run()
    assert app.query_params["show"] == "all"
    del app.query_params["show"]
    app.run()
    assert (app.session_state["worklist"].shown, app.session_state["worklist"].text) == ("open", "")


def test_an_ended_session_asks_for_the_sign_in_at_the_next_click_in_the_list(
    open_app: OpenApp, ada: Session, hold_cookie_of: Callable[[Session | None], None]
) -> None:
    for label in ("Export CSV", "Triage"):
        app = open_app(ada)
        hold_cookie_of(None)
        press(app, label)
        assert not app.dataframe
        assert [field.label for field in app.text_input] == ["Email", "Password"]
    app = open_app(ada)
    hold_cookie_of(None)
    app.text_input(key="search").set_value("Anna").run()
    assert [field.label for field in app.text_input] == ["Email", "Password"]


def test_the_address_opens_a_case_that_the_table_does_not_show(
    open_app: OpenApp, ada: Session, new_case: Callable[..., Case]
) -> None:
    case = new_case(status="archived", case_summary="Closed.")
    app = open_app(ada, case_id=str(case.case_id))
    assert f"case {case.case_id}" in shown_html(app)
    assert app.text_area[0].value == "Closed."


def test_a_save_sends_the_changed_fields_alone_and_names_them(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    sent = record_patches()
    app.text_area[0].set_value("Better.")
    status_of(app, case).set_value("completed")
    press(app, "Save changes")
    assert sent == [{"case_summary": "Better.", "status": "completed"}]
    assert "Saved: Case summary · Status: Pending → Completed." in shown_html(app)
    assert get_case(ada, case.case_id).case_summary == "Better."
    assert app.query_params["case_id"] == str(case.case_id)


def test_a_field_that_a_click_kept_from_being_drawn_is_filled_when_it_is_drawn_next(
    open_app: OpenApp, ada: Session, new_case: Callable[..., Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = new_case(case_summary="Before.")
    app = open_app(ada, case_id=str(case.case_id))
    app.text_area[0].set_value("After.")
    press(app, "Save changes")
    in_the_browser = app._tree.get_widget_states()
    clicks: list[RerunData] = []

    def click_and_draw(*args: Any, **options: Any) -> None:
        context = get_script_run_ctx()
        assert context
        assert context.script_requests
        if not clicks:
            clicks.append(RerunData(context.query_string, in_the_browser, context.page_script_hash))
            context.script_requests.request_rerun(clicks[0])
        case_form.draw_fields(*args, **options)

    monkeypatch.setattr(case_panel, "draw_fields", click_and_draw)
    press(app, "Undo")
    assert len(clicks) == 1
    assert app.text_area[0].value == "Before."


def test_nothing_changed_sends_nothing(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    sent = record_patches()
    press(app, "Save changes")
    assert sent == []
    assert "Nothing to save" in shown_html(app)


def test_an_invalid_value_is_explained_and_what_was_typed_stays(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    app.number_input[0].set_value(151)
    app.text_area[0].set_value("Typed beside it.")
    press(app, "Save changes")
    assert "Patient age is too large; allowed is whole years from 0 to 150" in shown_html(app)
    assert (app.number_input[0].value, app.text_area[0].value) == (151, "Typed beside it.")
    assert get_case(ada, case.case_id) == case


def test_a_change_made_elsewhere_is_shown_before_it_is_overwritten(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    update_case(ada, case.case_id, {"case_summary": "Elsewhere."})
    app.text_area[0].set_value("Here.")
    press(app, "Save changes")
    assert "Not saved: Case summary was changed elsewhere, too." in shown_html(app)
    assert "<ins>Elsewhere" in shown_html(app)
    assert get_case(ada, case.case_id).case_summary == "Elsewhere."
    press(app, "Keep mine")
    assert get_case(ada, case.case_id).case_summary == "Here."
    assert "Saved: Case summary." in shown_html(app)


def test_a_case_whose_draft_cannot_be_put_on_top_of_it_is_not_opened_with_empty_fields(
    open_app: OpenApp, ada: Session, case: Case, connected: Supabase
) -> None:
    keep_draft(ada, case.case_id, case.etag, {"case_summary": "Typed."})
    update_case(ada, case.case_id, {"status": "completed"})
    with FaultProxy(connected.url) as between:
        between.reset("/case_events")
        client.connect(Supabase(between.url, connected.key))
        app = open_app(ada, case_id=str(case.case_id))
        assert not app.text_area
        assert app.error[0].value.startswith(f"Case {case.case_id} could not be opened.")
        between.forward()
        press(app, "Try again")
        assert (app.text_area[0].value, app.number_input[0].value) == ("Typed.", case.patient_age)


def test_a_case_that_is_opened_again_is_read_again(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    del app.query_params["case_id"]
    app.run()
    assert not app.text_area
    update_case(ada, case.case_id, {"case_summary": "Changed in the meantime."})
    app.query_params["case_id"] = str(case.case_id)
    app.run()
    assert app.text_area[0].value == "Changed in the meantime."


def test_an_address_from_before_the_click_does_not_bring_the_case_before_back(
    open_app: OpenApp, ada: Session, case: Case, next_case: Case
) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    # A row was clicked, and this button before the browser knew of the new address.
    app.session_state["panel"].open(next_case.case_id)
    next(button for button in app.button if button.label.startswith("As of")).click().run()
    assert app.query_params["case_id"] == str(next_case.case_id)
    assert app.text_area[0].value == next_case.case_summary


def test_another_clinicians_case_looks_like_a_missing_one(open_app: OpenApp, ben: Session, case: Case) -> None:
    strangers = open_app(ben, case_id=str(case.case_id))
    missing = open_app(ben, case_id="999999")
    assert [message.value for message in strangers.error] == [message.value for message in missing.error]
    assert strangers.error[0].value.startswith("Case not found")
    assert not strangers.text_area
    assert case.case_id not in set(strangers.dataframe[0].value["case_id"])


@pytest.mark.parametrize("number", ["0", "-1", "1e3", "٣", "99999999999999999999", "1; drop table cases"])
def test_a_case_number_that_is_none_opens_nothing(open_app: OpenApp, ada: Session, number: str) -> None:
    app = open_app(ada, case_id=number)
    assert not app.exception
    assert not app.text_area


def test_without_supabase_the_pages_say_so_plainly(open_app: OpenApp, ada: Session, case: Case) -> None:
    app = open_app(ada, case_id=str(case.case_id))
    app.text_area[0].set_value("Typed before it went away.")
    client.connect(Supabase(f"http://127.0.0.1:{free_port()}", "sb_publishable_x"))
    press(app, "Save changes")
    assert not app.exception
    assert "it is not known whether this was saved. What you typed is still here." in shown_html(app)
    assert app.text_area[0].value == "Typed before it went away."


def test_without_supabase_nobody_signs_in_and_the_page_says_why(open_app: OpenApp) -> None:
    app = open_app()
    client.connect(Supabase(f"http://127.0.0.1:{free_port()}", "sb_publishable_x"))
    app.text_input(key="email").set_value("ada@demo.example")
    app.text_input(key="password").set_value("casedesk-demo")
    press(app, "Sign in")
    assert not app.exception
    assert app.error[0].value.startswith("The connection to the server failed.")


def test_a_wrong_key_is_told_on_the_sign_in_page_and_the_log_says_what_to_set(
    open_app: OpenApp, connected: Supabase, caplog: pytest.LogCaptureFixture
) -> None:
    client.connect(Supabase(connected.url, "sb_publishable_wrong"))
    app = open_app()
    assert not app.exception
    app.text_input(key="email").set_value("ada@demo.example")
    app.text_input(key="password").set_value("casedesk-demo")
    press(app, "Sign in")
    assert not app.exception
    assert len(app.error) == 2
    for message in app.error:
        assert message.value.startswith("Case Desk is not set up correctly")
        [reference] = re.findall(r"reference (\w{8})", message.value)
        [line] = [line for line in caplog.messages if reference in line]
        assert "Supabase does not accept SUPABASE_KEY" in line


@pytest.mark.parametrize("allowed", [True, False])
def test_an_account_is_offered_where_the_project_lets_people_sign_up(
    open_app: OpenApp, connected: Supabase, allowed: bool
) -> None:
    with FaultProxy(connected.url) as project:
        project.answer(200, json.dumps({"disable_signup": not allowed}), path="/auth/v1/settings")
        client.connect(Supabase(project.url, connected.key))
        assert ("Create account" in labels(open_app())) is allowed


def test_a_session_that_was_ended_elsewhere_leaves_the_sign_in_page(
    open_app: OpenApp, connected: Supabase, browser_sessions: SessionStore
) -> None:
    app = open_app(sign_in("ada@demo.example", PASSWORD))
    browser_sessions.end(browser.browser_cookie())
    app.run()
    assert not app.dataframe
    assert [field.label for field in app.text_input] == ["Email", "Password"]
    assert app.info[0].value.startswith("Your session has ended.")


def test_what_one_clinician_left_in_a_tab_is_gone_for_the_next_in_the_same_browser(
    open_app: OpenApp, ada: Session, ben: Session, hold_cookie_of: Callable[[Session | None], None], case: Case
) -> None:
    for next_one in (ben, None):
        app = open_app(ada, case_id=str(case.case_id))
        app.session_state["left"] = "of Ada's"
        app.run()
        assert app.session_state["left"] == "of Ada's"
        hold_cookie_of(next_one)
        app.run()
        assert "left" not in app.session_state


def record_patches() -> list[dict[str, Any]]:
    """Collect the bodies of the updates that leave for Supabase from now on."""
    sent: list[dict[str, Any]] = []

    def note(request: httpx.Request) -> None:
        if request.method == "PATCH":
            sent.append(json.loads(request.content))

    assert client._pool
    client._pool.event_hooks["request"].append(note)
    return sent


@pytest.fixture
def next_case(new_case: Callable[..., Case]) -> Case:
    return new_case(case_summary="Fever for two days.", status="pending")


def begin_run(app: AppTest, *cases: Case) -> AppTest:
    """Show the first of these cases in a triage run, and wait until the second one is read ahead."""
    run = app.session_state["triage-run"] = Run([case.case_id for case in cases], total=len(cases))
    app.run()
    assert run.ahead
    run.ahead.asked.exception()
    return app


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if button.label == label).click().run()


def shown_html(app: AppTest) -> str:
    """What the page shows of its own making, such as what came of a save."""
    return "\n".join(html.unescape(element.proto.body) for element in app.get("html"))


def status_of(app: AppTest, case: Case) -> Any:
    return app.button_group(key=f"status-of-case-{case.case_id}")


def labels(app: AppTest) -> list[str]:
    return [button.label for button in app.button]


def row_of(app: AppTest, case: Case) -> dict[str, Any]:
    table = app.dataframe[0].value
    [row] = table[table["case_id"] == case.case_id].to_dict("records")
    return {str(column): value for column, value in row.items()}
