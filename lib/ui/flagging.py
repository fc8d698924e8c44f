"""The button that flags the open case, or takes its flag off."""

from __future__ import annotations

import streamlit as st

from lib.cases.flags import flag_case, unflag_case
from lib.cases.models import Case
from lib.logs import Action, logged_action
from lib.ui.browser import read_session
from lib.ui.failures import explain
from lib.ui.open_case import PANEL, OpenCase, Result, find_panel, redraw
from lib.ui.uninterrupted import uninterrupted
from lib.ui.worklist_state import TABLE, find_worklist

UNKNOWN = " It is not known whether the flag was changed; the button can be pressed again without harm."


def draw_flag(opened: OpenCase, case: Case) -> None:
    """Draw the button that says whether the open case is flagged, and changes it."""
    st.button(
        "Unflag" if opened.is_flagged else "Flag",
        key=f"press-f-flag-of-case-{case.case_id}",
        icon=":material/flag:",
        type="secondary" if opened.is_flagged else "tertiary",
        on_click=toggle_flag,
        args=(case, not opened.is_flagged),
        help="Flagged cases come first in the triage order (F)",
    )


def toggle_flag(case: Case, flagged: bool) -> None:
    """Flag a case or take its flag off, as its button said; the row stays where it is until the list is read again."""
    panel, worklist = uninterrupted(lambda: (find_panel(), find_worklist()))
    try:
        session = read_session()
        with logged_action(Action("flag" if flagged else "unflag", session.user_id, case.case_id)):
            (flag_case if flagged else unflag_case)(session, case.case_id)
    except Exception as error:
        panel.result = Result(case, "error", explain(error, UNKNOWN))
        redraw(panel, PANEL)
    worklist.flag(case.case_id, flagged=flagged)
    if opened := panel.find_opened(case):
        opened.is_flagged = flagged
    redraw(panel, TABLE, PANEL)
