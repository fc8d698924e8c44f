"""How a page shows what went wrong: one place, plain sentences, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from lib.errors import BackendError, CaseNotFound, InvalidChanges
from lib.ui.words import explain_invalid


@contextmanager
def shown_failures(*, unsaved: bool = False) -> Iterator[None]:
    """Show an expected failure where it happened, and go on with the page; `unsaved` says that typed text is kept."""
    try:
        yield
    except InvalidChanges as error:
        st.error(explain_invalid(error))
    except CaseNotFound:
        st.error("Case not found. It may belong to another clinician, or the number is wrong.")
    except BackendError:
        kept = " What you typed is still here." if unsaved else ""
        st.error(f"Supabase cannot be reached or refused the request.{kept} Try again in a minute.")
