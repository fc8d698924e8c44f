"""A conflict, field by field: what was loaded, what it is now, what was typed."""

from __future__ import annotations

from typing import Any

import streamlit as st

from lib.cases.changes import Conflict
from lib.cases.models import Case
from lib.ui.diff import draw_diff
from lib.ui.open_case import Clash
from lib.ui.saving import decide, save_into_archived
from lib.ui.words import FIELD_LABELS, capitalize


def draw_clash(case: Case, clash: Clash) -> None:
    """Draw what is to be decided, in the form: its buttons submit what is typed."""
    with st.container(border=True):
        if clash.is_archived:
            st.text("This case was archived since you opened it.")
            st.form_submit_button(
                "Save into the archived case", key="into-archived", on_click=save_into_archived, args=(case,)
            )
        for field, conflict in clash.conflicts.items():
            _draw_conflict(case, field, conflict, is_typed=clash.draft is not None)


def _draw_conflict(case: Case, field: str, conflict: Conflict, *, is_typed: bool) -> None:
    changed = (
        "typed differently in another window or device" if is_typed else "changed elsewhere since you opened this case"
    )
    st.text(f"{FIELD_LABELS[field]} was {changed}.")
    if field == "case_summary":
        st.text("What the other change did to it")
        draw_diff(conflict.loaded, conflict.now)
        st.text("What yours does")
        draw_diff(conflict.loaded, conflict.mine)
    else:
        st.text(
            f"It was {_tell(conflict.loaded)}, it is now {_tell(conflict.now)}, and you typed {_tell(conflict.mine)}."
        )
    with st.container(horizontal=True):
        for label, mine in (("Keep mine", True), ("Take theirs", False)):
            st.form_submit_button(
                label, key=f"{label}-{field}", on_click=decide, args=(case, field), kwargs={"mine": mine}
            )


def _tell(value: Any) -> str:
    return capitalize(value) if hasattr(value, "value") else str(value)
