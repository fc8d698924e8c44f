"""The form for a new case, in a dialog that only `Cancel` or a created case closes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lib.cases.models import GENDERS, Case, NewCase
from lib.cases.update import create_case
from lib.errors import InvalidChanges
from lib.logs import Action, logged_action
from lib.ui.browser import read_session
from lib.ui.failures import explain
from lib.ui.open_case import PANEL, Panel, Result, find_panel, put_case_in_url, redraw
from lib.ui.privacy import shown_name
from lib.ui.save_result import result_html
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import FIELD_LABELS, capitalize
from lib.ui.worklist_state import FILTERS_LINE, Worklist, find_worklist

_KEY = "new-case"


@dataclass
class Dialog:
    """The open dialog: the key that makes what is filled in one case, why it was not created, and the wrong field."""

    key: str = field(default_factory=secrets.token_hex)
    failure: str = ""
    invalid: str = ""


def page_shortcut(keys: str) -> str | None:
    """Return the shortcut of a button of the page: none while a dialog is open in front of it."""
    return None if _KEY in st.session_state else keys


def offer_new_case() -> None:
    """Draw the button `New case`, and the dialog where it is open."""
    st.button("New case", icon=":material/add:", on_click=_open_dialog)
    if _KEY in st.session_state:
        _draw_dialog(st.session_state[_KEY])


@st.dialog("New case", dismissible=False)
def _draw_dialog(dialog: Dialog) -> None:
    with st.form("new-case-form", border=False, enter_to_submit=False):
        st.text_input(FIELD_LABELS["patient_name"], key=_field_key("patient_name"))
        st.number_input(FIELD_LABELS["patient_age"], value=None, step=1, key=_field_key("patient_age"))
        st.selectbox(
            FIELD_LABELS["patient_gender"],
            GENDERS,
            index=None,
            format_func=capitalize,
            key=_field_key("patient_gender"),
        )
        st.text_area(FIELD_LABELS["case_summary"], height=200, key=_field_key("case_summary"))
        st.form_submit_button("Create case", type="primary", shortcut="Ctrl+Enter", on_click=_create)
        if dialog.failure:
            st.html(result_html("error", dialog.failure, _field_key(dialog.invalid) if dialog.invalid else ""))
    st.button("Cancel", on_click=_close_dialog)


def _open_dialog() -> None:
    st.session_state[_KEY] = Dialog()
    redraw(find_panel(), FILTERS_LINE, PANEL)


def _close_dialog() -> None:
    st.session_state.pop(_KEY, None)
    # Only a run of the whole page closes a dialog.
    st.rerun()


def _create() -> None:
    """Create the case that is typed in the dialog, and open it."""
    panel, dialog, typed = uninterrupted(_read_page)
    if dialog is None:
        return
    try:
        session = read_session()
        with logged_action(Action("create", session.user_id)) as action:
            given = {name: value for name, value in typed.items() if value is not None}
            created = create_case(session, given, key=dialog.key)
            action.case_id = created.case_id
    except Exception as error:
        dialog.failure = explain(error, " What you typed is still here.")
        dialog.invalid = error.field if isinstance(error, InvalidChanges) else ""
        redraw(panel, FILTERS_LINE)
    uninterrupted(lambda: _show_created(panel, find_worklist(), created))
    st.rerun()


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
