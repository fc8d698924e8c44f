"""Who this browser is: the session behind its cookie, asked anew in every run."""

from __future__ import annotations

import streamlit as st

from lib import auth, sessions
from lib.attempts import attempts
from lib.auth import Session
from lib.errors import NotAuthenticated
from lib.web import activity_html, redeem_html, sign_out_html

WARNING_SECONDS = 60

_OWNER = "owner"


def browser_cookie() -> str:
    """Return the cookie of this websocket, as the guard around the server read it."""
    return str(st.user.get("browser") or "")


def browser_address() -> str:
    """Return the network address of this browser; one on this machine has none of its own."""
    return str(st.context.ip_address or "this machine")


def find_session() -> Session | None:
    """Return the clinician's session, or None; what another owner left in the session state is dropped."""
    try:
        session = sessions.current().read(browser_cookie())
    except NotAuthenticated:
        session = None
    owner = session.user_id if session else None
    if st.session_state.get(_OWNER) != owner:
        st.session_state.clear()
        st.session_state[_OWNER] = owner
    return session


def require_session() -> Session:
    """Return the clinician's session; where there is none, the page is drawn anew, signed out."""
    session = find_session()
    if session is None:
        st.rerun()
    return session


def sign_in_here(email: str, password: str) -> None:
    """Sign in and let this browser fetch its cookie; the page then loads again, signed in.

    Raises:
        SignInRefused, TooManyAttempts, BackendUnavailable: as in `lib.auth` and `lib.attempts`.
    """
    with attempts.counted(email, browser_address()):
        ticket = sessions.current().issue_ticket(auth.sign_in(email, password))
    st.html(redeem_html(ticket), unsafe_allow_javascript=True)


def sign_out_here() -> None:
    """End this browser's session in all its tabs; the page then loads again, signed out."""
    sessions.current().end(browser_cookie())
    st.html(sign_out_html(), unsafe_allow_javascript=True)


def sign_out_everywhere(session: Session) -> None:
    """End this clinician's sessions in every browser; the page then loads again, signed out.

    Raises:
        BackendUnavailable: Supabase does not answer.
    """
    sessions.current().end_all(session)
    st.html(sign_out_html(), unsafe_allow_javascript=True)


def watch_activity() -> None:
    """Report typing and clicking in this browser, and warn before the session ends for want of it."""
    st.html(activity_html(), unsafe_allow_javascript=True)
    warning = min(WARNING_SECONDS, sessions.current().limits.idle / 2)

    @st.fragment(run_every=min(10.0, warning / 4))
    def watch() -> None:
        cookie = browser_cookie()
        left = sessions.current().time_left(cookie)
        if not left.seconds:
            st.rerun()
        if left.seconds > warning:
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            st.warning(f"Your session ends in {left.seconds:.0f} seconds. Save what you typed.")
            if left.idle < left.absolute and st.button("Stay signed in", type="primary"):
                sessions.current().touch(cookie)
                st.rerun(scope="fragment")

    watch()
