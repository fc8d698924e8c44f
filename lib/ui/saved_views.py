"""Saved views in the popover of the filters: choose one, save what is shown as one, remove one."""

from __future__ import annotations

import streamlit as st

from lib.cases.views import NAME_LIMIT, SavedView, list_views, remove_view, save_view
from lib.errors import CaseDeskError
from lib.ui.browser import read_session
from lib.ui.failures import explain
from lib.ui.open_case import find_panel, redraw
from lib.ui.uninterrupted import uninterrupted
from lib.ui.worklist_state import FILTERS_LINE, Worklist, find_worklist, reread

_NAME = "name-of-view"


def draw_saved_views(worklist: Worklist) -> None:
    """Draw the clinician's saved views, and a field to save what is shown now as one more."""
    if worklist.views is None:
        _read_views(worklist)
    for view in worklist.views or ():
        _draw_view(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(
            "Save this view as", max_chars=NAME_LIMIT, key=_NAME, autocomplete="off", placeholder="My overdue"
        )
        st.button("Save view", on_click=save_shown)
    if worklist.views_problem:
        st.error(worklist.views_problem)


def show_view(view: SavedView) -> None:
    """Read and show what a saved view shows; a search ends."""
    reread(lambda worklist: worklist.show_view(view.filters), by_line=True)


def save_shown() -> None:
    """Save the filters and the order that are shown under the name that is typed."""
    worklist, name = uninterrupted(lambda: (find_worklist(), str(st.session_state.get(_NAME, ""))))
    try:
        save_view(read_session(), name, worklist.filters)
        worklist.views, worklist.views_problem = None, ""
    except CaseDeskError as error:
        worklist.views_problem = explain(error)
    redraw(find_panel(), FILTERS_LINE)


def remove(view: SavedView) -> None:
    """Remove a saved view."""
    worklist = uninterrupted(find_worklist)
    try:
        remove_view(read_session(), view)
        worklist.views, worklist.views_problem = None, ""
    except CaseDeskError as error:
        worklist.views_problem = explain(error)
    redraw(find_panel(), FILTERS_LINE)


def _draw_view(view: SavedView) -> None:
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.button(escape_label(view.name), type="tertiary", key=f"view-{view.place}", on_click=show_view, args=(view,))
        st.button(
            "Remove",
            icon=":material/delete:",
            type="tertiary",
            key=f"remove-view-{view.place}",
            help=f"Remove the view at place {view.place}",
            on_click=remove,
            args=(view,),
        )


def _read_views(worklist: Worklist) -> None:
    try:
        worklist.views, worklist.views_problem = list_views(read_session()), ""
    except CaseDeskError as error:
        worklist.views_problem = explain(error)


def escape_label(text: str) -> str:
    """Write what a clinician typed so that a label shows it as it is: labels are markdown."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]()#+-.!:$<>|~&" else each for each in text)
