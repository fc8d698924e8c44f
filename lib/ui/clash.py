"""A conflict, field by field: what was loaded, what it is now, by whom, and what was typed."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from lib.cases.changes import Conflict
from lib.cases.history import Change
from lib.cases.models import Case
from lib.ui.deciding import keep_mine, merge_both, save_into_archived, take_theirs
from lib.ui.events import change_html, event_html
from lib.ui.look import CLASH
from lib.ui.moments import local_zone
from lib.ui.open_case import Clash
from lib.ui.words import FIELD_LABELS

_EMPTY = "(empty)"


def draw_clash(case: Case, clash: Clash) -> None:
    """Draw what is to be decided, in the form: its buttons submit what is typed."""
    with st.container(border=True, key=CLASH, gap="xsmall"):
        if clash.is_archived:
            st.html(f"<strong>This case was archived meanwhile.</strong>{_event_html(case, clash, 'status')}")
            st.form_submit_button(
                "Save into the archived case", key="into-archived", on_click=save_into_archived, args=(case,)
            )
        for field, conflict in clash.conflicts.items():
            _draw_conflict(case, clash, field, conflict)


def _draw_conflict(case: Case, clash: Clash, field: str, conflict: Conflict) -> None:
    where = "typed differently in another window or device" if clash.draft else "changed elsewhere, too"
    st.html(f"<strong>{FIELD_LABELS[field]} was {where}.</strong>{_event_html(case, clash, field)}")
    # Above the texts, which may be long.
    with st.container(horizontal=True, gap="small"):
        st.form_submit_button("Keep mine", key=f"keep-mine-{field}", on_click=keep_mine, args=(case, field))
        st.form_submit_button("Take theirs", key=f"take-theirs-{field}", on_click=take_theirs, args=(case, field))
        if field == "case_summary":
            st.form_submit_button("Merge both", key="merge-both", on_click=merge_both, args=(case, field))
    st.html(_change_html(field, conflict.loaded, conflict.now, "Theirs"))
    st.html(_change_html(field, conflict.loaded, conflict.mine, "Mine"))


def _event_html(case: Case, clash: Clash, field: str) -> str:
    """Return who changed the field last, and when, as far as it is known."""
    found = [event for event in clash.events if field in event.changes]
    return event_html(found[-1], case.user_id, datetime.now(local_zone())) if found else ""


def _change_html(field: str, before: object, after: object, whose: str) -> str:
    shown = {"from": _EMPTY if before is None else before, "to": _EMPTY if after is None else after}
    return change_html(field, Change.model_validate(shown), whose)
