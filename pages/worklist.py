"""The clinician's cases, those that wait longest first, and the selected one beside them."""

import streamlit as st

from lib.cases.models import OPEN_STATUSES, CaseStatus
from lib.cases.worklist import WorklistQuery, count_cases, list_cases
from lib.ui.browser import require_session
from lib.ui.case_panel import case_in_url, draw_case_panel, forget_opened_case, put_case_in_url
from lib.ui.failures import shown_failures
from lib.ui.look import OPEN_CASE
from lib.ui.new_case import offer_new_case
from lib.ui.words import capitalize
from lib.ui.worklist_table import draw_page_turner, draw_worklist_table, page_trail

FILTERS: dict[str, tuple[CaseStatus, ...]] = {
    "open": OPEN_STATUSES,
    **{status.value: (status,) for status in CaseStatus},
    "all": tuple(CaseStatus),
}

session = require_session()

with st.container(horizontal=True, vertical_alignment="bottom"):
    numbers = st.container(horizontal=True, width="content")
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        shown = st.segmented_control(
            "Show",
            list(FILTERS),
            default="open",
            required=True,
            format_func=capitalize,
            key="show",
            bind="query-params",
        )
        offer_new_case()
table, panel = st.columns([3, 2], gap="medium")

# The panel is drawn whatever happens here: it may hold what a clinician has typed and not saved.
with table, shown_failures():
    counts = count_cases(session)
    for status, number in counts.items():
        numbers.metric(capitalize(status), number, border=True, width=112)

    statuses = FILTERS[shown]
    trail = page_trail(shown)
    query = WorklistQuery(
        statuses=statuses,
        order="longest_waiting" if shown == "open" else "newest",
        after=trail[-1] if trail else None,
    )
    page = list_cases(session, query)
    if page.cases:
        draw_page_turner(page, trail, query.limit, total=sum(counts[status] for status in statuses))
        selected = draw_worklist_table(page.cases, case_in_url())
        put_case_in_url(selected, among=page.cases)
    else:
        st.info("There is no case here. Choose what to show above, or create a case with “New case”.")

with panel:
    if case_id := case_in_url():
        with st.container(key=OPEN_CASE):
            draw_case_panel(session, case_id)
    else:
        forget_opened_case()
        st.info("Select a case in the table to open it here: with its checkbox, or with Shift+Space.")
