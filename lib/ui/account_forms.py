"""The forms of an account: sign in, a new password by a code, a new account, another password."""

from __future__ import annotations

import streamlit as st

from lib.accounts import credentials
from lib.accounts.credentials import PASSWORD_RULE
from lib.accounts.sign_in import Session
from lib.backend.client import current
from lib.bootstrap import desk
from lib.errors import BackendError
from lib.ui.browser import browser_address, sign_in_here
from lib.ui.failures import shown_failures

_FORM = "sign-in-form"


def draw_sign_in_forms() -> None:
    """Draw the form that was asked for, and the ways to the other ones."""
    form = st.session_state.setdefault(_FORM, "sign-in")
    if form == "code":
        _draw_new_password()
    elif form == "sign-up":
        _draw_sign_up()
    else:
        _draw_sign_in()
    with st.container(horizontal=True), shown_failures():
        _offer("Back to sign in", "sign-in", hidden=form == "sign-in")
        _offer("Forgot password?", "code", hidden=form != "sign-in")
        _offer("Create account", "sign-up", hidden=form != "sign-in" or not _allows_sign_up())


def draw_password_change(session: Session) -> None:
    """Draw the form that changes the password of the signed-in clinician."""
    with st.form("change-password", clear_on_submit=True):
        current_password = st.text_input("Current password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        st.text(PASSWORD_RULE)
        if st.form_submit_button("Change password"):
            with shown_failures(), desk().attempts.count_failures(session.email, browser_address()):
                credentials.change_password(session, current_password, new)
                st.success("Your password is changed.")


def _draw_sign_in() -> None:
    with st.form("sign-in"):
        email = st.text_input("Email", key="email", autocomplete="username")
        password = st.text_input("Password", type="password", key="password", autocomplete="current-password")
        if st.form_submit_button("Sign in", type="primary"):
            _try_sign_in(email, password)
    if current().demo:
        st.text("Demo accounts: ada@demo.example and ben@demo.example. The password of both is casedesk-demo.")


def _try_sign_in(email: str, password: str) -> None:
    if not email.strip() or not password:
        st.error("Type your email address and your password.")
        return
    with shown_failures(), st.spinner("Signing in…"):
        sign_in_here(email, password)


def _draw_new_password() -> None:
    st.subheader("New password", anchor=False)
    with st.form("send-code"):
        email = st.text_input("Email", key="code-email", autocomplete="username")
        if st.form_submit_button("Send code"):
            with shown_failures(), st.spinner("Sending…"):
                desk().attempts.count_request(email, browser_address(), of="mail")
                credentials.send_code(email)
                st.info("If this address has an account, a six-digit code is on its way to it.")
    if current().demo:
        st.text("The embedded Supabase sends no mail: the code is in the file mail.log beside its data.")
    with st.form("use-code"):
        code = st.text_input("Six-digit code", autocomplete="one-time-code")
        password = st.text_input("New password", type="password", autocomplete="new-password")
        st.text(PASSWORD_RULE)
        if st.form_submit_button("Set new password", type="primary"):
            with shown_failures(), desk().attempts.count_failures(email, browser_address(), of="code"):
                desk().sessions.end_all(credentials.set_password_by_code(email, code, password))
                st.success("Your password is changed, and you are signed out everywhere. Sign in with the new one.")


def _draw_sign_up() -> None:
    st.subheader("New account", anchor=False)
    with st.form("sign-up"):
        email = st.text_input("Email", key="sign-up-email", autocomplete="username")
        password = st.text_input("Password", type="password", key="sign-up-password", autocomplete="new-password")
        st.text(PASSWORD_RULE)
        if st.form_submit_button("Create account", type="primary"):
            with shown_failures(), st.spinner("Creating…"):
                desk().attempts.count_request(email, browser_address(), of="account")
                credentials.sign_up(email, password)
                st.success(
                    "If this address had no account, it has one now: follow the link in the mail, if one comes, and "
                    "sign in. If it had one already, nothing has changed."
                )


def _offer(label: str, form: str, *, hidden: bool) -> None:
    if not hidden and st.button(label, type="tertiary", key=f"to-{form}"):
        st.session_state[_FORM] = form
        st.rerun()


def _allows_sign_up() -> bool:
    try:
        return credentials.allows_sign_up()
    except BackendError:
        return False
