"""The history of a case: who changed what and when, and the way back to an earlier value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import streamlit as st

from lib.cases.changes import differs
from lib.cases.history import Change, Event, list_events
from lib.cases.models import Case, CaseChanges
from lib.ui.browser import require_session
from lib.ui.event_pages import draw_event_turner, event_trail
from lib.ui.events import change_html, creation_html, event_html, unrecorded_creation_html
from lib.ui.failures import shown_failures
from lib.ui.moments import local_zone
from lib.ui.open_case import PANEL, find_panel, redraw
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import FIELD_LABELS

Offer = Callable[..., bool]
"""Draw a button; in a form, one that submits it, so that what is typed there arrives with the click."""
Restore = Callable[[Case, str, Any], None]
"""Save one value of a field over this version of a case."""

_PAGE = 20
_NAME = "timeline"
_QUESTION = "timeline-question"


@dataclass(frozen=True)
class _Question:
    """An earlier value of a field that was changed again after it; it is asked of this version of the case alone."""

    case_id: int
    etag: str
    field: str
    value: Any


def draw_timeline(case: Case, *, restore: Restore, offer: Offer) -> None:
    """Draw the history of a case, newest first and a page at a time; `restore` saves an earlier value in a callback."""
    session = require_session()
    trail = event_trail(_NAME, f"{case.case_id} {case.etag}")
    with shown_failures():
        page = list_events(session, case.case_id, after=trail[-1] if trail else None, limit=_PAGE)
        now = datetime.now(local_zone())
        for event in page.events:
            with st.container(key=f"event-{event.event_id}", gap="xxsmall"):
                st.html(event_html(event, session.user_id, now))
                _draw_changes(event, case, restore, offer)
        if not page.next and not any(event.kind == "creation" for event in page.events):
            with st.container(key="event-of-creation"):
                st.html(unrecorded_creation_html(case, now))
        draw_event_turner(_NAME, trail, page.next, offer, _redraw)


def _draw_changes(event: Event, case: Case, restore: Restore, offer: Offer) -> None:
    if event.kind == "creation":
        st.html(creation_html(event.changes))
        return
    for field in [field for field in FIELD_LABELS if field in event.changes]:
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.html(change_html(field, event.changes[field]))
            if _is_earlier(case, field, event.changes[field]):
                _offer_restore(event, case, field, restore, offer)


def _offer_restore(event: Event, case: Case, field: str, restore: Restore, offer: Offer) -> None:
    offer(
        "Restore",
        key=f"restore-{event.event_id}-{field}",
        type="tertiary",
        icon=":material/history:",
        help=f"Make {FIELD_LABELS[field].lower()} what it was before this change",
        on_click=_restore_or_ask,
        args=(case, event, field, restore),
    )


def _is_earlier(case: Case, field: str, change: Change) -> bool:
    return (
        field in CaseChanges.model_fields
        and change.before is not None
        and differs(field, change.before, getattr(case, field))
    )


def _restore_or_ask(case: Case, event: Event, field: str, restore: Restore) -> None:
    """Restore a value that nothing was saved over since; where there is more to lose, ask first."""
    change = event.changes[field]
    if differs(field, getattr(case, field), change.after):
        _ask(_Question(case.case_id, case.etag, field, change.before))
    else:
        restore(case, field, change.before)


def draw_restore_question(case: Case, *, restore: Restore, offer: Offer) -> None:
    """Draw what has to be answered before an earlier value is restored, wherever the history is scrolled to."""
    question: _Question | None = st.session_state.get(_QUESTION)
    if question is None or (question.case_id, question.etag) != (case.case_id, case.etag):
        return
    current = getattr(case, question.field)
    with st.container(border=True, key="restore-question"):
        st.warning(f"{FIELD_LABELS[question.field]} was changed again after that. Restored, it would change once more:")
        st.html(change_html(question.field, Change.model_validate({"from": current, "to": question.value})))
        with st.container(horizontal=True):
            offer("Restore all the same", type="primary", on_click=_restore, args=(case, question, restore))
            offer("Leave it as it is", on_click=_ask, args=(None,))


def _restore(case: Case, question: _Question, restore: Restore) -> None:
    _remember(None)
    restore(case, question.field, question.value)


def _ask(question: _Question | None) -> None:
    """Draw a question beside the form, or none any more."""
    _remember(question)
    _redraw()


def _redraw() -> None:
    redraw(uninterrupted(find_panel), PANEL)


def _remember(question: _Question | None) -> None:
    def remember() -> None:
        st.session_state[_QUESTION] = question

    uninterrupted(remember)
