"""The clinician's cases, those that wait longest first, and the open one beside them."""

import streamlit as st

from lib.ui.browser import require_session
from lib.ui.case_panel import draw_case_panel
from lib.ui.filter_line import draw_filters
from lib.ui.many import keep_list_once
from lib.ui.open_case import PANEL, follow_url
from lib.ui.run_view import draw_run
from lib.ui.triage_run import find_run, resume_run
from lib.ui.worklist_state import FILTERS_LINE, TABLE, find_worklist, read_worklist, show_asked_filters
from lib.ui.worklist_table import draw_worklist

session = require_session()
if run := find_run():
    resume_run(run)
    draw_run()
    # The panel stands in the second column here, too: Streamlit draws a fragment where it was drawn first.
    _, panel = st.columns([1, 14])
    with panel:
        draw_case_panel()
    st.stop()
follow_url(FILTERS_LINE, TABLE, PANEL)
worklist = find_worklist()
show_asked_filters(worklist)
if not keep_list_once():
    read_worklist(session, worklist)

draw_filters()
table, panel = st.columns([5, 3], gap="medium")
with table:
    draw_worklist()
with panel:
    draw_case_panel()
