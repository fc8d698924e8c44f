"""The router: signed out, the sign-in page alone; signed in, the pages."""

import time
from contextlib import nullcontext

import streamlit as st

from lib.backend.client import ANSWER_SECONDS
from lib.backend.deadlines import answered_within
from lib.ui.browser import find_session, guard_fields, sign_out_here, watch_activity
from lib.ui.keys_list import draw_keys_list
from lib.ui.look import ACCOUNT_LINE, ACCOUNT_MENU
from lib.ui.privacy import draw_privacy_switch

started = time.monotonic()
st.set_page_config(page_title="Case Desk", page_icon="🩺", layout="wide")
guard_fields()

home = st.Page("worklist.py", title="Worklist", icon=":material/list:", default=True)
others = [
    st.Page("case.py", title="Case", icon=":material/person:", visibility="hidden"),
    st.Page("activity.py", title="Activity", icon=":material/history:"),
    st.Page("account.py", title="Account", icon=":material/manage_accounts:"),
]

with answered_within(ANSWER_SECONDS, since=started):
    session = find_session()
if session is None:
    # Under every address, so that a link to a case leads to that case after the sign-in.
    st.navigation(
        [
            st.Page("sign_in.py", title="Sign in", default=True),
            *(st.Page("sign_in.py", title="Sign in", url_path=page.url_path) for page in others),
        ],
        position="hidden",
    ).run()
    st.stop()

page = st.navigation([home, *others], position="top")
with st.container(key=ACCOUNT_LINE, horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
    st.title(page.title, anchor=False)
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        draw_keys_list()
        draw_privacy_switch()
        with st.popover(session.email, key=ACCOUNT_MENU, icon=":material/account_circle:", type="tertiary"):
            st.text(f"Signed in as {session.email}")
            asked = st.button("Sign out", icon=":material/logout:")
if asked:
    sign_out_here(session)
    # The sign-in page, for who stays because something could not be kept: signed in again, it is.
    st.rerun()

watch_activity()
# A page asks several things, some after others. What is asked on the account page may have to wait for its turn first.
with nullcontext() if page.url_path == "account" else answered_within(ANSWER_SECONDS, since=started):
    page.run()
