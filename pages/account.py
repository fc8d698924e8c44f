"""The clinician's account: address, what is typed and not saved, password, and the end of all sessions."""

import streamlit as st

from lib.ui.account_forms import draw_password_change
from lib.ui.browser import require_session, sign_out_everywhere
from lib.ui.draft_keeper import draw_drafts
from lib.ui.failures import shown_failures

session = require_session()
_, middle, _ = st.columns([1, 4, 1])
with middle:
    st.text(f"Signed in as {session.email}")
    st.subheader("Unsaved text", anchor=False)
    draw_drafts()
    st.subheader("Password", anchor=False)
    draw_password_change(session)
    st.subheader("Sessions", anchor=False)
    st.text("A lost phone, a shared computer? This ends your sessions in every browser, this one included.")
    if st.button("Sign out everywhere", icon=":material/logout:"):
        with shown_failures():
            sign_out_everywhere(session)
