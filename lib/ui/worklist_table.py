"""The worklist as a table: one row a case, the case that is selected in it, and its pages."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from lib.cases.models import CaseStatus
from lib.cases.worklist import CasePage, CaseRow, Cursor
from lib.ui.words import STATUS_COLORS, capitalize

_HEIGHT = 640


def draw_worklist_table(cases: Sequence[CaseRow], open_case: int | None) -> int | None:
    """Draw the cases and return the number of the selected one, if a row is selected.

    Streamlit selects by position. The key holds a fingerprint of the rows, so that a position is never read
    against other rows; a changed table selects the open case again.
    """
    numbers = [case.case_id for case in cases]
    fingerprint = hashlib.blake2s(repr(numbers).encode(), digest_size=8).hexdigest()
    event = st.dataframe(
        _frame(cases),
        key=f"worklist-{fingerprint}",
        on_select="rerun",
        selection_mode="single-row",
        selection_default={"selection": {"rows": [numbers.index(open_case)] if open_case in numbers else []}},
        hide_index=True,
        height=_HEIGHT,
        column_config=_columns(),
        alt="Worklist, one row a case. Shift+Space opens the case of a row.",
    )
    selected = event.selection.rows
    return numbers[selected[0]] if selected else None


def page_trail(shown: str) -> list[Cursor]:
    """Return the keys behind which the pages up to the present one start; another filter starts again."""
    if st.session_state.get("trail_of") != shown:
        st.session_state["trail_of"] = shown
        st.session_state["trail"] = []
    trail: list[Cursor] = st.session_state["trail"]
    return trail


def draw_page_turner(page: CasePage, trail: list[Cursor], limit: int, *, total: int) -> None:
    """Say which cases are shown, with buttons to the pages before and behind them."""
    first = len(trail) * limit + 1
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(f"{first}–{first + len(page.cases) - 1} of {total}")
        if st.button("Previous", icon=":material/chevron_left:", disabled=not trail):
            trail.pop()
            st.rerun()
        if st.button("Next", icon=":material/chevron_right:", icon_position="right", disabled=page.next is None):
            assert page.next is not None
            trail.append(page.next)
            st.rerun()


def _frame(cases: Sequence[CaseRow]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "case_id": [case.case_id for case in cases],
            "patient_name": [case.patient_name for case in cases],
            "patient_age": [case.patient_age for case in cases],
            "patient_gender": [capitalize(case.patient_gender) for case in cases],
            "status": [[case.status.value] for case in cases],
            "created_at": [case.created_at for case in cases],
            "first_line": [case.first_line for case in cases],
            "updated_at": [case.updated_at for case in cases],
        }
    )


def _columns() -> dict[str, ColumnConfig | str | None]:
    column, zone = st.column_config, st.context.timezone
    return {
        "case_id": column.NumberColumn("Case", format="%d", width=55),
        "patient_name": column.TextColumn("Patient", width=160),
        "patient_age": column.NumberColumn("Age", format="%d", width=50),
        "patient_gender": column.TextColumn("Gender", width=80),
        "status": column.MultiselectColumn(
            "Status",
            options=[status.value for status in CaseStatus],
            color=[STATUS_COLORS[status] for status in CaseStatus],
            format_func=capitalize,
            width=100,
        ),
        "created_at": column.DatetimeColumn("Waiting since", format="distance", timezone=zone, width=115),
        "first_line": column.TextColumn("Summary", width=260),
        "updated_at": column.DatetimeColumn("Updated", format="calendar", timezone=zone, width=150),
    }
