"""The worklist as a file: a button, and how far the file has come where that takes longer."""

from __future__ import annotations

import time
from contextlib import suppress

import streamlit as st

from lib.bootstrap import desk
from lib.cases.export import Export
from lib.errors import NotAuthenticated
from lib.ui.browser import browser_cookie, read_session
from lib.ui.open_case import PANEL, find_panel, redraw
from lib.ui.scripts import export_html
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import tell_count
from lib.ui.worklist_state import TABLE, Worklist, find_worklist

PATIENCE_SECONDS = 1.0
"""After so long, a clinician wants to know how far it has come."""

START_SECONDS = 10
"""How long a browser may take to follow its link, from the click on."""

_LOOK_SECONDS = 0.1


def draw_export(worklist: Worklist) -> None:
    """Draw the button that exports all cases that the filters let through, and what became of the last export."""
    st.button(
        "Export CSV",
        icon=":material/download:",
        type="tertiary",
        key="export-cases",
        on_click=start_export,
        help="All cases that are found, on all pages, as a file for spreadsheets",
    )
    if worklist.export_ticket:
        # Once: the link is good for one try.
        st.html(export_html(worklist.export_ticket), unsafe_allow_javascript=True)
        worklist.export_ticket = ""
    if worklist.export:
        _draw_progress(worklist.export)


def start_export() -> None:
    """Have this browser fetch what is found now, by a link that is good once."""
    worklist, panel, cookie = uninterrupted(lambda: (find_worklist(), find_panel(), browser_cookie()))
    query = worklist.query.model_copy(update={"after": None})
    with suppress(NotAuthenticated):
        # Where the session has ended, what is drawn next asks for the sign-in.
        worklist.export = Export(read_session().user_id, cookie, query, worklist.total)
        worklist.export_ticket = desk().exports.issue(worklist.export)
    redraw(panel, TABLE)


def _draw_progress(export: Export) -> None:
    """Show how far an export has come, until it has ended; a newer interaction and the open case go first."""
    place, until = st.empty(), export.offered_at + START_SECONDS
    while export.is_running or (export.state == "offered" and time.monotonic() < until):
        if export.seconds > PATIENCE_SECONDS:
            part = min(1.0, export.done / max(1, export.total))
            place.progress(part, text=f"{export.done} of {tell_count(export.total)} exported")
        else:
            place.empty()
        if PANEL in find_panel().asked:
            # The panel is drawn after the table, and is what was clicked for.
            return
        time.sleep(_LOOK_SECONDS)
    if export.state == "finished":
        place.text(f"{tell_count(export.done)} exported.")
    else:
        place.error("The export broke off, and there is no whole file. Export once more.")
