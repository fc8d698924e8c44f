"""Sign in; from here also a new password, and an account where the project lets people create one."""

import streamlit as st

from lib.ui.account_forms import draw_sign_in_forms
from lib.ui.browser import browser_cookie

_, middle, _ = st.columns([1, 2, 1])
with middle:
    st.title("Case Desk", anchor=False)
    if browser_cookie():
        st.info("Your session has ended. Sign in again, and you are back on this page.")
    draw_sign_in_forms()
