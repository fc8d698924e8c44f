"""Sign in with an e-mail address and a password."""

import streamlit as st

from lib.backend import current
from lib.errors import BackendError, SignInRefused
from lib.ui.session import sign_in_here

_, middle, _ = st.columns([1, 2, 1])
with middle:
    st.title("Case Desk", anchor=False)
    with st.form("sign-in"):
        email = st.text_input("Email", key="email", autocomplete="username")
        password = st.text_input("Password", type="password", key="password", autocomplete="current-password")
        submitted = st.form_submit_button("Sign in", type="primary")
        if submitted:
            try:
                sign_in_here(email, password)
            except SignInRefused as error:
                st.error(str(error))
            except BackendError:
                st.error("Supabase cannot be reached at the moment. Try again in a minute.")
    if current().demo:
        st.text("Demo accounts: ada@demo.example and ben@demo.example. The password of both is casedesk-demo.")
