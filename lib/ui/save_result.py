"""What came of a save, beside the button that was pressed, with what can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from html import escape

import streamlit as st

from lib.cases.models import Case
from lib.ui.look import SAVE_RESULT
from lib.ui.open_case import Level, Panel, Result, TakenBack, field_key, find_panel, put_case_in_url, redraw
from lib.ui.privacy import shown_name
from lib.ui.saving import keep_old_name, submit_form
from lib.ui.taking_back import take_back, undo
from lib.ui.triage_run import find_run
from lib.ui.uninterrupted import uninterrupted
from lib.ui.worklist_state import find_worklist

_MARKS = {"success": "✓", "info": "i", "warning": "!", "error": "✗"}


def draw_result(panel: Panel) -> None:
    """Say what came of the last save; where there was none, draw the place for it, which screen readers listen to."""
    with st.container(key=SAVE_RESULT):
        st.html(_html(panel.result, is_open=_is_of_open_case(panel)) if panel.result else "<span></span>")


def draw_result_buttons(panel: Panel, offer: Callable[..., bool]) -> None:
    """Draw what can be done about it; in a form, `offer` draws buttons that submit it."""
    result, opened = panel.result, panel.opened
    if not result:
        return
    if result.saved:
        offer(
            "Undo", icon=":material/undo:", key=f"press-z-undo-{result.case.etag}", on_click=undo, args=(result.saved,)
        )
    elif result.taken:
        _offer_taking_back(result.case, result.taken, offer)
    elif result.typed and not _is_of_open_case(panel):
        offer(f"Open case {result.case.case_id}", key="reopen", on_click=reopen, args=(result,))
    elif opened and opened.case and opened.new_name:
        offer("Yes, save", key="same-patient", on_click=submit_form, args=(opened.case, opened.new_name))
        offer("No, keep the old name", key="other-patient", on_click=keep_old_name, args=(opened.case,))


def _offer_taking_back(case: Case, taken: TakenBack, offer: Callable[..., bool]) -> None:
    label = f"{taken.action.capitalize()} all the same"
    offer(label, key=f"{taken.action}-{case.etag}", on_click=take_back, args=(case, taken))


def reopen(result: Result) -> None:
    """Open a case again that was not saved, with what was typed in it."""
    panel, worklist = uninterrupted(lambda: (find_panel(), find_worklist()))
    panel.open(result.case.case_id, result)
    assert panel.opened
    panel.opened.unsaved, worklist.is_left = result, True
    if run := uninterrupted(find_run):
        run.go_to(result.case.case_id)
    uninterrupted(lambda: put_case_in_url(result.case.case_id))
    redraw(panel)


def _is_of_open_case(panel: Panel) -> bool:
    assert panel.result
    return panel.find_opened(panel.result.case) is not None


def _html(result: Result, *, is_open: bool) -> str:
    of = "" if is_open else f"Case {result.case.case_id}, {shown_name(result.case.patient_name)}: "
    field = field_key(result.case.case_id, result.field) if is_open and result.field else ""
    return result_html(result.level, of + result.text, field)


def result_html(level: Level, text: str, field: str = "") -> str:
    """Return what came of something; `field` is the key of the field that is wrong, which a script marks."""
    role = ' role="alert"' if level in ("warning", "error") else ""
    invalid = f' id="why-invalid" data-invalid-field="{field}"' if field else ""
    mark = f'<span aria-hidden="true">{_MARKS[level]}</span>'
    return f'<div class="result {level}"{role}{invalid}>{mark} {escape(text)}</div>'
