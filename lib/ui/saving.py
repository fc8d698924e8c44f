"""What the buttons of the form do: save, take back, decide.

Each is a callback, bound to the case it was drawn for. It runs before anything else of the page, whatever is clicked
next, and what came of it is kept to be shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lib.cases.changes import find_changes, merge_changes, shares_little
from lib.cases.editing import Saved, is_archived_since, save_changes
from lib.cases.models import Case
from lib.errors import EditConflict, InvalidChanges, NoChanges, NotAuthenticated
from lib.logs import Action, logged_action
from lib.ui import browser
from lib.ui.case_form import find_typed_changes, read_fields, values_of
from lib.ui.failures import explain
from lib.ui.open_case import Clash, Panel, Result, TakenBack, find_panel, redraw
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import name_fields, tell_changed_again, tell_changes
from lib.ui.worklist_state import Worklist, find_worklist

KEPT = " What you typed is still here."


def submit_form(case: Case, confirmed_name: str | None = None) -> None:
    """Save what is typed in the form of this case."""
    panel, worklist, typed = read_page(case)
    opened = panel.find_opened(case)
    if opened and opened.clash:
        panel.result = Result(case, "warning", "Not saved: first decide what to keep.", typed=typed)
    elif opened and opened.case and case.etag in opened.own:
        _save_once_more(panel, worklist, case, opened.case, typed)
    else:
        _save_typed(panel, worklist, case, typed, confirmed_name)
    redraw(panel)


def keep_old_name(case: Case) -> None:
    """Put the name back that the case has; nothing is saved."""
    panel, _, _ = read_page(case)
    if opened := panel.find_opened(case):
        opened.new_name, opened.fill = None, {"patient_name": case.patient_name}
        panel.result = Result(case, "info", "The name is as it was. Nothing was saved.")
    redraw(panel)


def toggle_history(case: Case) -> None:
    """Show or hide the history of this case."""
    panel, _, _ = read_page(case)
    if opened := panel.find_opened(case):
        opened.shows_history = not opened.shows_history
    redraw(panel)


def decide(case: Case, field: str, *, mine: bool) -> None:
    """Keep mine or take theirs in a field that both changed; what is left is saved with the last decision."""
    panel, worklist, typed = read_page(case)
    opened = panel.find_opened(case)
    if opened and opened.clash and field in opened.clash.conflicts:
        conflicts = dict(opened.clash.conflicts)
        conflict = conflicts.pop(field)
        if not mine:
            opened.fill[field] = typed[field] = conflict.now
        opened.clash = replace(opened.clash, conflicts=conflicts)
        _save_when_decided(panel, worklist, case, typed)
    redraw(panel)


def save_into_archived(case: Case) -> None:
    """Save over a case that was archived meanwhile, which the clinician has now seen."""
    panel, worklist, typed = read_page(case)
    opened = panel.find_opened(case)
    if opened and opened.clash:
        opened.clash = replace(opened.clash, is_archived=False)
        _save_when_decided(panel, worklist, case, typed)
    redraw(panel)


def undo(saved: Saved) -> None:
    """Take a save back: an ordinary update over what that save had made of the case."""
    take_back(saved.case, TakenBack("undo", saved.earlier_values), saved)


def restore(case: Case, field: str, value: Any) -> None:
    """Give a field an earlier value again: an ordinary update over this version of the case."""
    take_back(case, TakenBack("restore", {field: value}))


def take_back(case: Case, taken: TakenBack, saved: Saved | None = None) -> None:
    """Set fields to earlier values; where they were changed again since, say to what, and ask."""
    panel, worklist, typed = read_page(case)
    opened = panel.find_opened(case)
    try:
        if opened and opened.clash:
            panel.result = Result(case, "warning", "First decide what to keep.")
        else:
            _show_taken_back(panel, worklist, typed, _save(taken.action, case, taken.changes), taken)
    except EditConflict as conflict:
        changed = tell_changed_again(conflict.current, conflict.merge.conflicts) or "This case was archived meanwhile"
        panel.result = Result(conflict.current, "warning", f"Not {taken.done}: {changed}.", taken=taken)
    except Exception as error:
        panel.result = Result(case, "error", explain(error), saved=saved)
    redraw(panel)


def _show_taken_back(panel: Panel, worklist: Worklist, typed: dict[str, Any], done: Saved, taken: TakenBack) -> None:
    """Show what was taken back; what is typed and not saved stays, and is asked about where others changed it."""
    opened = panel.find_opened(done.case)
    base = opened.case if opened else None
    notice = opened.drafted.notice if opened and opened.drafted else ""
    _show_saved(panel, worklist, done, taken.done.capitalize())
    if opened and base:
        mine = find_changes(base, typed)
        conflicts = merge_changes(base, done.case, mine).conflicts
        others = {name: conflict for name, conflict in conflicts.items() if name not in done.fields}
        opened.fill = {name: value for name, value in values_of(done.case).items() if name not in mine}
        opened.clash = Clash(others) if others else None
        if opened.drafted:
            opened.drafted.notice = notice if mine else ""
            opened.drafted.base = base if others else done.case


def read_page(case: Case) -> tuple[Panel, Worklist, dict[str, Any]]:
    """Return what the page remembers, and what is typed in the form of this case, where it is drawn."""

    def read() -> tuple[Panel, Worklist, dict[str, Any]]:
        return find_panel(), find_worklist(), read_fields(case)

    return uninterrupted(read)


def _save_once_more(panel: Panel, worklist: Worklist, drawn: Case, saved: Case, typed: dict[str, Any]) -> None:
    """Save what was typed after a save whose answer the page had not drawn yet; a key pressed twice is one save."""
    typed_since = find_changes(saved, find_changes(drawn, typed))
    if typed_since:
        _save_typed(panel, worklist, saved, values_of(saved) | typed_since, None)


def _save_when_decided(panel: Panel, worklist: Worklist, case: Case, typed: dict[str, Any]) -> None:
    opened = panel.find_opened(case)
    assert opened
    assert opened.clash
    if opened.clash.conflicts or opened.clash.is_archived:
        return
    draft, opened.clash = opened.clash.draft, None
    if opened.drafted:
        opened.drafted.decide(case, find_changes(case, typed), draft)
    if draft:
        panel.result = Result(case, "info", "This is what is kept now. It is not saved yet.")
        return
    _save_typed(panel, worklist, case, typed, opened.new_name)


def _save_typed(
    panel: Panel, worklist: Worklist, case: Case, typed: dict[str, Any], confirmed_name: str | None
) -> None:
    try:
        changes = find_typed_changes(case, typed)
        if not changes:
            raise NoChanges
        if _may_be_somebody_else(case, changes.get("patient_name"), confirmed_name):
            _ask_for_the_name(panel, case, typed)
        else:
            _show_saved(panel, worklist, _save("save", case, changes), "Saved")
    except NoChanges as error:
        panel.result = Result(case, "info", explain(error))
    except EditConflict as conflict:
        _show_clash(panel, case, typed, conflict)
    except Exception as error:
        field = error.field if isinstance(error, InvalidChanges) else None
        panel.result = Result(case, "error", explain(error, KEPT), typed=typed, field=field)


def _save(action: str, case: Case, changes: Mapping[str, Any]) -> Saved:
    session = browser.read_session()
    if session.user_id != case.user_id:
        raise NotAuthenticated
    with logged_action(Action(action, session.user_id, case.case_id)):
        return save_changes(session, case, changes)


def _may_be_somebody_else(case: Case, new_name: str | None, confirmed_name: str | None) -> bool:
    return bool(new_name and new_name.strip() and new_name != confirmed_name) and shares_little(
        case.patient_name, new_name or ""
    )


def _ask_for_the_name(panel: Panel, case: Case, typed: dict[str, Any]) -> None:
    if opened := panel.find_opened(case):
        opened.new_name = typed["patient_name"]
    panel.result = Result(case, "warning", "Not saved yet: is this still the same patient?", typed=typed)


def _show_saved(panel: Panel, worklist: Worklist, saved: Saved, verb: str) -> None:
    text = f"{verb}: {tell_changes(saved.before, saved.case, saved.fields)}."
    if saved.meanwhile:
        text += f" Changed elsewhere meanwhile: {tell_changes(saved.loaded, saved.case, saved.meanwhile)}."
    panel.result = Result(saved.case, "success", text, saved=saved)
    worklist.show(saved.before, saved.case)
    if opened := panel.find_opened(saved.case):
        opened.case, opened.clash, opened.new_name = saved.case, None, None
        opened.own.add(saved.loaded.etag)
        if opened.drafted:
            opened.drafted.go_on(saved.case)
        opened.fill |= {name: getattr(saved.case, name) for name in saved.meanwhile}


def _show_clash(panel: Panel, case: Case, typed: dict[str, Any], conflict: EditConflict) -> None:
    merge = conflict.merge
    text = "Not saved: "
    if is_archived_since(conflict.loaded, conflict.current):
        text += "this case was archived meanwhile. "
    if merge.conflicts:
        text += f"{name_fields(merge.conflicts)} was changed elsewhere, too. "
    panel.result = Result(case, "warning", text + "Decide what to keep.", typed=typed)
    if opened := panel.find_opened(case):
        opened.case = conflict.current
        opened.clash = Clash(merge.conflicts, is_archived_since(conflict.loaded, conflict.current))
        mine = find_changes(conflict.loaded, typed)
        opened.fill |= {name: value for name, value in merge.theirs.items() if name not in mine}
