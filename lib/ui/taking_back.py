"""Giving fields earlier values again: of the last save, or of a change in the history."""

from __future__ import annotations

from typing import Any

from lib.cases.changes import find_changes, merge_changes
from lib.cases.editing import Saved
from lib.cases.models import Case
from lib.errors import EditConflict
from lib.ui.case_form import values_of
from lib.ui.failures import explain
from lib.ui.open_case import Clash, Panel, Result, TakenBack, redraw
from lib.ui.saving import Typed, read_page, save_over, show_saved
from lib.ui.words import tell_changed_again
from lib.ui.worklist_state import Worklist


def undo(saved: Saved) -> None:
    """Take a save back: an ordinary update over what that save had made of the case."""
    take_back(saved.case, TakenBack("undo", saved.earlier_values, saved.case.etag), saved)


def restore(case: Case, field: str, value: Any) -> None:
    """Give a field an earlier value again: an ordinary update over this version of the case."""
    take_back(case, TakenBack("restore", {field: value}))


def toggle_history(case: Case) -> None:
    """Show or hide the history of this case."""
    panel, _, _ = read_page(case)
    if opened := panel.find_opened(case):
        opened.shows_history = not opened.shows_history
    redraw(panel)


def take_back(case: Case, taken: TakenBack, saved: Saved | None = None) -> None:
    """Set fields to earlier values; where they were changed again since, say to what, and ask."""
    panel, worklist, typed = read_page(case)
    opened = panel.find_opened(case)
    if opened and case.etag in opened.own:
        # Clicked twice: what came of the first click is to be drawn yet.
        redraw(panel)
    try:
        if opened and opened.clash:
            panel.result = Result(case, "warning", "First decide what to keep.")
        else:
            _show_taken_back(panel, worklist, typed, save_over(taken.action, case, taken.changes), taken)
            panel.undone |= {taken.undone} - {""}
    except EditConflict as conflict:
        changed = tell_changed_again(conflict.current, conflict.merge.conflicts) or "This case was archived meanwhile"
        panel.result = Result(conflict.current, "warning", f"Not {taken.done}: {changed}.", taken=taken)
    except Exception as error:
        panel.result = Result(case, "error", explain(error), saved=saved)
    redraw(panel)


def _show_taken_back(panel: Panel, worklist: Worklist, typed: Typed, done: Saved, taken: TakenBack) -> None:
    """Show what was taken back; what is typed and not saved stays, and is asked about where others changed it."""
    opened = panel.find_opened(done.case)
    base = opened.case if opened else None
    notice = opened.drafted.notice if opened and opened.drafted else ""
    show_saved(panel, worklist, done, taken.done.capitalize())
    if opened and base:
        mine = find_changes(base, typed)
        conflicts = merge_changes(base, done.case, mine).conflicts
        others = {name: conflict for name, conflict in conflicts.items() if name not in done.fields}
        opened.fill = {name: value for name, value in values_of(done.case).items() if name not in mine}
        opened.clash = Clash(others) if others else None
        if opened.drafted:
            opened.drafted.notice = notice if mine else ""
            opened.drafted.base = base if others else done.case
