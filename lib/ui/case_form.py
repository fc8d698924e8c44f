"""The fields of a case's form: drawn, and read when they are submitted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from lib.cases.changes import find_changes
from lib.cases.models import FIELDS, Case, CaseChanges, CaseStatus
from lib.errors import InvalidChanges
from lib.ui.open_case import field_key
from lib.ui.privacy import hidden_fields, hides_names, shown_name
from lib.ui.words import FIELD_LABELS, capitalize

SUMMARY_HEIGHT = 250
TYPED_FIELDS = ("patient_name", "patient_age", "case_summary")


def draw_fields(case: Case, *, is_brief: bool = False) -> None:
    """Draw the fields of a case, or the summary alone; what they hold is in the session state."""
    if not is_brief:
        st.segmented_control(
            FIELD_LABELS["status"],
            list(CaseStatus),
            required=True,
            format_func=capitalize,
            key=field_key(case.case_id, "status"),
            width="stretch",
        )
    is_hidden = hides_names()
    if is_hidden:
        st.text("Names and summaries are hidden. Show them to read or write here.")
    else:
        st.text_area(FIELD_LABELS["case_summary"], height=SUMMARY_HEIGHT, key=field_key(case.case_id, "case_summary"))
    if not is_brief:
        _draw_person(case, is_hidden=is_hidden)


def _draw_person(case: Case, *, is_hidden: bool) -> None:
    name, age, gender = st.columns([5, 2, 2])
    if is_hidden:
        name.text_input(FIELD_LABELS["patient_name"], shown_name(case.patient_name), disabled=True)
    else:
        name.text_input(FIELD_LABELS["patient_name"], key=field_key(case.case_id, "patient_name"))
    age.number_input(FIELD_LABELS["patient_age"], value=None, step=1, key=field_key(case.case_id, "patient_age"))
    gender.text_input(FIELD_LABELS["patient_gender"], capitalize(case.patient_gender), disabled=True)


def values_of(case: Case) -> dict[str, Any]:
    """Return what the form shows of a case."""
    return {name: getattr(case, name) for name in CaseChanges.model_fields}


def read_fields(case: Case) -> dict[str, Any]:
    """Return what the form of a case holds, as it was submitted; nothing where it is not on the page."""
    hidden = hidden_fields()
    keys = {name: field_key(case.case_id, name) for name in CaseChanges.model_fields if name not in hidden}
    return {name: st.session_state[key] for name, key in keys.items() if key in st.session_state}


def find_typed_changes(case: Case, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was typed that differs from the case.

    Raises:
        InvalidChanges: the age was emptied, which to an update would mean that it stays.
    """
    changes = find_changes(case, typed)
    for name, value in changes.items():
        if value is None:
            raise InvalidChanges(name, f"is empty; allowed is {FIELDS[name].description}")
    return changes
