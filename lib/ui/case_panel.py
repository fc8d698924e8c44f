"""The panel: the open case with its banner, its form, and what came of the last save."""

from __future__ import annotations

from functools import partial

import streamlit as st

from lib.cases.models import Case
from lib.errors import CaseNotFound
from lib.ui.banner import draw_banner
from lib.ui.browser import require_session
from lib.ui.case_form import TYPED_FIELDS, draw_fields
from lib.ui.clash import draw_clash
from lib.ui.draft_keeper import draw_draft_keeper, draw_draft_notice
from lib.ui.drafting import discard, open_ahead, read_opened, show_stored
from lib.ui.failures import explain
from lib.ui.flagging import draw_flag
from lib.ui.going_on import draw_steps, save_and_go_on
from lib.ui.look import BACK, OPEN_CASE, SAVE_BAR, TIMELINE
from lib.ui.new_case import page_shortcut
from lib.ui.open_case import (
    PANEL,
    Drafted,
    OpenCase,
    Panel,
    field_key,
    fill_fields,
    find_panel,
    put_case_in_url,
    redraw,
)
from lib.ui.privacy import hidden_fields, hides_names
from lib.ui.run_view import draw_run_keys, draw_run_steps
from lib.ui.save_result import draw_result, draw_result_buttons
from lib.ui.saving import submit_form
from lib.ui.scripts import opening_html
from lib.ui.taking_back import restore, toggle_history
from lib.ui.timeline import draw_restore_question, draw_timeline
from lib.ui.triage_run import RUN, Run, find_run, read_on
from lib.ui.uninterrupted import uninterrupted
from lib.ui.worklist_state import find_worklist


@st.fragment(key=PANEL)
def draw_case_panel() -> None:
    """Draw the open case, reading it where it was opened just now, or say how to open one."""
    require_session()
    panel = find_panel()
    st.html(opening_html(), unsafe_allow_javascript=True)
    news = st.empty()
    if panel.opened and not panel.opened.case:
        # An element takes the place of the form that was there: nothing more is typed into it from here on.
        place = st.empty()
        if not panel.opened.is_answered:
            news.text(f"Opening case {panel.opened.case_id}…")
        read_opened(panel.opened, find_worklist())
        news.empty()
        content = place.container(key=OPEN_CASE)
    else:
        content = st.container(key=OPEN_CASE)
    with content:
        _draw(panel)
    panel.asked.discard(PANEL)
    if run := _find_run():
        read_on(run)


def retry_opening(case_id: int) -> None:
    """Try once more to open a case that could not be read."""
    panel = uninterrupted(find_panel)
    open_ahead(panel, case_id, panel.result)
    redraw(panel)


def go_back_to_list() -> None:
    """Let go of the open case, where it covers the list."""
    panel, worklist = uninterrupted(lambda: (find_panel(), find_worklist()))
    panel.close()
    worklist.is_left = True
    uninterrupted(lambda: put_case_in_url(None))
    redraw(panel)


def _find_run() -> Run | None:
    """Return the triage run where this page shows it: a case on a page of its own is not the one that it stands at."""
    return find_run() if RUN in find_panel().fragments else None


def _draw(panel: Panel) -> None:
    if not panel.opened:
        if not _find_run():
            st.info("Click a case in the table to open it here, or go to it with the arrow keys.")
        _draw_news(panel)
    elif not panel.opened.case:
        _draw_failure(panel, panel.opened)
    else:
        _draw_opened(panel, panel.opened, panel.opened.case)


def _draw_failure(panel: Panel, opened: OpenCase) -> None:
    assert opened.failure
    if isinstance(opened.failure, CaseNotFound):
        st.error(explain(opened.failure))
    else:
        st.error(f"Case {opened.case_id} could not be opened. {explain(opened.failure)}")
        st.button("Try again", icon=":material/refresh:", on_click=retry_opening, args=(opened.case_id,))
    _draw_news(panel)


