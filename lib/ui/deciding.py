"""Deciding between mine and theirs, field by field."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from lib.cases.changes import Conflict, find_changes
from lib.cases.models import Case
from lib.cases.text_merge import merge_texts
from lib.ui.open_case import OpenCase, Panel, Result, redraw
from lib.ui.saving import Typed, read_page, save_typed
from lib.ui.worklist_state import Worklist


def keep_mine(case: Case, field: str) -> None:
    """Keep what I typed; what is left is saved with the last decision."""
    _decide(case, field, lambda _, typed: typed)


def take_theirs(case: Case, field: str) -> None:
    """Take what somebody else made of a field; what is left of mine is saved with the last decision."""
    _decide(case, field, lambda conflict, _: conflict.now)


def merge_both(case: Case, field: str) -> None:
    """Put both summaries into the field, to be corrected and saved."""
    _decide(case, field, lambda conflict, typed: merge_texts(conflict.loaded, conflict.now, typed), save=False)


def save_into_archived(case: Case) -> None:
    """Save over a case that was archived meanwhile, which the clinician has now seen."""
    page = read_page(case)
    opened = page[0].find_opened(case)
    if opened and opened.clash:
        opened.clash = replace(opened.clash, is_archived=False)
        _conclude(page, opened, case, save=True)
    redraw(page[0])


def _decide(case: Case, field: str, choose: Callable[[Conflict, Any], Any], *, save: bool = True) -> None:
    page = read_page(case)
    panel, _, typed = page
    opened = panel.find_opened(case)
    if opened and opened.clash and field in opened.clash.conflicts:
        conflicts = dict(opened.clash.conflicts)
        chosen = choose(conflicts.pop(field), typed[field])
        if chosen != typed[field]:
            opened.fill[field] = typed[field] = chosen
        opened.clash = replace(opened.clash, conflicts=conflicts)
        _conclude(page, opened, case, save=save)
    redraw(panel)


def _conclude(page: tuple[Panel, Worklist, Typed], opened: OpenCase, case: Case, *, save: bool) -> None:
    """Go on where everything is decided: save what is left of mine, unless there is more to type."""
    panel, _, typed = page
    clash = opened.clash
    if clash is None or not clash.is_decided:
        return
    opened.clash, mine = None, find_changes(case, typed)
    opened.hold(mine, clash.draft)
    if clash.draft:
        panel.result = Result(case, "info", "This is what is kept now. It is not saved yet.")
    elif not save:
        text = "Both texts are in the field; what both replaced stands there as [theirs | yours]. Correct it, and save."
        panel.result = Result(case, "info", text)
    elif mine:
        save_typed(page, case, opened.new_name)
    else:
        panel.result = Result(case, "info", "Nothing of yours is left to save: the form shows the case as it is now.")
