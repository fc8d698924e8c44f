"""One case by its address, `/case?case_id=<number>`: the same panel as beside the worklist."""

import streamlit as st

from lib.errors import CaseNotFound
from lib.ui.browser import require_session
from lib.ui.case_panel import case_in_url, draw_case_panel
from lib.ui.failures import shown_failures

session = require_session()
_, middle, _ = st.columns([1, 4, 1])
with middle, shown_failures():
    st.page_link("worklist.py", label="Back to the worklist", icon=":material/arrow_back:")
    case_id = case_in_url()
    if case_id is None:
        raise CaseNotFound
    draw_case_panel(session, case_id)
