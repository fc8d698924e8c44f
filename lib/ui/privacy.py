"""Hiding names and summaries from whoever looks over a shoulder, or at a demo."""

from __future__ import annotations

import unicodedata

import streamlit as st

from lib.ui.open_case import find_panel
from lib.ui.uninterrupted import uninterrupted

HIDDEN_TEXT = "•••"

_HIDDEN_FIELDS = frozenset({"patient_name", "case_summary"})
_KEY = "press-p-hide-names"
_IN_URL, _VALUE = "hide", "names"


def draw_privacy_switch() -> None:
    """Draw the switch that hides names; it begins with what the address asks for, and keeps it there for a reload."""
    st.session_state.setdefault(_KEY, st.query_params.get(_IN_URL) == _VALUE)
    is_on = st.toggle("Hide names", key=_KEY, help="Mask names and summaries (P)", on_change=_open_again)
    if is_on and st.query_params.get(_IN_URL) != _VALUE:
        st.query_params[_IN_URL] = _VALUE
    elif not is_on:
        st.query_params.pop(_IN_URL, None)


def hides_names() -> bool:
    """Tell whether names and summaries are hidden; in a callback, too."""
    return uninterrupted(lambda: bool(st.session_state.get(_KEY)))


def hidden_fields() -> frozenset[str]:
    """Return the fields that are not on the page now."""
    return _HIDDEN_FIELDS if hides_names() else frozenset()


def names_in_url() -> str:
    """Return what an address of ours ends in, so that names stay hidden behind it."""
    return f"&{_IN_URL}={_VALUE}" if hides_names() else ""


def shown_name(name: str) -> str:
    """Return a name as it may be shown now: itself, or `J•• D••`."""
    return mask_name(name) if hides_names() else name


def shown_text(text: str) -> str:
    """Return text about a patient as it may be shown now."""
    return HIDDEN_TEXT if text and hides_names() else text


def mask_name(name: str) -> str:
    """Return the first letter of each word of a name, with the signs that belong to it."""
    return " ".join(f"{_first_letter(word)}••" for word in name.split())


def _first_letter(word: str) -> str:
    signs = (place for place, sign in enumerate(word) if place and not unicodedata.category(sign).startswith("M"))
    return word[: next(signs, len(word))]


def _open_again() -> None:
    """Read the open case again: what was typed is a draft by then, and its fields come and go with the switch."""
    panel = uninterrupted(find_panel)
    if panel.opened:
        panel.open(panel.opened.case_id)
    panel.result = None
