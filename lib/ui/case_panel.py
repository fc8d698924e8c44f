"""One case with its form: only what differs from what was loaded is sent, and nobody's change is overwritten unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from lib.accounts.sign_in import Session
from lib.cases.changes import find_changes
from lib.cases.models import Case, CaseStatus
from lib.cases.update import get_case, update_case
from lib.cases.worklist import CaseRow
from lib.errors import CaseConflict
from lib.ui.failures import shown_failures
from lib.ui.look import BROWSER_MEMORY
from lib.ui.words import FIELD_LABELS, capitalize, name_fields

_OPENED = "opened_case"
_FORM = "form_name"
_CONFLICT = "conflicting_case"
_SAVED = "saved_fields"


def case_in_url() -> int | None:
    """Return the case number that the address names (`?case_id=13`), if it names one."""
    asked = st.query_params.get("case_id", "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 20 and int(asked) else None


def put_case_in_url(selected: int | None, *, among: Sequence[CaseRow]) -> None:
    """Put the selected case into the address; a case that is not among those shown stays open."""
    if selected and selected != case_in_url():
        st.query_params["case_id"] = str(selected)
    elif not selected and case_in_url() in [case.case_id for case in among]:
        del st.query_params["case_id"]


def draw_case_panel(session: Session, case_id: int) -> None:
    """Draw a case of the clinician's own with its form, or say that there is none."""
    with shown_failures(unsaved=True):
        case = _opened_case(session, case_id)
        st.subheader(f"Case {case.case_id}", anchor=False)
        form, memory = st.container(), st.container(key=BROWSER_MEMORY)
        with memory:
            name = _form_name(case)
        with form:
            _draw_form(session, case, name)


def forget_opened_case() -> None:
    """Let go of the case that was open, so that it is read again when it is opened again."""
    for kept in (_OPENED, _FORM, _CONFLICT, _SAVED):
        st.session_state.pop(kept, None)


def _opened_case(session: Session, case_id: int) -> Case:
    """Return the case as it was when it was opened or saved here: the version that the form is compared with."""
    opened: Case | None = st.session_state.get(_OPENED)
    if opened is None or opened.case_id != case_id:
        opened = get_case(session, case_id)
        forget_opened_case()
        st.session_state[_OPENED] = opened
    return opened


def _form_name(case: Case) -> str:
    """Return what the keys of the form's fields begin with: the version that the form was first drawn with.

    It stays over the clinician's own saves, so that the cursor, and what is typed meanwhile, stay too. The browser
    keeps it in a field nobody sees, beside the version it was last saved as: after a restart of the server the same
    form is drawn again, unless the case was changed elsewhere, when old values must not mix with new ones.
    """
    key = f"form-of-case-{case.case_id}"
    if known := st.session_state.get(_FORM):
        st.session_state[key] = f"{known} {case.etag}"
    name, _, version = st.text_input("Form", key=key).partition(" ")
    if not known:
        known = st.session_state[_FORM] = name if version == case.etag else case.etag
    return known


def _open(case: Case, form: str) -> None:
    st.session_state[_OPENED] = case
    st.session_state[_FORM] = form
    st.session_state.pop(_CONFLICT, None)


def _draw_form(session: Session, case: Case, form: str) -> None:
    with st.form(f"case-{case.case_id}", border=False):
        typed = _draw_fields(case, form)
        submitted = st.form_submit_button(
            "Save changes", type="primary", shortcut="Ctrl+Enter", key=_key(case, form, "save")
        )
        changes = find_changes(case, typed)
        saved = st.session_state.pop(_SAVED, None)
        if submitted and (changes or not saved):
            _save(session, case, changes, form)
        elif saved:
            st.success(f"Saved: {name_fields(saved)}.")
        if current := st.session_state.get(_CONFLICT):
            _draw_conflict(session, case, current, typed)


def _draw_fields(case: Case, form: str) -> dict[str, Any]:
    name, age, gender = st.columns([4, 2, 2])
    gender.text_input(
        FIELD_LABELS["patient_gender"],
        capitalize(case.patient_gender),
        disabled=True,
        key=_key(case, form, "patient_gender"),
    )
    return {
        "patient_name": name.text_input(
            FIELD_LABELS["patient_name"], case.patient_name, key=_key(case, form, "patient_name")
        ),
        "patient_age": age.number_input(
            FIELD_LABELS["patient_age"], value=case.patient_age, key=_key(case, form, "patient_age")
        ),
        "status": st.selectbox(
            FIELD_LABELS["status"],
            list(CaseStatus),
            index=list(CaseStatus).index(case.status),
            format_func=capitalize,
            key=_key(case, form, "status"),
        ),
        "case_summary": st.text_area(
            FIELD_LABELS["case_summary"], case.case_summary, height=240, key=_key(case, form, "case_summary")
        ),
    }


def _save(session: Session, case: Case, changes: dict[str, Any], form: str | None = None) -> None:
    """Save and draw the page again: the same form where it is named, else one with what is saved now."""
    with shown_failures(unsaved=True), st.spinner("Saving…"):
        try:
            saved = update_case(session, case.case_id, changes, if_match=case.etag)
        except CaseConflict as conflict:
            if find_changes(conflict.current, changes):
                st.session_state[_CONFLICT] = conflict.current
                return
            # An earlier attempt, whose answer was lost, wrote just this; other fields may be new.
            saved, form = conflict.current, None
        _open(saved, form or saved.etag)
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
        if st.form_submit_button("Save mine over it", key=_key(current, current.etag, "overwrite")):
            _save(session, current, find_changes(case, typed))
        if st.form_submit_button("Discard mine, load the current case", key=_key(current, current.etag, "reload")):
            _open(current, current.etag)
            st.rerun()


def _key(case: Case, form: str, part: str) -> str:
    return f"case-{case.case_id}-{form}-{part}"
