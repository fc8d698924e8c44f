"""How a page shows what went wrong: one place, plain sentences, nothing lost."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.errors import (
    BackendError,
    CaseNotFound,
    InvalidChanges,
    NoChanges,
    NotAuthenticated,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
)
from lib.logs import locate
from lib.ui.words import explain_invalid

log = logging.getLogger("case_desk")


@contextmanager
def shown_failures(*, unsaved: bool = False) -> Iterator[None]:
    """Show an expected failure where it happened, and go on with the page; `unsaved` says that typed text is kept."""
    kept = " What you typed is still here." if unsaved else ""
    try:
        yield
    except InvalidChanges as error:
        st.error(explain_invalid(error))
    except NoChanges:
        st.info("Nothing to save: no field differs from the saved case.")
    except CaseNotFound:
        st.error("Case not found. It may belong to another clinician, or the number is wrong.")
    except (SignInRefused, TooManyAttempts, PasswordRefused) as error:
        st.error(str(error))
    except NotAuthenticated:
        st.error(f"Supabase does not accept your session at the moment.{kept} Try again in a minute, or sign in again.")
    except BackendError:
        st.error(f"Supabase cannot be reached or refused the request.{kept} Try again in a minute.")
    except Exception as error:
        show_unexpected(error, kept)


def show_unexpected(error: Exception, kept: str = "") -> bool:
    """Show a reference in place of an unexpected error, and log where it came from; tell Streamlit it is shown."""
    reference = secrets.token_hex(4)
    log.error("reference %s: %s", reference, locate(error))
    st.error(
        f"Something went wrong (reference {reference}).{kept} Try again; if it happens again, tell your administrator "
        "the reference."
    )
    return True
