"""What was changed lately: by the clinician, day by day, and by somebody else."""

from __future__ import annotations

from datetime import datetime
from html import escape
from itertools import groupby

import streamlit as st

from lib.accounts.sign_in import Session
from lib.cases.history import Activity, list_activity
from lib.cases.models import CaseChanges
from lib.cases.unseen import list_unseen, mark_all_seen
from lib.ui.event_pages import draw_event_turner, event_trail
from lib.ui.events import change_html, creation_html, line_html, moment_html
from lib.ui.failures import shown_failures
from lib.ui.moments import local_zone, tell_day, tell_time
from lib.ui.privacy import shown_name
from lib.ui.words import FIELD_LABELS
from lib.ui.worklist_state import find_worklist

_NAME = "activity"
_FIELDS = tuple(CaseChanges.model_fields)


def draw_unseen_changes(session: Session) -> None:
    """Draw the cases that somebody else has changed since the clinician opened them, where there are any."""
    changes = list_unseen(session)
    if not changes:
        return
    # Opening one of them from here takes its mark, whenever the worklist was read.
    find_worklist().unseen |= {change.case_id for change in changes}
    now = datetime.now(local_zone())
    st.header("Changed by someone else", anchor=False)
    for change in changes:
        _draw_link(change.case_id, change.patient_name, moment_html(change.changed_at, now))
    if st.button("Mark all as seen", icon=":material/done_all:"):
        with shown_failures():
            mark_all_seen(session, until=changes[0].changed_at)
            find_worklist().unseen = frozenset()
            st.rerun()


def draw_activity(session: Session) -> None:
    """Draw what the clinician has changed, the latest first, a page at a time."""
    st.header("My changes", anchor=False)
    field = _ask_field()
    trail = event_trail(_NAME, str(field))
    page = list_activity(session, field=field, after=trail[-1] if trail else None)
    now = datetime.now(local_zone())
    if not page.events:
        st.info("There is no change here.")
    for day, events in groupby(page.events, lambda event: event.changed_at.astimezone(now.tzinfo).date()):
        st.subheader(tell_day(day, now), anchor=False)
        for event in events:
            _draw_event(event, field, now)
    draw_event_turner(_NAME, trail, page.next)


def _ask_field() -> str | None:
    chosen = st.segmented_control(
        "Field",
        ["all", *_FIELDS],
        default="all",
        required=True,
        format_func=lambda field: FIELD_LABELS.get(field, "All"),
        key="field",
        bind="query-params",
        wrap=True,
    )
    return next((field for field in _FIELDS if field == chosen), None)


def _draw_event(event: Activity, field: str | None, now: datetime) -> None:
    done = "created " if event.kind == "creation" else ""
    with st.container(key=f"event-{event.event_id}", gap="xxsmall"):
        _draw_link(event.case_id, event.patient_name, done + moment_html(event.changed_at, now, tell_time))
        if event.kind == "creation":
            st.html(creation_html(event.changes))
        else:
            shown = [name for name in FIELD_LABELS if name in event.changes and field in (None, name)]
            st.html("".join(change_html(name, event.changes[name]) for name in shown))


def _draw_link(case_id: int, patient_name: str, when: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.page_link("case.py", label=f"Case {case_id}", query_params={"case_id": str(case_id)})
        st.html(line_html(f"<bdi>{escape(shown_name(patient_name))}</bdi> · {when}"))
