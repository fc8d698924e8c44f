"""The form for a new case, in a dialog that only `Cancel` or a saved case closes."""

from __future__ import annotations

import streamlit as st

from lib.cases.models import GENDERS
from lib.cases.update import create_case
from lib.ui.browser import require_session
from lib.ui.failures import shown_failures
from lib.ui.words import FIELD_LABELS, capitalize


def offer_new_case() -> None:
    """Draw the button `New case`."""
    if st.button("New case", icon=":material/add:"):
        _draw_dialog()


@st.dialog("New case", dismissible=False)
def _draw_dialog() -> None:
    session = require_session()
    with st.form("new-case", border=False):
        new = {
            "patient_name": st.text_input(FIELD_LABELS["patient_name"]),
            "patient_age": st.number_input(FIELD_LABELS["patient_age"], value=None, step=1),
            "patient_gender": st.selectbox(FIELD_LABELS["patient_gender"], GENDERS, index=None, format_func=capitalize),
            "case_summary": st.text_area(FIELD_LABELS["case_summary"], height=200),
        }
        if st.form_submit_button("Create case", type="primary"):
            with shown_failures(unsaved=True):
                created = create_case(session, {field: value for field, value in new.items() if value is not None})
                st.query_params["case_id"] = str(created.case_id)
                st.rerun()
    if st.button("Cancel"):
        st.rerun()
