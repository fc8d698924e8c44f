"""What is below the table while rows of it are picked, and the dialog that asks before many cases are changed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import streamlit as st

from lib.cases.many import Change, Step
from lib.cases.models import CaseStatus
from lib.cases.worklist import CaseRow
from lib.ui.look import MANY_ANSWERS, MANY_BAR, MANY_COUNT, MANY_RESULT
from lib.ui.many import (
    Many,
    Question,
    Told,
    ask,
    cancel,
    carry_out,
    pick_page,
    start_picking,
    stop_picking,
    undo_many,
    wait_for,
)
from lib.ui.privacy import shown_name
from lib.ui.save_result import result_html
from lib.ui.words import capitalize, tell_count


def offer_picking() -> None:
    """Draw the button that begins the mode."""
    st.button(
        "Select",
        key="press-x-select",
        icon=":material/checklist:",
        type="tertiary",
        help="Select cases, to change many at once (X)",
        on_click=start_picking,
    )


def draw_many(many: Many, rows: Sequence[CaseRow]) -> None:
    """Draw how many are picked, what can be done to them, and what came of it."""
    with st.container(key=MANY_BAR, horizontal=True, vertical_alignment="center", gap="small"):
        with st.container(key=MANY_COUNT, width="content"):
            st.html(_count_html(many))
        is_full = bool(rows) and all(row.case_id in many.picked for row in rows)
        label = "None on this page" if is_full else "All on this page"
        st.button(
            label,
            key="press-a-all",
            type="tertiary",
            help=f"{label} (A)",
            disabled=not rows,
            on_click=pick_page,
            args=(rows,),
        )
        for place, status in enumerate(CaseStatus, start=1):
            label = "Archive" if status is CaseStatus.ARCHIVED else capitalize(status)
            _offer(many, label, str(place), status)
        are_flagged = bool(many.picked) and all(row.is_flagged for row in many.picked.values())
        _offer(many, "Unflag" if are_flagged else "Flag", "f", "unflag" if are_flagged else "flag")
        st.button("Done", key="press-escape-done", icon=":material/close:", help="Leave (Esc)", on_click=stop_picking)
    with st.container(key=MANY_RESULT, horizontal=True, vertical_alignment="center", gap="small"):
        st.html(
            "".join(result_html(told.level, _tell(told)) for told in many.told) or "<span class='nothing'></span>",
            width="stretch",
        )
        if many.ways_back:
            _offer_undo(many.ways_back)


def _offer_undo(ways_back: tuple[Step, ...]) -> None:
    label = "Undo all" if len(ways_back) > 1 else "Undo"
    name = "press-z-undo-many"
    st.button(label, key=name, icon=":material/undo:", help=f"{label} (Z)", on_click=undo_many, args=(ways_back,))


def draw_many_dialog(many: Many) -> None:
    """Draw the dialog, where something is asked about, or being done."""
    if many.work:
        title = "Undo" if many.work.is_undoing else _title(many.work.steps[0].change, len(many.work.steps))
        st.dialog(title, dismissible=False)(wait_for)(many, many.work)
    elif many.asked:
        title = _title(many.asked.change, len(many.asked.rows))
        st.dialog(f"{title}?", dismissible=False)(_draw_question)(many.asked)


def _draw_question(question: Question) -> None:
    names = "".join(f"<li>{_tell_row(row)}</li>" for row in question.rows)
    # What may have to be scrolled takes the focus, for those who have no mouse.
    st.html(f"<ul class='many' tabindex='0'>{names}</ul>")
    if question.others:
        are = "is" if question.others == 1 else "are"
        st.text(f"{tell_count(question.others)} of those selected {are} so already.")
    with st.container(key=MANY_ANSWERS, horizontal=True):
        st.button(
            _title(question.change, len(question.rows)),
            key="many-yes",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=carry_out,
            args=(question,),
        )
        st.button("Cancel", key="many-no", shortcut="Esc", on_click=cancel)


def _offer(many: Many, label: str, key: str, change: Change) -> None:
    st.button(
        label,
        key=f"press-{key}-many",
        help=f"{label} ({key.upper()})",
        disabled=not many.picked,
        on_click=ask,
        args=(change,),
    )


def _count_html(many: Many) -> str:
    """Say how many are picked, and which one was picked or let go just now."""
    last, told = many.picked_last, ""
    if last:
        is_picked = last.case_id in many.picked
        told = f"Case {last.case_id}, {shown_name(last.patient_name)}, {'selected' if is_picked else 'not selected'}."
    return f"<strong>{len(many.picked)} selected</strong><span class='for-ears'>{escape(told)}</span>"


def _title(change: Change, number: int) -> str:
    cases = tell_count(number)
    if change is CaseStatus.ARCHIVED:
        return f"Archive {cases}"
    return f"Set {cases} to {capitalize(change)}" if isinstance(change, CaseStatus) else f"{capitalize(change)} {cases}"


def _tell_row(row: CaseRow) -> str:
    name = escape(shown_name(row.patient_name))
    return f"{row.case_id} · <bdi>{name}</bdi>, {row.patient_age} · {capitalize(row.status)}"


def _tell(told: Told) -> str:
    return " ".join([told.text, "; ".join(f"case {row.case_id}, {shown_name(row.patient_name)}" for row in told.rows)])
