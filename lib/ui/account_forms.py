"""The forms of an account: sign in, a new password by a code, a new account, another password."""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from lib.accounts import credentials
from lib.accounts.credentials import PASSWORD_RULE
from lib.accounts.sign_in import Session, refuse_oversized
from lib.backend.client import current
from lib.bootstrap import desk
from lib.errors import BackendError
from lib.logs import Action, logged_action, pseudonym
from lib.ui.browser import browser_address, browser_cookie, sign_in_here
from lib.ui.failures import shown_failures

_FORM = "sign-in-form"
_PROOF = "proof-by-code"


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
        present = st.text_input("Current password", type="password", autocomplete="current-password")
        new = st.text_input("New password", type="password", autocomplete="new-password")
        st.text(PASSWORD_RULE)
        if st.form_submit_button("Change password"):
            with shown_failures(), st.spinner("Changing…"):
                _change_password(session, present, new)
                st.success("Your password is changed. You are signed out in every other browser.")


def _change_password(session: Session, present: str, new: str) -> None:
    refuse_oversized(session.email, present)
    credentials.check_new(session.email, new)
    address = browser_address()
    with (
        logged_action(Action("password-change", session.user_id, address=address)),
        desk().attempts.count_failures(session.email, address),
    ):
        remaining = credentials.change_password(session, present, new)
    desk().sessions.keep_only(browser_cookie(), remaining)


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
    with st.form("new-password"):
        st.text("Have a code sent to your address, then type it here, in this tab or another one.")
        email = st.text_input("Email", key="code-email", autocomplete="username")
        code = st.text_input("Code from the mail", autocomplete="one-time-code")
        password = st.text_input("New password", type="password", autocomplete="new-password")
        st.text(PASSWORD_RULE)
        with st.container(horizontal=True):
            # The first button is what Enter presses.
            is_complete = st.form_submit_button("Set new password", type="primary")
            is_first_step = st.form_submit_button("Send code")
        if is_complete:
            _use_code(email, code, password)
        elif is_first_step:
            _send_code(email)
    if current().demo:
        st.text("The embedded Supabase sends no mail: the code is in the file mail.log beside its data.")


def _send_code(email: str) -> None:
    if not email.strip():
        st.error("Type your email address.")
        return
    with shown_failures(), st.spinner("Sending…"):
        refuse_oversized(email)
        desk().attempts.count_request(email, browser_address(), of="mail")
        credentials.send_code(email)
        st.info("If this address has an account, a code is on its way to it.")


def _use_code(email: str, code: str, password: str) -> None:
    if not (email.strip() and code.strip() and password):
        st.error("Type your email address, the code from the mail, and a new password. “Send code” sends one.")
        return
    with shown_failures(), st.spinner("Changing…"):
        credentials.check_new(email, password)
        proof = _prove(email, code)
        credentials.set_password(proof, password)
        del st.session_state[_PROOF]
        # The password is changed and the code used up: nothing that fails from here on may call for another try.
        ended = "but not every device could be signed out"
        with suppress(BackendError):
            desk().sessions.end_all(proof)
            ended = "and you are signed out everywhere"
        st.success(f"Your password is changed, {ended}. Sign in with the new one.")


def _prove(email: str, code: str) -> Session:
    """Return what the code was exchanged for; it is used up, so another password after a weak one needs it again."""
    kept: dict[tuple[str, str], Session] = st.session_state.get(_PROOF, {})
    if (email, code) not in kept:
        address = browser_address()
        with (
            logged_action(Action("password-by-code", pseudonym(email), address=address)) as action,
            desk().attempts.count_failures(email, address, of="code"),
        ):
            kept = {(email, code): credentials.prove_by_code(email, code)}
            action.user = kept[email, code].user_id
        st.session_state[_PROOF] = kept
    return kept[email, code]


def _draw_sign_up() -> None:
    st.subheader("New account", anchor=False)
    with st.form("sign-up"):
        email = st.text_input("Email", key="sign-up-email", autocomplete="username")
        password = st.text_input("Password", type="password", key="sign-up-password", autocomplete="new-password")
        st.text(PASSWORD_RULE)
        if st.form_submit_button("Create account", type="primary"):
            _sign_up(email, password)


def _sign_up(email: str, password: str) -> None:
    with shown_failures(), st.spinner("Creating…"):
        credentials.check_new(email, password)
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
