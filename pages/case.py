"""One case by its address, `/case?case_id=<number>`: the same panel as beside the worklist."""

import streamlit as st

from lib.errors import CaseNotFound
from lib.ui.browser import require_session
from lib.ui.case_panel import draw_case_panel
from lib.ui.failures import shown_failures
from lib.ui.open_case import PANEL, case_in_url, follow_url

require_session()
_, middle, _ = st.columns([1, 4, 1])
with middle, shown_failures():
    st.page_link("worklist.py", label="Back to the worklist", icon=":material/arrow_back:")
    if case_in_url() is None:
        raise CaseNotFound
    follow_url(PANEL)
    draw_case_panel()
