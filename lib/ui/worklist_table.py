"""The worklist as a table: one row a case, a click anywhere in it opens the case, and the pages of the list."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import pyarrow as pa
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from lib.cases.drafts import list_drafts
from lib.cases.models import OPEN_STATUSES, CaseStatus
from lib.cases.waiting import is_overdue, tell_waiting
from lib.cases.worklist import CasePage, CaseRow, Order, WorklistQuery
from lib.errors import CaseDeskError, CaseNotFound
from lib.ui.browser import read_session, require_session
from lib.ui.drafting import open_ahead
from lib.ui.empty_list import draw_empty
from lib.ui.exporting import draw_export
from lib.ui.failures import explain
from lib.ui.look import DRAFT_MARKS, LOOK_FOR_CHANGES, ROW_HEIGHT, TABLE_BOX
from lib.ui.many import find_many, pick_rows
from lib.ui.many_view import draw_many, draw_many_dialog, offer_picking
from lib.ui.moments import local_zone, tell_date, tell_time
from lib.ui.open_case import PANEL, Panel, find_panel, put_case_in_url, redraw
from lib.ui.privacy import HIDDEN_TEXT, hides_names, mask_name
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import STATUS_COLORS, capitalize, tell_count
from lib.ui.worklist_state import TABLE, Worklist, find_worklist, look_for_changes, reread

_ORDERS: dict[str, Order] = {
    "mark": "urgency",
    "case_id": "case_id",
    "patient_name": "patient_name",
    "patient": "patient_age",
    "status": "status",
    "waiting": "created_at",
    "summary": "first_line",
}
"""What the list is ordered by where the head of a column is clicked on."""

_GENDER_LETTERS = {"male": "M", "female": "F", "other": "oth", "unknown": ""}
OVERDUE = "overdue"
_OVERDUE_COLOR = "#ffb59a"
_FLAGGED = "flagged"
_MARKS = {_FLAGGED: "⚑", "just saved": "✓", "unsaved": "✎", "changed": "●"}


@st.fragment(key=TABLE)
def draw_worklist() -> None:
    """Draw the page of cases that was read last."""
    require_session()
    worklist, panel = find_worklist(), find_panel()
    if worklist.failure:
        _draw_outage(worklist)
    if worklist.page:
        _draw_page(worklist, worklist.page, panel.opened.case_id if panel.opened else None)
    panel.asked.discard(TABLE)
    st.button("Mark drafts", key=DRAFT_MARKS, on_click=mark_drafts)
    st.button("Look for changes", key=LOOK_FOR_CHANGES, on_click=look)
    if many := find_many():
        draw_many_dialog(many)


def _draw_page(worklist: Worklist, page: CasePage, opened: int | None) -> None:
    many = find_many()
    if page.cases:
        with st.container(key=TABLE_BOX):
            _draw_table(worklist, page, opened)
    else:
        draw_empty(worklist)
    if many:
        many.see(worklist)
        draw_many(many, page.cases)
    if page.cases:
        _draw_footer(worklist, page)


def turn_page(*, forward: bool) -> None:
    """Read and show the page behind this one, or before it."""
    reread(Worklist.go_forward if forward else Worklist.go_back)


def mark_drafts() -> None:
    """Mark the rows of the cases that have a draft; pressed by the script that keeps drafts, where that has changed."""
    worklist = find_worklist()
    with suppress(CaseDeskError):
        worklist.mark(list_drafts(read_session()))
    redraw(find_panel(), TABLE)


def look() -> None:
    """Say how many cases were changed elsewhere; pressed by a script, and not while somebody looks away."""
    worklist = find_worklist()
    with suppress(CaseDeskError):
        look_for_changes(read_session(), worklist)
    redraw(find_panel(), TABLE)


def refresh() -> None:
    """Read the list again, and the open case where that could not be read."""
    reread(lambda _: _retry_opening(find_panel()))


def _retry_opening(panel: Panel) -> None:
    if panel.opened and panel.opened.failure and not isinstance(panel.opened.failure, CaseNotFound):
        open_ahead(panel, panel.opened.case_id, panel.result)
        panel.asked.add(PANEL)


def _draw_table(worklist: Worklist, page: CasePage, opened: int | None) -> None:
    rows = page.cases
    numbers = tuple(row.case_id for row in rows)
    # The key holds a fingerprint of the rows and their order: a position is never read against other rows than those
    # clicked on, and a column that was clicked on is not taken for chosen in another order.
    fingerprint = _fingerprint((numbers, worklist.query.order, worklist.query.descending))
    many = find_many()
    key = f"{'picking-' if many else ''}worklist-{fingerprint}"
    # A table that was not on the page has no cursor of its own yet, and nothing picked.
    if worklist.is_left or key not in st.session_state:
        cells = [[numbers.index(opened), "case_id"]] if opened in numbers else []
        picked = [place for place, number in enumerate(numbers) if number in many.picked] if many else []
        st.session_state[key] = {"selection": {"rows": picked} if many else {"cells": cells}}
        worklist.is_left = False
    if worklist.ordered_in == key:
        worklist.ordered_in = ""
    st.dataframe(
        _table(rows, worklist, datetime.now(local_zone())),
        key=key,
        on_select=lambda: choose_in_table(key, rows),
        selection_mode=["multi-row" if many else "single-cell", "single-column"],
        hide_index=True,
        height="stretch",
        row_height=ROW_HEIGHT,
        column_config=_columns(worklist.query),
        alt="Worklist, one row a case. "
        + ("Space and clicks select rows." if many else "Arrow keys and clicks open the case of a row."),
    )


def choose_in_table(key: str, rows: Sequence[CaseRow]) -> None:
    """Open the case of the row that was clicked on; order by the column that was, or pick rows, where they are picked.

    A table repeats what is chosen in it, its column with every click on a row, also once its successor is drawn.
    """
    many, worklist, panel = uninterrupted(lambda: (find_many(), find_worklist(), find_panel()))
    selection = uninterrupted(lambda: dict(st.session_state[key]["selection"]))
    if selection["cells"] and not many:
        open_row(panel, rows[selection["cells"][0][0]])
    if selection["columns"] and worklist.ordered_in != key:
        worklist.ordered_in = key
        order_by(selection["columns"][0])
    if many:
        pick_rows(rows, selection["rows"])
    # A table tells that nothing is chosen together with the next click, and that may ask for the whole page.
    if panel.asked:
        redraw(panel, *panel.asked)


def open_row(panel: Panel, row: CaseRow) -> None:
    """Open the case of the row that was clicked on or gone to, and have it drawn."""
    if panel.opened and panel.opened.case_id == row.case_id:
        return
    open_ahead(panel, row.case_id)
    uninterrupted(lambda: put_case_in_url(row.case_id))
    panel.asked.add(PANEL)


def order_by(column: str) -> None:
    """Read the list in the order of a column, which a second time is turned round."""
    reread(lambda worklist: worklist.order_by(_ORDERS[column]))


def _draw_outage(worklist: Worklist) -> None:
    assert worklist.failure
    since = f" This is the list of {_time(worklist.read_at)}." if worklist.read_at else ""
    st.error(explain(worklist.failure) + since)
    st.button("Try again", icon=":material/refresh:", key="read-again", on_click=refresh)


def _draw_footer(worklist: Worklist, page: CasePage) -> None:
    """Say which cases are shown and as of when, with buttons to the pages before and behind them."""
    first = worklist.first
    last = first + len(page.cases) - 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(_range_html(page, f"{first}–{last} of {worklist.total}"))
        st.button(
            "Previous",
            icon=":material/chevron_left:",
            disabled=not worklist.trail,
            on_click=turn_page,
            kwargs={"forward": False},
        )
        st.button(
            "Next",
            icon=":material/chevron_right:",
            icon_position="right",
            disabled=page.next is None,
            on_click=turn_page,
            kwargs={"forward": True},
        )
        st.button(
            _tell_age(worklist),
            key="press-l-load",
            icon=":material/refresh:",
            type="secondary" if worklist.changed else "tertiary",
            on_click=refresh,
            help="Read the list again (L)",
        )
        if not find_many():
            offer_picking()
            draw_export(worklist)


def _tell_age(worklist: Worklist) -> str:
    """Say when the list was read, and how many cases have changed elsewhere since."""
    if not worklist.changed:
        return f"As of {_time(worklist.read_at)}"
    return f"{tell_count(worklist.changed)} changed, load {'it' if worklist.changed == 1 else 'them'}"


def _range_html(page: CasePage, text: str) -> str:
    """Say which cases are shown, and in numbers to the scripts, which find the open one among them."""
    listed = " ".join(str(row.case_id) for row in page.cases)
    return f'<span data-numbers="{listed}">{text}</span>'


def _fingerprint(shown: tuple[object, ...]) -> str:
    return hashlib.blake2s(repr(shown).encode(), digest_size=8).hexdigest()


def _time(moment: datetime | None) -> str:
    return tell_time(moment or datetime.now(UTC), datetime.now(local_zone()))


def _table(rows: Sequence[CaseRow], worklist: Worklist, now: datetime) -> pa.Table:
    """Return what is shown, as Arrow: a frame takes Streamlit ten times as long."""
    is_hidden = hides_names()
    marks = [_marks_of(worklist, row.case_id) for row in rows]
    return pa.table(
        {
            "mark": ["".join(_MARKS[mark] for mark in named) for named in marks],
            "case_id": [row.case_id for row in rows],
            "patient_name": [mask_name(row.patient_name) if is_hidden else row.patient_name for row in rows],
            "patient": [f"{row.patient_age} {_GENDER_LETTERS[row.patient_gender]}".strip() for row in rows],
            "status": [_tell_status(row, now) for row in rows],
            "waiting": [tell_waiting_or_closing(row, now) for row in rows],
            "summary": [
                " · ".join(filter(None, (*named, HIDDEN_TEXT if is_hidden else row.first_line)))
                for row, named in zip(rows, marks, strict=True)
            ],
        }
    )


def _marks_of(worklist: Worklist, case_id: int) -> list[str]:
    """Say what is to be known of a case at a glance, in words for those who hear the table."""
    return [*([_FLAGGED] if case_id in worklist.flagged else []), *filter(None, [worklist.mark_of(case_id)])]


def _tell_status(row: CaseRow, now: datetime) -> list[str]:
    """Name the status, and say where a case waits for too long."""
    return [row.status.value, OVERDUE] if is_overdue(row.status, row.created_at, now) else [row.status.value]


def tell_waiting_or_closing(row: CaseRow, now: datetime) -> str:
    """Say how long an open case has been waiting; when a closed one was closed, or changed where nobody knows."""
    if row.status in OPEN_STATUSES:
        return tell_waiting(row.created_at, now)
    if row.closed_at:
        return f"closed {tell_date(row.closed_at, now)}"
    return f"changed {tell_date(row.updated_at, now)}"


def _columns(query: WorklistQuery) -> dict[str, ColumnConfig | str | None]:
    column = st.column_config
    arrow = {name: f" {'▼' if query.descending else '▲'}" for name, order in _ORDERS.items() if order == query.order}
    return {
        "mark": column.TextColumn("", width=34),
        "case_id": column.NumberColumn("Case" + arrow.get("case_id", ""), format="%d", width=48),
        "patient_name": column.TextColumn("Patient" + arrow.get("patient_name", ""), width=128),
        "patient": column.TextColumn("Age" + arrow.get("patient", ""), width=52),
        "status": column.MultiselectColumn(
            "Status" + arrow.get("status", ""),
            options=[*(status.value for status in CaseStatus), OVERDUE],
            color=[*(STATUS_COLORS[status] for status in CaseStatus), _OVERDUE_COLOR],
            format_func=capitalize,
            width=160,
        ),
        "waiting": column.TextColumn("Waiting" + arrow.get("waiting", ""), width=110),
        "summary": column.TextColumn("Summary" + arrow.get("summary", "")),
    }