def _draw_news(panel: Panel) -> None:
    """Say what came of a save where there is no form."""
    draw_result(panel)
    draw_result_buttons(panel, st.button)


def _draw_opened(panel: Panel, opened: OpenCase, case: Case) -> None:
    if not _find_run():
        st.button("Back to the list", key=BACK, icon=":material/arrow_back:", type="tertiary", on_click=go_back_to_list)
    ways = partial(_draw_ways, panel, opened, case)
    worklist = find_worklist()
    is_behind = panel.has_worklist and not _find_run() and not opened.clash and worklist.is_behind(case)
    draw_banner(
        case,
        opened.namesakes,
        ways,
        filled=_list_filled(opened, case),
        is_flagged=opened.is_flagged,
        older_list=worklist.read_at if is_behind else None,
    )
    _draw_form(panel, opened, case)


def _list_filled(opened: OpenCase, case: Case) -> list[str]:
    """Return which fields of the form hold something: what they are filled with now, or held before."""
    held = {name: st.session_state.get(field_key(case.case_id, name), getattr(case, name)) for name in TYPED_FIELDS}
    return [name for name, value in (held | opened.fill).items() if name in held and value not in ("", None)]


def _draw_ways(panel: Panel, opened: OpenCase, case: Case) -> None:
    """Draw the buttons beside the banner: the flag, and those that lead to other cases."""
    draw_flag(opened, case)
    if run := _find_run():
        draw_run_steps(run, case)
    elif panel.has_worklist:
        draw_steps()


def _draw_form(panel: Panel, opened: OpenCase, case: Case) -> None:
    is_hidden = hides_names()
    if opened.is_brief and _needs_all(panel, opened):
        opened.show_all()
    fill_fields(opened, hidden=hidden_fields() | opened.left_out)
    # Enter would press the first of many buttons; Ctrl+Enter is the save button's own.
    with st.form(f"form-of-case-{case.case_id}", border=False, enter_to_submit=False):
        if opened.clash and is_hidden:
            st.warning("There is something to decide about this case. Show names to do so.")
        elif opened.clash:
            draw_clash(case, opened.clash)
        draw_fields(case, is_brief=opened.is_brief)
        if _find_run():
            draw_run_keys(case)
        with st.container(key=SAVE_BAR):
            _draw_save_bar(panel, opened, case)
        if opened.shows_history:
            with st.container(key=TIMELINE):
                draw_timeline(case, restore=restore, offer=st.form_submit_button)
    opened.fill = {}


def _needs_all(panel: Panel, opened: OpenCase) -> bool:
    """Tell whether more than the summary is at issue: something to decide, to correct, or typed earlier."""
    result = panel.result if panel.result and panel.result.case.case_id == opened.case_id else None
    is_typed = bool(opened.drafted and opened.drafted.filled.keys() & opened.left_out)
    return bool(opened.clash or opened.new_name or is_typed or (result and result.typed))


def _draw_save_bar(panel: Panel, opened: OpenCase, case: Case) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.form_submit_button(
            "Save changes",
            type="primary",
            shortcut=page_shortcut("Ctrl+Enter"),
            key=f"save-case-{case.case_id}",
            on_click=submit_form,
            args=(case,),
        )
        if panel.has_worklist and not _find_run():
            st.form_submit_button(
                "Save and next", key=f"save-and-next-{case.case_id}", on_click=save_and_go_on, args=(case,)
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
            _draw_keeper(opened, opened.drafted, case)
    draw_result(panel)
    if opened.drafted and opened.drafted.notice:
        draw_draft_notice(case, opened.drafted.notice, save=submit_form, discard=discard)
    if opened.shows_history:
        draw_restore_question(case, restore=restore, offer=st.form_submit_button)


def _draw_keeper(opened: OpenCase, drafted: Drafted, case: Case) -> None:
    draw_draft_keeper(
        drafted.base,
        opening=opened.opening,
        filled=drafted.filled,
        draft=drafted.seen,
        decisions=drafted.decisions,
        left_out=opened.left_out,
        show_stored=partial(show_stored, case),
    )
