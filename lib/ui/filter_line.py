"""The line above the worklist: what is shown, the search box, the filters, and a button for a new case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import streamlit as st

from lib.cases.filters import LONGEST_WAIT, SHOWN, Filters, Shown, default_order
from lib.cases.models import GENDERS, OLDEST_AGE
from lib.cases.worklist import TEXT_LIMIT, Order
from lib.ui.look import FILTER_LINE, SEARCH
from lib.ui.moments import local_zone
from lib.ui.new_case import offer_new_case
from lib.ui.open_case import find_panel
from lib.ui.run_view import offer_run
from lib.ui.saved_views import draw_saved_views
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import capitalize
from lib.ui.worklist_state import FILTERS_LINE, Worklist, find_worklist, reread

SEARCH_PAUSE = "300ms"
"""How long nothing is typed before it is searched for."""

ORDERS: dict[tuple[Order, bool], str] = {
    ("urgency", False): "Urgent first, then longest waiting",
    ("created_at", False): "Longest waiting first",
    ("created_at", True): "Shortest waiting first",
    ("updated_at", True): "Changed last first",
    ("updated_at", False): "Unchanged longest first",
    ("patient_name", False): "Name, A to Z",
    ("patient_name", True): "Name, Z to A",
    ("patient_age", False): "Youngest first",
    ("patient_age", True): "Oldest first",
    ("status", False): "Status, pending first",
    ("status", True): "Status, archived first",
    ("case_id", False): "Lowest number first",
    ("case_id", True): "Highest number first",
    ("first_line", False): "Summary, A to Z",
    ("first_line", True): "Summary, Z to A",
}
_SHOW = "filter"
_FIELDS = tuple(name for name in Filters.model_fields if name not in ("show", "order", "descending"))


@st.fragment(key=FILTERS_LINE)
def draw_filters() -> None:
    """Draw what the worklist can be narrowed down by, with the number of cases in each status."""
    worklist = find_worklist()
    with st.container(key=FILTER_LINE, horizontal=True, vertical_alignment="bottom", gap="small"):
        _draw_shown(worklist)
        _draw_search(worklist)
        _draw_popover(worklist)
        if worklist.is_narrowed:
            label = f"Clear ({len(worklist.criteria)})"
            st.button(label, icon=":material/close:", type="tertiary", key="clear-filters", on_click=clear_filters)
        offer_run()
        offer_new_case()
    worklist.line_drawn = worklist.line
    find_panel().asked.discard(FILTERS_LINE)


def choose_filter() -> None:
    """Read and show what is chosen to be shown."""
    reread(lambda worklist: worklist.choose(st.session_state[_SHOW]), by_line=True)


def search() -> None:
    """Read and show what is searched for."""
    reread(lambda worklist: worklist.search(st.session_state[SEARCH][:TEXT_LIMIT]), by_line=True)


def apply_filters() -> None:
    """Read and show what the filters let through."""
    reread(lambda worklist: worklist.narrow(_read_fields(worklist.filters)), by_line=True)


def clear_filters() -> None:
    """Narrow the list down by nothing any more, and show what there is then."""
    reread(lambda worklist: worklist.clear(), by_line=True)


def _draw_shown(worklist: Worklist) -> None:
    # Each time: the browser knows what is chosen by its label, and the number in that changes.
    st.session_state[_SHOW] = worklist.shown
    st.segmented_control(
        "Show",
        SHOWN,
        required=True,
        format_func=lambda shown: _label(worklist, shown),
        key=_SHOW,
        label_visibility="collapsed",
        on_change=choose_filter,
    )


def _draw_search(worklist: Worklist) -> None:
    _put(SEARCH, worklist.text)
    st.text_input(
        "Search all cases",
        type="search",
        live=SEARCH_PAUSE,
        placeholder="Name, summary or number",
        key=SEARCH,
        autocomplete="off",
        label_visibility="collapsed",
        on_change=search,
    )


def _draw_popover(worklist: Worklist) -> None:
    # With another label it would be another popover, and closed.
    popover = st.popover("Filters", icon=":material/filter_list:", key="filters-popover", on_change="rerun")
    if popover.open:
        with popover:
            _draw_order(worklist.filters)
            _draw_fields(worklist.filters)
            draw_saved_views(worklist)


def _draw_order(filters: Filters) -> None:
    chosen = (filters.order, filters.descending) if filters.order else default_order(filters.show)
    _put(_key("order"), chosen)
    st.selectbox("Order", list(ORDERS), format_func=ORDERS.__getitem__, key=_key("order"), on_change=apply_filters)


def _draw_fields(filters: Filters) -> None:
    for name in _FIELDS:
        _put(_key(name), getattr(filters, name))
    with st.container(horizontal=True):
        st.checkbox("Overdue", key=_key("overdue"), on_change=apply_filters)
        st.checkbox("Flagged", key=_key("flagged"), on_change=apply_filters)
        st.checkbox("Unsaved", key=_key("unsaved"), on_change=apply_filters, help="With a draft: typed and not saved")
    with st.container(horizontal=True):
        st.selectbox("Gender", [None, *GENDERS], format_func=_tell_gender, key=_key("gender"), on_change=apply_filters)
        _draw_number("Waiting longer than (hours)", "waiting_hours", LONGEST_WAIT)
    with st.container(horizontal=True):
        _draw_number("Age from", "youngest", OLDEST_AGE)
        _draw_number("Age to", "oldest", OLDEST_AGE)
    with st.container(horizontal=True):
        _draw_day("Changed from", "changed_from")
        _draw_day("Changed until", "changed_until")


def _draw_number(label: str, name: str, most: int) -> None:
    st.number_input(label, 0, most, value=None, step=1, key=_key(name), on_change=apply_filters)


def _draw_day(label: str, name: str) -> None:
    today = datetime.now(local_zone()).date()
    st.date_input(label, None, max_value=today, format="YYYY-MM-DD", key=_key(name), on_change=apply_filters)


def _read_fields(filters: Filters) -> Filters:
    """Return the filters as they are set in the popover; an order counts where it is not the usual one."""
    given: Mapping[str, Any] = uninterrupted(lambda: {name: st.session_state.get(_key(name)) for name in _FIELDS})
    order, descending = uninterrupted(lambda: st.session_state[_key("order")])
    usual = (order, descending) == default_order(filters.show)
    return Filters.read(
        {"show": filters.show, "order": None if usual else order, "descending": descending and not usual, **given}
    )


def _put(key: str, value: object) -> None:
    """Have a widget show a value, where it does not: what is being typed just now is not to be overwritten."""
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value


def _key(name: str) -> str:
    return f"filter-{name}"


def _tell_gender(gender: str | None) -> str:
    return capitalize(gender) if gender else "Any"


def _label(worklist: Worklist, shown: Shown) -> str:
    return f"{capitalize(shown)} {worklist.count(shown)}" if worklist.counts else capitalize(shown)
