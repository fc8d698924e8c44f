"""The panel: the open case with its banner, its form, and what came of the last save."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lib.cases.models import Case
from lib.errors import CaseNotFound
from lib.logs import Action, logged_action
from lib.ui.banner import draw_banner
from lib.ui.browser import read_session, require_session
from lib.ui.case_form import draw_fields, mark_field
from lib.ui.clash import draw_clash
from lib.ui.draft_keeper import draw_draft_keeper, draw_draft_notice
from lib.ui.drafting import discard, read_with_draft, show_stored
from lib.ui.failures import explain
from lib.ui.look import OPEN_CASE, SAVE_BAR
from lib.ui.new_case import page_shortcut
from lib.ui.open_case import PANEL, OpenCase, Panel, fill_fields, find_panel, redraw
from lib.ui.save_result import draw_result, draw_result_buttons
from lib.ui.saving import restore, submit_form, toggle_history
from lib.ui.timeline import draw_timeline


@st.fragment(key=PANEL)
def draw_case_panel() -> None:
    """Draw the open case, reading it where it was opened just now, or say how to open one."""
    require_session()
    panel = find_panel()
    news = st.empty()
    if panel.opened and not panel.opened.case:
        # An element takes the place of the form that was there: nothing more is typed into it from here on.
        place = st.empty()
        news.text(f"Opening case {panel.opened.case_id}…")
        _read(panel.opened)
        news.empty()
        content = place.container(key=OPEN_CASE)
    else:
        content = st.container(key=OPEN_CASE)
    with content:
        _draw(panel)


def retry_opening(case_id: int) -> None:
    """Try once more to open a case that could not be read."""
    panel = find_panel()
    panel.open(case_id)
    redraw(panel)


def _read(opened: OpenCase) -> None:
    """Read a case; where it cannot be read, remember why."""
    try:
        session = read_session()
        with logged_action(Action("open", session.user_id, opened.case_id)):
            read_with_draft(session, opened)
    except Exception as error:
        opened.failure = error


def _draw(panel: Panel) -> None:
    if not panel.opened:
        st.info("Click a case in the table to open it here, or go to it with the arrow keys.")
        _draw_news(panel)
    elif not panel.opened.case:
        _draw_failure(panel, panel.opened)
    else:
        draw_banner(panel.opened.case)
        _draw_form(panel, panel.opened, panel.opened.case)


def _draw_failure(panel: Panel, opened: OpenCase) -> None:
    assert opened.failure
    if isinstance(opened.failure, CaseNotFound):
        st.error(explain(opened.failure))
    else:
        st.error(f"Case {opened.case_id} could not be opened. {explain(opened.failure)}")
        st.button("Try again", icon=":material/refresh:", on_click=retry_opening, args=(opened.case_id,))
    _draw_news(panel)


def _draw_news(panel: Panel) -> None:
    """Say what came of a save of a case that is not open any more."""
    draw_result(panel)
    draw_result_buttons(panel, st.button)


def _draw_form(panel: Panel, opened: OpenCase, case: Case) -> None:
    fill_fields(opened)
    with st.form(f"form-of-case-{case.case_id}", border=False, enter_to_submit=True):
        if opened.drafted and opened.drafted.notice:
            draw_draft_notice(case, opened.drafted.notice, save=submit_form, discard=discard)
        if opened.clash:
            draw_clash(case, opened.clash)
        draw_fields(case)
        with st.container(key=SAVE_BAR):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.form_submit_button(
                    "Save changes",
                    type="primary",
                    shortcut=page_shortcut("Ctrl+Enter"),
                    key=f"save-case-{case.case_id}",
                    on_click=submit_form,
                    args=(case,),
                )
                st.form_submit_button(
                    "Hide history" if opened.shows_history else "History",
                    icon=":material/history:",
                    key=f"history-of-case-{case.case_id}",
                    on_click=toggle_history,
                    args=(case,),
                )
                draw_result_buttons(panel, st.form_submit_button)
                if opened.drafted:
                    draw_draft_keeper(
                        opened.drafted.base,
                        opening=opened.opening,
                        filled=opened.drafted.filled,
                        draft=opened.drafted.seen,
                        decisions=opened.drafted.decisions,
                        show_stored=partial(show_stored, case),
                    )
            draw_result(panel)
        if opened.shows_history:
            draw_timeline(case, restore=restore, offer=st.form_submit_button)
    if panel.result and panel.result.field and panel.result.case.case_id == case.case_id:
        mark_field(case, panel.result.field)
