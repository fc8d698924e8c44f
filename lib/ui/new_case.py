"""The form for a new case, in a dialog that only `Cancel` or a created case closes."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import streamlit as st

from lib.accounts.sign_in import Session
from lib.backend.deadlines import answered_within
from lib.cases.models import GENDERS, Case, NewCase
from lib.cases.namesakes import SamePatient, find_same_patients
from lib.cases.update import create_case
from lib.cases.waiting import tell_waiting
from lib.errors import CaseDeskError, InvalidChanges
from lib.logs import Action, logged_action
from lib.ui.browser import read_session
from lib.ui.failures import explain
from lib.ui.many import is_covered
from lib.ui.open_case import PANEL, Panel, Result, find_panel, put_case_in_url, redraw
from lib.ui.privacy import names_in_url, shown_name
from lib.ui.save_result import result_html
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import FIELD_LABELS, capitalize
from lib.ui.worklist_state import FILTERS_LINE, Worklist, find_worklist

HINT_SECONDS = 2
"""How long a search for the same patient may keep a case from being created."""

_KEY = "new-case"


@dataclass
class Dialog:
    """The open dialog: the key that makes what is filled in one case, why it was not created, and the wrong field.

    `same` are open cases of what may be the same patient, which are to be looked at before it is.
    """

    key: str = field(default_factory=secrets.token_hex)
    failure: str = ""
    invalid: str = ""
    same: tuple[SamePatient, ...] = ()


def page_shortcut(keys: str) -> str | None:
    """Return the shortcut of a button of the page: none while a dialog is open in front of it."""
    return None if _KEY in st.session_state or is_covered() else keys


def offer_new_case() -> None:
    """Draw the button `New case`, and the dialog where it is open."""
    st.button("New case", icon=":material/add:", on_click=_open_dialog)
    if _KEY in st.session_state:
        _draw_dialog(st.session_state[_KEY])


@st.dialog("New case", dismissible=False)
def _draw_dialog(dialog: Dialog) -> None:
    with st.form("new-case-form", border=False, enter_to_submit=False):
        st.text_input(FIELD_LABELS["patient_name"], key=_field_key("patient_name"))
        age, gender = st.columns(2)
        age.number_input(FIELD_LABELS["patient_age"], value=None, step=1, key=_field_key("patient_age"))
        gender.selectbox(
            FIELD_LABELS["patient_gender"],
            GENDERS,
            index=None,
            format_func=capitalize,
            key=_field_key("patient_gender"),
        )
        st.text_area(FIELD_LABELS["case_summary"], height=160, key=_field_key("case_summary"))
        st.form_submit_button("Create case", type="primary", shortcut="Ctrl+Enter", on_click=_create)
        if dialog.failure:
            st.html(result_html("error", dialog.failure, _field_key(dialog.invalid) if dialog.invalid else ""))
        elif dialog.same:
            _draw_hint(dialog.same)
    st.button("Cancel", on_click=_close_dialog)


def _draw_hint(same: Sequence[SamePatient]) -> None:
    """Point out open cases of what may be the same patient; each opens in a tab of its own, beside what is typed."""
    told = "; ".join(_tell(each, datetime.now(UTC)) for each in same)
    opens = "It opens in a new tab; what you typed stays here."
    st.html(result_html("warning", f"Not created yet. There is already {told}. {opens}"))
    with st.container(horizontal=True):
        for each in same:
            address = f"/?case_id={each.case_id}{names_in_url()}"
            st.link_button(f"Open case {each.case_id}", address, icon=":material/open_in_new:")
        numbers = frozenset(each.case_id for each in same)
        st.form_submit_button("Create anyway", key="create-anyway", on_click=_create, kwargs={"told": numbers})


def _tell(case: SamePatient, now: datetime) -> str:
    name, waiting = shown_name(case.patient_name), tell_waiting(case.created_at, now)
    return f"case {case.case_id}, {name}, {case.patient_age}, {case.patient_gender}, {case.status} (waiting {waiting})"


def _open_dialog() -> None:
    redraw(uninterrupted(_begin_dialog), FILTERS_LINE, PANEL)


def _begin_dialog() -> Panel:
    st.session_state[_KEY] = Dialog()
    return find_panel()


def _close_dialog() -> None:
    uninterrupted(lambda: st.session_state.pop(_KEY, None))
    # Only a run of the whole page closes a dialog.
    st.rerun()


def _create(told: frozenset[int] = frozenset()) -> None:
    """Create the case that is typed in the dialog, and open it, unless it may be one that nobody was told of yet."""
    panel, dialog, typed = uninterrupted(_read_page)
    if dialog is None:
        return
    given = {name: value for name, value in typed.items() if value is not None}
    dialog.failure, dialog.invalid, dialog.same = "", "", ()
    created = None
    try:
        session = read_session()
        dialog.same = _find_untold(session, NewCase.parse(given), dialog.key, told)
        if not dialog.same:
            with logged_action(Action("create", session.user_id)) as action:
                created = create_case(session, given, key=dialog.key)
                action.case_id = created.case_id
    except Exception as error:
        dialog.failure = explain(error, " What you typed is still here.")
        dialog.invalid = error.field if isinstance(error, InvalidChanges) else ""
    if created is None:
        redraw(panel, FILTERS_LINE)
    uninterrupted(lambda: _show_created(panel, find_worklist(), created))
    st.rerun()


def _find_untold(session: Session, new: NewCase, key: str, told: frozenset[int]) -> tuple[SamePatient, ...]:
    """Return open cases of what may be the same patient, where any of them is news; none where that cannot be known."""
    with suppress(CaseDeskError), answered_within(HINT_SECONDS):
        same = find_same_patients(session, new, key=key)
        if not told.issuperset(each.case_id for each in same):
            return same
    return ()


def _read_page() -> tuple[Panel, Dialog | None, dict[str, Any]]:
    typed = {name: st.session_state.get(_field_key(name)) for name in NewCase.model_fields}
    return find_panel(), st.session_state.get(_KEY), typed


def _show_created(panel: Panel, worklist: Worklist, created: Case) -> None:
    st.session_state.pop(_KEY, None)
    put_case_in_url(created.case_id)
    text = f"Created: case {created.case_id}, {shown_name(created.patient_name)}."
    panel.open(created.case_id, Result(created, "success", text))
    worklist.is_left = True
    worklist.own[created.case_id] = created.updated_at


def _field_key(name: str) -> str:
    return f"{name}-of-new-case"
