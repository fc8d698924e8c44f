"""The list of the keys that the pages know."""

from __future__ import annotations

import streamlit as st

KEYS = {
    "Anywhere": {
        "H": "this list",
        "P": "hide names, or show them",
        "Ctrl+Enter": "save changes",
        "Esc": "leave a field",
    },
    "Worklist": {
        "J, ↓": "next case",
        "K, ↑": "previous case",
        "N": "write in the summary",
        "F": "flag, or take the flag off",
        "Z": "undo the last save",
        "L": "read the list again",
        "T": "start triage",
        "X": "select many cases",
    },
    "Selecting": {
        "X, Space": "select a case, or no longer",
        "J, K, ↓, ↑": "go down, or up",
        "A": "all on this page, or none",
        "1 2 3 4": "set the status; asks first",
        "F": "flag, or unflag; asks first",
        "Z": "undo it all",
        "Esc": "leave",
    },
    "Triage": {
        "1 2 3 4": "set the status, save, and go on",
        "S": "skip",
        "B": "back",
        "N": "write in the summary",
        "E": "correct the name",
        "F": "flag, or take the flag off",
        "Z": "undo the last save",
        "Esc": "end",
    },
}
"""What each key does, by where it does."""


def draw_keys_list() -> None:
    """Draw the button that lists the keys."""
    with st.popover("Keys", key="press-h-keys", type="tertiary", icon=":material/keyboard:", help="List the keys (H)"):
        tables = "".join(_table_html(place, keys) for place, keys in KEYS.items())
        # What may have to be scrolled takes the focus, for those who have no mouse.
        st.html(f"<div class='keys-list' tabindex='0'>{tables}</div>")


def _table_html(place: str, keys: dict[str, str]) -> str:
    rows = "".join(f"<tr><th scope='row'>{_kbd_html(key)}</th><td>{does}</td></tr>" for key, does in keys.items())
    return f"<table class='keys'><caption>{place}</caption>{rows}</table>"


def _kbd_html(keys: str) -> str:
    return " ".join(f"<kbd>{key}</kbd>" for key in keys.replace(",", "").split())
