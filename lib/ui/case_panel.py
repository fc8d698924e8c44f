"""One case with its form: only what differs from what was loaded is sent, and nobody's change is overwritten unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.auth import Session
from lib.cases import get_case, update_case
from lib.errors import CaseConflict
from lib.models import Case, CaseStatus
from lib.ui.failures import shown_failures
from lib.ui.words import FIELD_LABELS, capitalize, name_fields

_OPENED = "opened_case"
_CONFLICT = "conflicting_case"
_SAVED = "saved_fields"


def asked_case() -> int | None:
    """Return the case number that the address names (`?case_id=13`), if it names one."""
    asked = st.query_params.get("case_id", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 20 and int(asked) else None


def ask_for_case(selected: int | None, *, among: Sequence[Case]) -> None:
    """Put the selected case into the address; a case that is not among those shown stays open."""
    if selected and selected != asked_case():
        st.query_params["case_id"] = str(selected)
    elif not selected and asked_case() in [case.case_id for case in among]:
        del st.query_params["case_id"]


def draw_case_panel(session: Session, case_id: int) -> None:
    """Draw a case of the clinician's own with its form, or say that there is none."""
    with shown_failures(unsaved=True):
        case = _opened_case(session, case_id)
        st.subheader(f"Case {case.case_id}", anchor=False)
        _draw_form(session, case)


def forget_opened_case() -> None:
    """Let go of the case that was open, so that it is read anew when it is opened again."""
    for kept in (_OPENED, _CONFLICT, _SAVED):
        st.session_state.pop(kept, None)


def _opened_case(session: Session, case_id: int) -> Case:
    """Return the case as it was when it was opened: the version that the form is compared with."""
    opened: Case | None = st.session_state.get(_OPENED)
    if opened is None or opened.case_id != case_id:
        opened = get_case(session, case_id)
        _open(opened)
        st.session_state.pop(_SAVED, None)
    return opened


def _open(case: Case) -> None:
    st.session_state[_OPENED] = case
    st.session_state.pop(_CONFLICT, None)


def _draw_form(session: Session, case: Case) -> None:
    with st.form(f"case-{case.case_id}", border=False):
        typed = _draw_fields(case)
        if st.form_submit_button("Save changes", type="primary", shortcut="Ctrl+Enter", key=_key(case, "save")):
            _save(session, case, find_changes(case, typed))
        elif saved := st.session_state.pop(_SAVED, None):
            st.success(f"Saved: {name_fields(saved)}.")
        if current := st.session_state.get(_CONFLICT):
            _draw_conflict(session, case, current, typed)


def _draw_fields(case: Case) -> dict[str, Any]:
    name, age, gender = st.columns([4, 2, 2])
    gender.text_input(
        FIELD_LABELS["patient_gender"], capitalize(case.patient_gender), disabled=True, key=_key(case, "patient_gender")
    )
    return {
        "patient_name": name.text_input(
            FIELD_LABELS["patient_name"], case.patient_name, key=_key(case, "patient_name")
        ),
        "patient_age": age.number_input(
            FIELD_LABELS["patient_age"], value=case.patient_age, key=_key(case, "patient_age")
        ),
        "status": st.selectbox(
            FIELD_LABELS["status"],
            list(CaseStatus),
            index=list(CaseStatus).index(case.status),
            format_func=capitalize,
            key=_key(case, "status"),
        ),
        "case_summary": st.text_area(
            FIELD_LABELS["case_summary"], case.case_summary, height=240, key=_key(case, "case_summary")
        ),
    }


def find_changes(case: Case, typed: dict[str, Any]) -> dict[str, Any]:
    """Return the fields whose typed value differs from the case as it was loaded.

    A browser writes line breaks its own way, which is no change.
    """
    return {field: value for field, value in typed.items() if _one_way(value) != _one_way(getattr(case, field))}


def _one_way(value: Any) -> Any:
    return value.replace("\r\n", "\n").replace("\r", "\n") if isinstance(value, str) else value


def _save(session: Session, case: Case, changes: dict[str, Any]) -> None:
    if not changes:
        st.info("Nothing to save: no field differs from the saved case.")
        return
    with shown_failures(unsaved=True), st.spinner("Saving…"):
        try:
            saved = update_case(session, case.case_id, changes, if_match=case.etag)
        except CaseConflict as conflict:
            if find_changes(conflict.current, changes):
                st.session_state[_CONFLICT] = conflict.current
                return
            # An earlier attempt, whose answer was lost, wrote just this.
            saved = conflict.current
        _open(saved)
        st.session_state[_SAVED] = list(changes)
        st.rerun()


def _draw_conflict(session: Session, case: Case, current: Case, typed: dict[str, Any]) -> None:
    """Draw what was changed elsewhere, inside the form: a button outside would not see what is typed after it."""
    st.warning("This case was changed elsewhere since you opened it. What you typed is still in the form above.")
    for field in find_changes(case, current.model_dump(include=set(FIELD_LABELS))):
        st.text(f"{FIELD_LABELS[field]} is now")
        with st.container(border=True):
            st.text(str(getattr(current, field)) or "(empty)")
    with st.container(horizontal=True):
        if st.form_submit_button("Save mine over it", key=_key(current, "overwrite")):
            _save(session, current, find_changes(case, typed))
        if st.form_submit_button("Discard mine, load the current case", key=_key(current, "reload")):
            _open(current)
            st.rerun()


def _key(case: Case, part: str) -> str:
    """Name a widget by case and version: the same case drawn again keeps what was typed, another version does not."""
    return f"case-{case.case_id}-{case.etag}-{part}"
