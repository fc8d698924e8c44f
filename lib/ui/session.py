"""Who this browser is: the session behind its cookie, asked anew in every run."""

from __future__ import annotations

import streamlit as st

from lib import auth, sessions
from lib.auth import Session
from lib.errors import NotAuthenticated
from lib.web import redeem_html, sign_out_html

_OWNER = "owner"


def browser_cookie() -> str:
    """Return the cookie of this websocket, as the guard around the server read it."""
    return str(st.user.get("browser", ""))


def find_session() -> Session | None:
    """Return the clinician's session, or None; what another owner left in the session state is dropped.

    Raises:
        BackendUnavailable: the token has expired and Supabase does not answer.
    """
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
    """Return the clinician's session; where there is none, nothing more of the page is drawn."""
    session = find_session()
    if session is None:
        st.rerun()
    return session


def sign_in_here(email: str, password: str) -> None:
    """Sign in and let this browser fetch its cookie; the page then loads again, signed in.

    Raises:
        SignInRefused, BackendUnavailable: as in `lib.auth.sign_in`.
    """
    ticket = sessions.current().issue_ticket(auth.sign_in(email, password))
    st.html(redeem_html(ticket), unsafe_allow_javascript=True)


def sign_out_here() -> None:
    """End this browser's session in all its tabs; the page then loads again, signed out."""
    sessions.current().end(browser_cookie())
    st.html(sign_out_html(), unsafe_allow_javascript=True)
