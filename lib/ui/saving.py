"""Saving what is typed in the form.

What the buttons do are callbacks, bound to the case they were drawn for. They run before anything else of the page,
whatever is clicked next, and what came of them is kept to be shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from lib.cases.changes import find_changes, shares_little
from lib.cases.editing import Saved, is_archived_since, save_changes
from lib.cases.history import Event, find_changes_since
from lib.cases.models import Case, CaseStatus
from lib.errors import CaseDeskError, EditConflict, InvalidChanges, NoChanges, NotAuthenticated
from lib.logs import Action, logged_action
from lib.ui import browser
from lib.ui.case_form import find_typed_changes, read_fields, values_of
from lib.ui.events import name_author
from lib.ui.failures import explain
from lib.ui.moments import local_zone, tell_time
from lib.ui.open_case import Clash, Panel, Result, find_panel, redraw
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import say_were, tell_changes
from lib.ui.worklist_state import Worklist, find_worklist

KEPT = " What you typed is still here."

Typed = dict[str, Any]


def submit_form(case: Case, confirmed_name: str | None = None) -> None:
    """Save what is typed in the form of this case."""
    redraw(save_form(case, confirmed_name))


def save_form(case: Case, confirmed_name: str | None = None, *, status: CaseStatus | None = None) -> Panel:
    """Save what is typed in the form of this case, and a status that was chosen beside it; keep what came of it."""
    page = read_page(case)
    panel, _, typed = page
    opened = panel.find_opened(case)
    if status:
        typed["status"] = status
        if opened:
            # What is asked about, where it cannot be saved at once, is decided by what the form holds.
            opened.fill["status"] = status
    if opened and opened.clash:
        panel.result = Result(case, "warning", "Not saved: first decide what to keep.", typed=typed)
    elif opened and opened.case and case.etag in opened.own:
        _save_once_more(page, case, opened.case)
    else:
        save_typed(page, case, confirmed_name)
    return panel


def keep_old_name(case: Case) -> None:
    """Put the name back that the case has; nothing is saved."""
    panel, _, typed = read_page(case)
    if opened := panel.find_opened(case):
        typed["patient_name"] = case.patient_name
        opened.new_name, opened.fill = None, {"patient_name": case.patient_name}
        opened.hold(find_changes(case, typed))
        panel.result = Result(case, "info", "The name is as it was. Nothing was saved.")
    redraw(panel)


def read_page(case: Case) -> tuple[Panel, Worklist, Typed]:
    """Return what the page remembers, and what was submitted with the form of this case, where it is drawn."""
    panel, worklist, typed = uninterrupted(lambda: (find_panel(), find_worklist(), read_fields(case)))
    opened = panel.find_opened(case)
    left_out = opened.left_out if opened else frozenset()
    typed = {name: value for name, value in typed.items() if name not in left_out}
    if opened and opened.case:
        mine = find_changes(case, typed)
        # A form that still shows the version before a save gets what the case has now.
        now = values_of(opened.case) if case.etag in opened.own else {}
        opened.fill = {name: value for name, value in (opened.fill | now).items() if name not in mine}
    return panel, worklist, typed


def save_typed(page: tuple[Panel, Worklist, Typed], case: Case, confirmed_name: str | None = None) -> None:
    """Save what is typed over this version of the case, and keep what came of it."""
    panel, worklist, typed = page
    try:
        changes = find_typed_changes(case, typed)
        if not changes:
            raise NoChanges
        if _may_be_somebody_else(case, changes, confirmed_name):
            _ask_for_the_name(panel, case, typed)
        else:
            show_saved(panel, worklist, save_over("save", case, changes), "Saved")
            panel.note_saved()
    except NoChanges as error:
        panel.result = Result(case, "info", explain(error))
    except EditConflict as conflict:
        _show_clash(panel, case, typed, conflict)
    except Exception as error:
        field = error.field if isinstance(error, InvalidChanges) else None
        panel.result = Result(case, "error", explain(error, KEPT), typed=typed, field=field)


def _save_once_more(page: tuple[Panel, Worklist, Typed], drawn: Case, saved: Case) -> None:
    """Save what was typed after a save whose answer the page had not drawn yet; a key pressed twice is one save."""
    panel, worklist, typed = page
    if typed_since := find_changes(saved, find_changes(drawn, typed)):
        save_typed((panel, worklist, values_of(saved) | typed_since), saved)


def save_over(action: str, case: Case, changes: Mapping[str, Any]) -> Saved:
    """Save changes over a version of a case, and log it.

    Raises:
        NotAuthenticated: this browser is not signed in as the owner of the case any more.
        EditConflict and others: as in `save_changes`.
    """
    session = browser.read_session()
    if session.user_id != case.user_id:
        raise NotAuthenticated
    with logged_action(Action(action, session.user_id, case.case_id)):
        return save_changes(session, case, changes)


def _may_be_somebody_else(case: Case, changes: Mapping[str, Any], confirmed_name: str | None) -> bool:
    new_name = changes.get("patient_name", "").strip()
    return bool(new_name) and new_name != (confirmed_name or "").strip() and shares_little(case.patient_name, new_name)


def _ask_for_the_name(panel: Panel, case: Case, typed: Typed) -> None:
    if opened := panel.find_opened(case):
        opened.new_name = typed["patient_name"]
    names = f"“{case.patient_name}” would become “{typed['patient_name'].strip()}”"
    panel.result = Result(case, "warning", f"Not saved yet: {names}. Is this still the same patient?", typed=typed)


def show_saved(panel: Panel, worklist: Worklist, saved: Saved, verb: str) -> None:
    """Keep what was saved to be shown, and go on from it."""
    panel.result = _tell_saved(saved, verb)
    worklist.show(saved.before, saved.case)
    if opened := panel.find_opened(saved.case):
        opened.case, opened.clash, opened.new_name = saved.case, None, None
        opened.own.add(saved.loaded.etag)
        if opened.drafted:
            opened.drafted.go_on(saved.case)
        opened.fill |= {name: getattr(saved.case, name) for name in saved.meanwhile}


def _tell_saved(saved: Saved, verb: str) -> Result:
    """Say what was saved, and what others changed meanwhile; what somebody else had saved is not to be undone here."""
    changed = tell_changes(saved.before, saved.case, saved.fields)
    events = find_events(saved.loaded) if saved.meanwhile or saved.was_there else ()
    if saved.was_there and not _are_own(events, saved):
        text = f"Already saved: {changed}{_tell_author(events, saved.loaded, saved.fields)}."
        return Result(saved.case, "info", text)
    text = f"{verb}: {changed}."
    if saved.meanwhile:
        others = tell_changes(saved.loaded, saved.case, saved.meanwhile)
        text += f" Changed elsewhere meanwhile: {others}{_tell_author(events, saved.loaded, saved.meanwhile)}."
    return Result(saved.case, "success", text, saved=saved)


def _are_own(events: Sequence[Event], saved: Saved) -> bool:
    """Tell whether the clinician was the last to change each of these fields, as far as that can be read."""
    authors = {field: event.changed_by for event in events for field in event.changes}
    return all(authors.get(field) == saved.case.user_id for field in saved.fields)


def _show_clash(panel: Panel, case: Case, typed: Typed, conflict: EditConflict) -> None:
    merge, is_archived = conflict.merge, is_archived_since(conflict.loaded, conflict.current)
    text = "Not saved: "
    text += "this case was archived meanwhile. " if is_archived else ""
    text += f"{say_were(merge.conflicts)} changed elsewhere, too. " if merge.conflicts else ""
    panel.result = Result(case, "warning", text + "Decide what to keep.", typed=typed)
    if opened := panel.find_opened(case):
        opened.case = conflict.current
        opened.clash = Clash(merge.conflicts, is_archived, find_events(conflict.loaded))
        mine = find_changes(conflict.loaded, typed)
        opened.fill |= {name: value for name, value in merge.theirs.items() if name not in mine}


def find_events(loaded: Case) -> tuple[Event, ...]:
    """Return what was changed since a case was loaded; nothing where that cannot be read."""
    with suppress(CaseDeskError):
        return find_changes_since(browser.read_session(), loaded.case_id, loaded.etag)
    return ()


def _tell_author(events: Sequence[Event], loaded: Case, fields: Iterable[str]) -> str:
    """Say who changed fields last, and when, as far as it can be read."""
    for event in reversed(events):
        if set(event.changes) & set(fields):
            author, now = name_author(event.changed_by, loaded.user_id), datetime.now(local_zone())
            return f" (by {author}, {tell_time(event.changed_at, now)})"
    return ""
