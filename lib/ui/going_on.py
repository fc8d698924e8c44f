"""Going on to the next case of the worklist, or back to the one before, over the borders of its pages."""

from __future__ import annotations

import streamlit as st

from lib.cases.models import Case
from lib.ui.drafting import open_ahead
from lib.ui.open_case import Panel, find_panel, put_case_in_url, redraw
from lib.ui.saving import save_form
from lib.ui.uninterrupted import uninterrupted
from lib.ui.worklist_state import Worklist, find_worklist, read_again


def draw_steps() -> None:
    """Draw the buttons that lead to the summary of the open case, and to the case before and behind it."""
    # The script of the keys puts the cursor into the field.
    st.button("Note", key="press-n-note", icon=":material/edit_note:", type="tertiary", help="Write in the summary (N)")
    for forward, icon in ((False, "up"), (True, "down")):
        key = "press-j-next-case" if forward else "press-k-previous-case"
        label = "Next case" if forward else "Previous case"
        st.button(
            label,
            key=key,
            icon=f":material/keyboard_arrow_{icon}:",
            type="tertiary",
            help=f"{label} ({'J' if forward else 'K'})",
            on_click=go_on,
            kwargs={"forward": forward},
        )


def go_on(*, forward: bool) -> None:
    """Open the case behind the open one in the worklist, or before it; where there is none, stay."""
    panel, worklist = uninterrupted(lambda: (find_panel(), find_worklist()))
    case_id = _find_neighbour(panel, worklist, forward=forward)
    if case_id is not None:
        open_ahead(panel, case_id)
        worklist.is_left = True
        uninterrupted(lambda: put_case_in_url(case_id))
    redraw(panel)


def save_and_go_on(case: Case) -> None:
    """Save what is typed in the form of this case, and open the next one; where that fails, stay."""
    panel = save_form(case)
    if panel.find_opened(case) and (panel.result is None or panel.result.level in ("success", "info")):
        go_on(forward=True)
    redraw(panel)


def _find_neighbour(panel: Panel, worklist: Worklist, *, forward: bool) -> int | None:
    numbers = _list_numbers(worklist)
    opened = panel.opened.case_id if panel.opened else None
    place = numbers.index(opened) + (1 if forward else -1) if opened in numbers else 0
    if not 0 <= place < len(numbers):
        numbers, place = _turn_page(worklist, forward=forward), 0 if forward else -1
    return numbers[place] if numbers else None


def _turn_page(worklist: Worklist, *, forward: bool) -> list[int]:
    """Read the page behind this one, or before it, and return its cases; none where this is the last, or the first."""
    if not worklist.page or not (worklist.page.next if forward else worklist.trail):
        return []
    (worklist.go_forward if forward else worklist.go_back)()
    read_again(worklist)
    return [] if worklist.failure else _list_numbers(worklist)


def _list_numbers(worklist: Worklist) -> list[int]:
    return [row.case_id for row in worklist.page.cases] if worklist.page else []
