"""What an empty worklist says: which filter leaves nothing, with a button that clears it."""

from __future__ import annotations

import streamlit as st

from lib.ui.words import capitalize
from lib.ui.worklist_state import TEXT, Worklist, reread

_NAMES = {
    TEXT: "Search",
    "overdue": "Overdue",
    "flagged": "Flagged",
    "unsaved": "Unsaved",
    "gender": "Gender",
    "youngest": "Age from",
    "oldest": "Age to",
    "waiting_hours": "Waiting longer than",
    "changed_from": "Changed from",
    "changed_until": "Changed until",
}


def draw_empty(worklist: Worklist) -> None:
    """Say why there is nothing to show, and offer to clear what leaves nothing."""
    if not worklist.is_narrowed:
        st.info("There is no case here. Choose what to show above, or create a case with “New case”.")
        return
    names = {name: _NAMES.get(name, capitalize(worklist.shown)) for name in worklist.emptying}
    if names:
        st.info(f"No case fits. There are some without {_list_names(list(names.values()))}.")
    else:
        st.info("No case fits all that is asked for.")
    with st.container(horizontal=True):
        for name, label in names.items():
            st.button(f"Clear “{label}”", key=f"clear-{name}", on_click=clear, args=(name,))
        st.button("Clear all", key="clear-all", on_click=clear, args=(*worklist.criteria, "show"))


def clear(*names: str) -> None:
    """Narrow the list down no longer by these, and show what there is then."""
    reread(lambda worklist: worklist.clear(*names))


def _list_names(names: list[str]) -> str:
    return " or without ".join(f"“{name}”" for name in names)
