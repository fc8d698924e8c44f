"""How a page shows what went wrong: one place, plain sentences, nothing lost."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.errors import (
    AddressRefused,
    BackendBusy,
    BackendError,
    BackendRefused,
    BackendUnavailable,
    CaseConflict,
    CaseDeskError,
    CaseNotFound,
    ConfigurationError,
    DraftConflict,
    EditConflict,
    EmbeddedUnavailable,
    InvalidChanges,
    KeyRefused,
    NoChanges,
    NotAuthenticated,
    NotSaved,
    NotStarted,
    OutcomeUnknown,
    PasswordRefused,
    SignInRefused,
    TooManyAttempts,
)
from lib.logs import locate
from lib.ui.words import explain_invalid

log = logging.getLogger("case_desk")

UNEXPECTED = (
    "Something went wrong (reference {reference}).{kept} Try again; if it happens again, tell your administrator the "
    "reference."
)
NOT_SET_UP = (
    "Case Desk is not set up correctly, so nothing can be read or saved (reference {reference}).{kept} Tell your "
    "administrator the reference: the log says what to set."
)
SENTENCES: dict[type[CaseDeskError], str | None] = {
    NotAuthenticated: "Your session is not accepted at the moment.{kept} Try again in a minute, or sign in again.",
    SignInRefused: None,
    TooManyAttempts: None,
    AddressRefused: None,
    PasswordRefused: None,
    CaseNotFound: "Case not found. It may belong to another clinician, or the number is wrong.",
    CaseConflict: "This case was changed elsewhere since you opened it.{kept} Open it again to see how it stands now.",
    EditConflict: "Not saved: this case was changed elsewhere since you opened it.{kept} Decide which to keep.",
    DraftConflict: "Another window or device has kept a newer draft of this case.{kept} Compare the two first.",
    InvalidChanges: None,
    NoChanges: "Nothing to save: no field differs from the saved case.",
    BackendRefused: "The server refused the request.{kept} Try again in a minute.",
    BackendUnavailable: "The connection to the server failed.{kept} Try again in a minute.",
    BackendBusy: "Too much is going on at the moment.{kept} Try again in a few seconds.",
    NotSaved: "Not saved: the connection to the server failed.{kept} Save it again in a moment.",
    OutcomeUnknown: "The connection to the server failed, and it is not known whether this was saved.{kept} Save it "
    "again in a moment: it is never saved twice.",
    ConfigurationError: NOT_SET_UP,
    KeyRefused: NOT_SET_UP,
    NotStarted: NOT_SET_UP,
    EmbeddedUnavailable: NOT_SET_UP,
    BackendError: UNEXPECTED,
    CaseDeskError: UNEXPECTED,
}
"""What the page says of each error; None where the error's own sentence is meant for the reader."""


@contextmanager
def shown_failures(*, unsaved: bool = False) -> Iterator[None]:
    """Show a failure where it happened, and go on with the page; `unsaved` says that typed text is kept."""
    try:
        yield
    except NoChanges as error:
        st.info(explain(error))
    except Exception as error:
        st.error(explain(error, " What you typed is still here." if unsaved else ""))


def show_unexpected(error: Exception) -> bool:
    """Show what a page did not catch; tell Streamlit that it is shown."""
    st.error(explain(error))
    return True


def explain(error: Exception, kept: str = "") -> str:
    """Return what to say of an error; what an administrator has to look at is logged, and named by a reference."""
    sentence = SENTENCES.get(type(error), UNEXPECTED) if isinstance(error, CaseDeskError) else UNEXPECTED
    match error:
        case InvalidChanges():
            return explain_invalid(error)
        case _ if sentence is None:
            return str(error)
    reference = _log_failure(error) if "{reference}" in sentence else ""
    return sentence.format(reference=reference, kept=kept)


def _log_failure(error: Exception) -> str:
    reference = secrets.token_hex(4)
    # A setting's own sentence says what to set; any other message could be about a patient.
    told = f" {error}" if isinstance(error, ConfigurationError) else ""
    log.error("reference %s: %s%s", reference, locate(error), told)
    return reference
