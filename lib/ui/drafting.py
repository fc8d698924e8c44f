"""Drafts in the panel: an opened case takes up its draft, and the clinician decides what becomes of it."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from lib.accounts.sign_in import Session
from lib.cases.changes import find_changes, merge_changes
from lib.cases.drafts import Draft, find_draft
from lib.cases.editing import is_archived_since
from lib.cases.history import find_changes_since, rewind
from lib.cases.models import Case
from lib.cases.opening import Opening, open_case
from lib.cases.unseen import mark_seen
from lib.errors import CaseDeskError, NotAuthenticated
from lib.logs import Action, logged_action
from lib.ui.browser import read_session
from lib.ui.case_form import values_of
from lib.ui.draft_keeper import tell_when
from lib.ui.failures import explain
from lib.ui.open_case import Clash, Drafted, OpenCase, Panel, Result, redraw
from lib.ui.saving import KEPT, find_events, read_page
from lib.ui.side_by_side import ask_ahead
from lib.ui.words import name_fields, say_were, tell_changes
from lib.ui.worklist_state import Worklist


def read_opened(opened: OpenCase, worklist: Worklist) -> None:
    """Read an opened case and what is shown beside it, and fill its form; where that fails, remember why."""
    try:
        session = read_session()
        with logged_action(Action("open", session.user_id, opened.case_id)):
            answer = opened.asked.result() if opened.asked else open_case(session, opened.case_id)
            opened.namesakes, opened.is_flagged = answer.namesakes, answer.is_flagged
            _take_up(session, opened, answer.case, answer.draft)
        if opened.case_id in worklist.unseen:
            # Nobody waits for it: where it fails, the case stays marked until it is opened again.
            ask_ahead(lambda: mark_seen(session, answer.case))
            worklist.unseen -= {opened.case_id}
    except Exception as error:
        opened.failure = error


def open_ahead(panel: Panel, case_id: int, result: Result | None = None) -> None:
    """Make this case the open one, and ask for it at once: it is on its way before it is drawn."""
    opened = panel.open(case_id, result)
    with suppress(NotAuthenticated):
        opened.asked = ask_for_case(read_session(), case_id)


def ask_for_case(session: Session, case_id: int) -> Future[Opening]:
    """Ask for a case and what is shown beside it, and do not wait."""
    return ask_ahead(lambda: open_case(session, case_id))


def _take_up(session: Session, opened: OpenCase, case: Case, draft: Draft | None) -> None:
    """Fill the form of an opened case with it and what was typed; a case that has moved on may clash with that."""
    drafted = Drafted(case, draft, {})
    if opened.unsaved and opened.unsaved.typed:
        base = opened.unsaved.case
        drafted.filled = find_changes(base, opened.unsaved.typed)
    else:
        base = _take_up_draft(session, drafted, case, draft)
    if base.etag != case.etag and drafted.filled:
        _meet(opened, drafted, case, base)
    # All at once and last: a case whose fields could not be filled is not open.
    opened.case, opened.drafted, opened.fill = case, drafted, values_of(case) | drafted.filled


def _take_up_draft(session: Session, drafted: Drafted, case: Case, draft: Draft | None) -> Case:
    """Take what is kept into the form, and return the version of the case that it was typed on."""
    mine = find_changes(case, draft.changes.columns()) if draft else {}
    if not draft or not mine:
        return case
    drafted.filled, drafted.notice = mine, _tell_unsaved(draft)
    if draft.base_etag == case.etag:
        return case
    base = rewind(case, find_changes_since(session, case.case_id, draft.base_etag))
    return base.model_copy(update={"updated_at": draft.base_version})


def discard(case: Case) -> None:
    """Let go of what is typed: the form shows the case as it is saved."""
    panel, worklist, _ = read_page(case)
    if (opened := panel.find_opened(case)) and opened.case and opened.drafted:
        opened.drafted.go_on(opened.case)
        opened.drafted.decide(opened.case, {})
        opened.clash = opened.new_name = None
        opened.fill = values_of(opened.case)
        worklist.drafts -= {case.case_id}
        panel.result = Result(opened.case, "info", "Discarded. The form shows the case as it is saved.")
    redraw(panel)


def show_stored(case: Case) -> None:
    """Show what was typed in another window or device, beside what is typed here."""
    panel, _, typed = read_page(case)
    if (opened := panel.find_opened(case)) and opened.drafted:
        mine = find_changes(opened.drafted.base, typed)
        try:
            stored = find_draft(read_session(), case.case_id)
            if stored and not opened.clash:
                panel.result = Result(case, "warning", _compare(opened, opened.drafted, stored, mine), typed=typed)
        except CaseDeskError as error:
            panel.result = Result(case, "error", explain(error, KEPT), typed=typed)
    redraw(panel)


def _compare(opened: OpenCase, drafted: Drafted, stored: Draft, mine: dict[str, Any]) -> str:
    """Put what was typed elsewhere beside what is typed here, and say what came of it."""
    base = drafted.base
    merge = merge_changes(base, base.model_copy(update=stored.changes.columns()), mine)
    taken = {field: value for field, value in merge.theirs.items() if field not in mine}
    opened.fill |= taken
    if merge.conflicts:
        opened.clash = Clash(merge.conflicts, draft=stored)
        return f"{say_were(merge.conflicts)} typed differently in another window or device. Decide what to keep."
    drafted.decide(base, mine | taken, stored)
    return f"Typed in another window or device, and now in this form, too: {name_fields(taken)}."


def _meet(opened: OpenCase, drafted: Drafted, case: Case, base: Case) -> None:
    """Put a draft on top of a case that has moved on since it was typed, or have the clinician decide."""
    merge = merge_changes(base, case, drafted.filled)
    is_archived = is_archived_since(base, case)
    if merge.theirs:
        news = f"Changed elsewhere since: {tell_changes(base, case, tuple(merge.theirs))}."
        drafted.notice = f"{drafted.notice} {news}".strip()
    if merge.conflicts or is_archived:
        drafted.base = base
        opened.clash = Clash(merge.conflicts, is_archived, find_events(base))


def _tell_unsaved(draft: Draft) -> str:
    return f"Unsaved from {tell_when(draft.updated_at)}, typed on the case as of {tell_when(draft.base_version)}."
