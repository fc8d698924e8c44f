"""Events of the history as HTML: when, by whom, and what from what to what. Patient text is escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

from lib.cases.history import Change, Event
from lib.cases.models import Case
from lib.ui.diff import diff_html, text_html
from lib.ui.moments import tell_exactly, tell_since
from lib.ui.privacy import HIDDEN_TEXT, hides_names, shown_name, shown_text
from lib.ui.words import FIELD_LABELS, capitalize


def event_html(event: Event, reader: UUID, now: datetime) -> str:
    """Return when something was done, and by whom."""
    done = "Created" if event.kind == "creation" else "Changed"
    return line_html(f"{done} {moment_html(event.changed_at, now)} by {name_author(event.changed_by, reader)}")


def unrecorded_creation_html(case: Case, now: datetime) -> str:
    """Return when a case was created that is older than the record of creations; by whom is not known."""
    return line_html(f"Created {moment_html(case.created_at, now)}")


def moment_html(moment: datetime, now: datetime, tell: Callable[[datetime, datetime], str] = tell_since) -> str:
    """Return a moment, told as asked, with the exact one under the pointer."""
    exact = escape(tell_exactly(moment, now))
    return f'<time datetime="{moment.isoformat()}" title="{exact}">{tell(moment, now)}</time>'


def line_html(html: str) -> str:
    """Return a line that says when something was done."""
    return f'<p class="when">{html}</p>'


def change_html(field: str, change: Change, label: str = "") -> str:
    """Return from what to what a field was changed; a summary word by word. It is named by its label, or another."""
    label = f"<strong>{label or FIELD_LABELS[field]}</strong>"
    if field == "case_summary":
        diff = text_html(HIDDEN_TEXT) if hides_names() else diff_html(str(change.before), str(change.after))
        return f'<div class="change">{label}{diff}</div>'
    return f'<div class="change">{label} {_value_html(field, change.before)} → {_value_html(field, change.after)}</div>'


def creation_html(changes: Mapping[str, Change]) -> str:
    """Return what a case was created with."""
    values = {field: changes[field].after for field in FIELD_LABELS if field in changes}
    summary = shown_text(str(values.pop("case_summary", "")))
    facts = " · ".join(_value_html(field, value) for field, value in values.items())
    return f'<div class="change">{facts}{text_html(summary) if summary else ""}</div>'


def name_author(author: UUID | None, reader: UUID) -> str:
    """Say who made a change, to a reader."""
    if author is None:
        return "an administrator"
    return "you" if author == reader else "another clinician"


def _value_html(field: str, value: Any) -> str:
    shown = capitalize(str(value)) if field in ("status", "patient_gender") else str(value)
    shown = shown_name(shown) if field == "patient_name" else shown
    return f"<bdi>{escape(shown)}</bdi>"
