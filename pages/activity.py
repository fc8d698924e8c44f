"""What the clinician has changed, over all cases, day by day; and which cases somebody else has changed."""

import streamlit as st

from lib.ui.activity import draw_activity, draw_unseen_changes
from lib.ui.browser import require_session
from lib.ui.failures import shown_failures

session = require_session()
_, middle, _ = st.columns([1, 6, 1])
with middle, st.container(key="activity"):
    with shown_failures():
        draw_unseen_changes(session)
    with shown_failures():
        draw_activity(session)
