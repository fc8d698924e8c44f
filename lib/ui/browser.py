"""Who this browser is: the session behind its cookie, asked again in every run."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lib.accounts.sign_in import Session, refuse_oversized, sign_in
from lib.bootstrap import desk
from lib.errors import NotAuthenticated
from lib.logs import Action, logged_action, pseudonym
from lib.ui.look import SESSION_WARNING
from lib.ui.scripts import fields_html, redeem_html, sign_out_html, watch_html

SIGN_OUT_SECONDS = 4
"""How long a page that signs out may take to send what was typed last: it waits for three seconds itself."""

WARNING_SECONDS = 60

_OWNER = "owner"


def browser_cookie() -> str:
    """Return the cookie of this websocket, as the guard around the server read it."""
    # What `st.user` shows; that one looks for a file of secrets on the disk each time it is asked.
    context = get_script_run_ctx()
    return str(context.user_info.get("browser") or "") if context else ""


def browser_address() -> str:
    """Return the network address of this browser; one on this machine has none of its own."""
    return str(st.context.ip_address or "this machine")


def read_session() -> Session:
    """Return the session behind this browser's cookie, without a look at the session state: for callbacks.

    Raises:
        NotAuthenticated: nobody is signed in, or the session has ended.
    """
    return desk().sessions.read(browser_cookie())


def watch_session() -> Callable[[], bool]:
    """Return what tells, in any thread, whether this browser's session still lasts."""
    cookie, sessions = browser_cookie(), desk().sessions
    return lambda: sessions.seconds_left(cookie) > 0


def find_session() -> Session | None:
    """Return the clinician's session, or None; what another owner left in the session state is dropped."""
    try:
        session = read_session()
    except NotAuthenticated:
        session = None
    owner = session.user_id if session else None
    if st.session_state.get(_OWNER) != owner:
        st.session_state.clear()
        st.session_state[_OWNER] = owner
    return session


def require_session() -> Session:
    """Return the clinician's session; where there is none, the page is drawn again, signed out."""
    session = find_session()
    if session is None:
        st.rerun()
    return session


def sign_in_here(email: str, password: str) -> None:
    """Sign in and let this browser fetch its cookie; the page then loads again, signed in.

    Raises:
        AddressRefused, PasswordRefused, SignInRefused, BackendUnavailable: as in `lib.accounts.sign_in`.
        TooManyAttempts: as in `lib.accounts.attempts`.
    """
    refuse_oversized(email, password)
    address = browser_address()
    with (
        logged_action(Action("sign-in", pseudonym(email), address=address)) as action,
        desk().attempts.count_failures(email, address),
    ):
        session = sign_in(email, password)
        action.user = session.user_id
        ticket = desk().sessions.issue_ticket(session)
    st.html(redeem_html(ticket), unsafe_allow_javascript=True)


def sign_out_here(session: Session) -> None:
    """End this browser's session in all its tabs; the page then loads again, signed out.

    The page ends it itself, once it has sent what was typed last; where it does not, it is ended here.
    """
    cookie = browser_cookie()
    with logged_action(Action("sign-out", session.user_id, address=browser_address())):
        st.html(sign_out_html(), unsafe_allow_javascript=True)
        until = time.monotonic() + SIGN_OUT_SECONDS
        while desk().sessions.seconds_left(cookie) and time.monotonic() < until:
            time.sleep(0.05)
        desk().sessions.end(cookie)


def sign_out_everywhere(session: Session) -> None:
    """End this clinician's sessions in every browser; the page then loads again, signed out.

    Raises:
        BackendUnavailable: Supabase does not answer.
    """
    with logged_action(Action("sign-out-everywhere", session.user_id, address=browser_address())):
        desk().sessions.end_all(session)
    st.html(sign_out_html(), unsafe_allow_javascript=True)


def guard_fields() -> None:
    """Keep this browser from remembering what stands in the fields of the page, and from sending too much of it."""
    st.html(fields_html(), unsafe_allow_javascript=True)


def watch_activity() -> None:
    """Report typing and clicking in this browser, warn before a session ends for want of it, and hide the page then."""
    idle = desk().sessions.limits.idle
    st.html(watch_html(idle), unsafe_allow_javascript=True)
    warning = min(WARNING_SECONDS, idle / 2)

    @st.fragment(run_every=min(10.0, warning / 4))
    def watch() -> None:
        cookie = browser_cookie()
        try:
            desk().sessions.read(cookie)
        except NotAuthenticated:
            st.rerun()
        left = desk().sessions.time_left(cookie)
        if left.seconds > warning:
            return
        with st.container(key=SESSION_WARNING, horizontal=True, vertical_alignment="center"):
            st.warning(f"Your session ends in {left.seconds:.0f} seconds. Save what you typed.")
            if left.idle < left.absolute and st.button("Stay signed in", type="primary"):
                desk().sessions.touch(cookie)
                st.rerun(scope="fragment")

    watch()
