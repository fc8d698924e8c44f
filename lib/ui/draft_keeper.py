"""Drafts on the page: what keeps them while a clinician types, what says that a form holds one, and where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from lib.cases.drafts import Draft, list_drafts
from lib.cases.models import Case, CaseChanges
from lib.ui.browser import require_session
from lib.ui.failures import shown_failures
from lib.ui.look import DRAFT_MARKS
from lib.ui.moments import local_zone, tell_day, tell_time
from lib.ui.privacy import hidden_fields, shown_name
from lib.ui.scripts import draft_html


def draw_draft_keeper(
    case: Case,
    *,
    opening: str,
    filled: Mapping[str, Any],
    draft: Draft | None,
    decisions: int = 0,
    left_out: frozenset[str] = frozenset(),
    show_stored: Callable[[], None],
) -> None:
    """Keep what is typed into the form of a case, and say so; call it in the form, behind the button that saves.

    The script in the page alone writes the draft of an open form, so that nobody's own typing stands in the way of
    their own save. `opening` names the form from the reading of its case on, over saves and decisions. `filled` is
    what its fields were filled with, as changes of `case`, and `draft` the stored draft that was seen, both as of the
    opening or of the latest of the `decisions` since: one is counted wherever the clinician decides what the form
    holds, and the stored draft then becomes the same. `left_out` are fields that are not drawn. `show_stored` is
    called, with what is typed, where another draft stands in the way.
    """
    about = {
        "caseId": case.case_id,
        "base": case.etag,
        "saved": case.model_dump(mode="json", include=CaseChanges.model_fields.keys() - hidden_fields() - left_out),
        "filled": dict(filled),
        "seen": _describe(draft) if draft else None,
        "decisions": decisions,
    }
    st.html(draft_html(opening, about), unsafe_allow_javascript=True)
    st.form_submit_button("Show both", key=f"show-draft-of-case-{case.case_id}", on_click=show_stored)


def draw_draft_notice(
    case: Case, notice: str, *, save: Callable[[Case], None], discard: Callable[[Case], None]
) -> None:
    """Say that the form holds what was typed and not saved, and offer to save or to discard it; call it in the form."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"unsaved-of-case-{case.case_id}"):
        st.text(notice)
        st.form_submit_button("Save", key=f"save-draft-of-case-{case.case_id}", on_click=save, args=(case,))
        st.form_submit_button("Discard", key=f"discard-draft-of-case-{case.case_id}", on_click=discard, args=(case,))


@st.fragment(key="drafts")
def draw_drafts() -> None:
    """List the cases that have a draft, the latest first, each with a link to it.

    What was typed just before the page was opened may be on its way: the script that keeps it presses the button then.
    """
    session = require_session()
    with shown_failures():
        drafts = list_drafts(session)
        if not drafts:
            st.text("Nothing is typed and not saved.")
        for draft in drafts:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.page_link("worklist.py", label=f"Case {draft.case_id}", query_params={"case_id": str(draft.case_id)})
                st.text(f"{shown_name(draft.patient_name)}, unsaved from {tell_when(draft.updated_at)}")
    st.button("Mark drafts", key=DRAFT_MARKS)


def tell_when(moment: datetime) -> str:
    """Tell a time on the clinician's clock, and the day where it is not today: `10:42`, `10:42 on 22 November 2026`."""
    now = datetime.now(local_zone())
    day, time = tell_day(moment.astimezone(now.tzinfo).date(), now), tell_time(moment, now)
    return time if day == "Today" else f"{time} yesterday" if day == "Yesterday" else f"{time} on {day}"


def _describe(draft: Draft) -> dict[str, Any]:
    return {"version": draft.etag, "base": draft.base_etag, "changes": draft.changes.columns()}
