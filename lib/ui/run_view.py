"""What a triage run looks like: how far it has come, the keys below the case, and in the end what was done."""

from __future__ import annotations

from html import escape

import streamlit as st

from lib.cases.editing import Saved
from lib.cases.models import Case, CaseStatus
from lib.errors import BackendUnavailable, EditConflict, NotAuthenticated
from lib.ui.browser import require_session
from lib.ui.failures import explain
from lib.ui.look import RUN_KEYS
from lib.ui.open_case import find_panel, redraw
from lib.ui.privacy import shown_name
from lib.ui.saving import save_over
from lib.ui.taking_back import undo
from lib.ui.triage_run import (
    RUN,
    Run,
    decide,
    edit,
    end_run,
    find_run,
    go_back_into_run,
    leave_run,
    read_rest,
    start_run,
    step,
)
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import capitalize, tell_changes, tell_count
from lib.ui.worklist_state import find_worklist


def offer_run() -> None:
    """Draw the button that starts a run through what the worklist shows."""
    st.button(
        "Triage",
        key="press-t-triage",
        icon=":material/play_arrow:",
        type="primary",
        help="Go through this list case by case (T)",
        on_click=start_run,
    )


@st.fragment(key=RUN)
def draw_run() -> None:
    """Draw how far the run has come, or what was done once it is at its end."""
    require_session()
    run, panel = find_run(), find_panel()
    if run and run.current is not None:
        st.progress(run.place / run.total, f"{run.place + 1} of {run.total}")
    elif run:
        _draw_end(run)
    panel.asked.discard(RUN)


def draw_run_steps(run: Run, case: Case) -> None:
    """Draw the buttons that go on without a decision, and back."""
    number = case.case_id
    _offer("b", "Back", "arrow_back", number, -1, disabled=not run.place)
    _offer("s", "Skip", "arrow_forward", number, 1)


def draw_run_keys(case: Case) -> None:
    """Draw the buttons that set the status and go on, in the form: what is typed is saved with them."""
    with st.container(key=RUN_KEYS, horizontal=True, vertical_alignment="center"):
        for place, status in enumerate(CaseStatus, start=1):
            st.form_submit_button(
                f"{place} {capitalize(status)}",
                key=f"press-{place}-of-case-{case.case_id}",
                type="primary" if status is case.status else "secondary",
                on_click=decide,
                args=(case, status),
            )
        # The script of the keys puts the cursor into the field, once that is drawn.
        for key, label in (("n", "Note"), ("e", "Edit")):
            name = f"press-{key}-field-of-case-{case.case_id}"
            st.form_submit_button(label, key=name, type="tertiary", on_click=edit, args=(case,))
        st.form_submit_button(
            "End",
            key=f"press-escape-end-of-case-{case.case_id}",
            type="tertiary",
            on_click=end_run,
            args=(case,),
        )


def _offer(key: str, label: str, icon: str, number: int, by: int, *, disabled: bool = False) -> None:
    st.button(
        label,
        key=f"press-{key}-of-case-{number}",
        icon=f":material/{icon}:",
        type="tertiary",
        disabled=disabled,
        on_click=step,
        args=(number, by),
    )


def _draw_end(run: Run) -> None:
    """Draw what was saved on the way, each with the way back."""
    undone = find_panel().undone
    changed = len({saved.case.case_id for saved in run.done if saved.case.etag not in undone})
    st.subheader(f"{changed} of {tell_count(run.total)} changed" if changed else "Nothing is changed", anchor=False)
    with st.container(horizontal=True):
        st.button("Back to the worklist", key="press-escape-leave", type="primary", on_click=leave_run)
        if run.place:
            st.button("Last case", key="press-b-last", help="Back (B)", on_click=go_back_into_run)
        if any(saved.case.etag not in undone for saved in run.done):
            st.button("Undo all", icon=":material/undo:", on_click=undo_run)
    for text in run.failures:
        st.error(text)
    if run.rest:
        st.error("This is not the end: the rest of the list could not be read.")
        st.button("Try again", icon=":material/refresh:", key="read-rest", on_click=read_rest)
    for saved in run.done:
        _draw_done(saved, is_undone=saved.case.etag in undone)


def _draw_done(saved: Saved, *, is_undone: bool) -> None:
    changed = tell_changes(saved.before, saved.case, saved.fields)
    who = f"<strong>Case {saved.case.case_id}</strong> · <bdi>{escape(shown_name(saved.case.patient_name))}</bdi>"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(f"<div>{who} · {escape(changed)}{' · undone' if is_undone else ''}</div>")
        if not is_undone:
            st.button("Undo", key=f"undo-of-run-{saved.case.etag}", type="tertiary", on_click=undo, args=(saved,))


def undo_run() -> None:
    """Take back all that the run has saved, the latest first; what was changed again since stays, and is named."""
    panel, worklist, run = uninterrupted(lambda: (find_panel(), find_worklist(), find_run()))
    failures = []
    for saved in reversed(run.done if run else []):
        if saved.case.etag in panel.undone:
            continue
        try:
            back = save_over("undo", saved.case, saved.earlier_values)
        except EditConflict:
            number = saved.case.case_id
            failures.append(
                f"Case {number} was not undone: it was changed again since. Open it to see how it stands now."
            )
        except (BackendUnavailable, NotAuthenticated) as error:
            # The others would wait for the same answer, one after the other.
            failures.append(f"Case {saved.case.case_id} was not undone, nor what was saved before it. {explain(error)}")
            break
        except Exception as error:
            failures.append(f"Case {saved.case.case_id} was not undone. {explain(error)}")
        else:
            panel.undone.add(saved.case.etag)
            worklist.show(back.before, back.case)
    panel.result = None
    if run:
        run.failures = failures
    redraw(panel)
