"""The triage run: a walk through the worklist, one case at a time, on which a key sets the status and goes on."""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from lib.cases.changes import find_changes
from lib.cases.editing import Saved
from lib.cases.models import Case, CaseStatus
from lib.cases.worklist import CasePage, WorklistQuery, list_cases
from lib.errors import CaseDeskError
from lib.ui.browser import read_session
from lib.ui.open_case import PANEL, Panel, Result, find_panel, follow_url, put_case_in_url, redraw
from lib.ui.read_ahead import Ahead, ask_next, ask_now, has_moved_on
from lib.ui.saving import read_page, save_form
from lib.ui.uninterrupted import uninterrupted
from lib.ui.worklist_state import find_worklist

RUN = "run"
"""The key of the fragment that shows how far the run has come, and in the end what was done."""

_KEY = "triage-run"
_AT_ONCE = 200
_READ_ON_BEFORE = 5


@dataclass
class Run:
    """The worklist as it was when the run began, which case of it is shown, and what was saved on the way.

    `numbers` are the cases that were read of it so far, `rest` is what they are followed by; `farthest` is the place
    that was reached, and `ahead` what is read of the case behind it. `failures` say what could not be undone.
    """

    numbers: list[int]
    total: int
    rest: WorklistQuery | None = None
    place: int = 0
    farthest: int = 0
    ahead: Ahead | None = None
    done: list[Saved] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def current(self) -> int | None:
        """Return the number of the case that is shown; None at the end."""
        return self.numbers[self.place] if self.place < len(self.numbers) else None

    def take(self, query: WorklistQuery, page: CasePage) -> None:
        """Add a page of the worklist, less the cases that a save has moved to it since the run began."""
        known = set(self.numbers)
        self.numbers += [row.case_id for row in page.cases if row.case_id not in known]
        self.rest = query.model_copy(update={"after": page.next}) if page.next else None
        self.total = max(self.total, len(self.numbers) + 1) if self.rest else len(self.numbers)

    def go_to(self, case_id: int) -> None:
        """Stand at a case that was shown before; at another one, stay."""
        if case_id in self.numbers:
            self.place = self.numbers.index(case_id)


def find_run() -> Run | None:
    """Return the run that the clinician is on, if any."""
    found: Run | None = st.session_state.get(_KEY)
    return found


def start_run() -> None:
    """Begin a walk through the worklist, in the filter and the order that are shown."""
    panel, worklist = find_panel(), find_worklist()
    query = worklist.query.model_copy(update={"after": None, "limit": _AT_ONCE})
    run = Run([], worklist.total)
    try:
        run.take(query, list_cases(read_session(), query))
    except CaseDeskError as error:
        worklist.failure = error
        redraw(panel)
    panel.result = None
    st.session_state[_KEY] = run
    _show(panel, run)
    st.rerun()


def resume_run(run: Run) -> None:
    """Show the case that the run stands at, whatever other page was looked at meanwhile."""
    follow_url(RUN, PANEL, saves=run.done)
    panel = find_panel()
    if run.current is not None and not (panel.opened and panel.opened.case_id == run.current):
        _show(panel, run)


def decide(case: Case, status: CaseStatus) -> None:
    """Set the status of the case that is shown, save what is typed with it, and go on; where that fails, stay."""
    panel, _, typed = read_page(case)
    run, opened = uninterrupted(find_run), panel.find_opened(case)
    if run and run.current == case.case_id and opened and has_moved_on(opened):
        _show_as_it_is(panel, case, typed)
    elif run and run.current == case.case_id and opened and opened.case:
        panel.result = None
        if opened.clash or find_changes(opened.case, typed | {"status": status}):
            save_form(case, status=status)
        if panel.result is None or panel.result.level in ("success", "info"):
            _step(panel, run, 1)
    redraw(panel)


def edit(case: Case) -> None:
    """Have all fields of the case drawn; what is typed stays."""
    panel, _, _ = read_page(case)
    if opened := panel.find_opened(case):
        opened.show_all()
    redraw(panel, PANEL)


def step(case_id: int, by: int) -> None:
    """Go on from the case that is shown without saving, or back."""
    panel, run = uninterrupted(lambda: (find_panel(), find_run()))
    if run and run.current == case_id:
        _step(panel, run, by)
    redraw(panel)


def end_run(case: Case) -> None:
    """End the run at the case that is shown, unless something typed there would be left behind."""
    panel, _, typed = read_page(case)
    run, opened = uninterrupted(find_run), panel.find_opened(case)
    if run and opened and opened.case and find_changes(opened.case, typed):
        text = "Not ended: what you typed is not saved. Save it, or skip the case: it is kept as unsaved text."
        panel.result = Result(case, "warning", text)
    elif run:
        del run.numbers[run.place :]
        run.rest = None
        _show(panel, run)
    redraw(panel)


def leave_run() -> None:
    """Go back to the worklist, which is read again."""
    st.session_state.pop(_KEY, None)
    find_panel().close()
    put_case_in_url(None)
    st.rerun()


def go_back_into_run() -> None:
    """Show the last case of the run once more."""
    panel, run = uninterrupted(lambda: (find_panel(), find_run()))
    if run:
        _step(panel, run, -1)
    redraw(panel)


def read_rest() -> None:
    """Try once more to read the rest of the worklist, and go on with it."""
    panel, run = uninterrupted(lambda: (find_panel(), find_run()))
    if run:
        _read_rest(run)
        _show(panel, run)
    redraw(panel)


def read_on(run: Run) -> None:
    """Read the next case, and the rest of the worklist, before they are needed.

    Not a case that was shown before: what was typed in it last may still be on its way.
    """
    if run.current is None:
        return
    if run.place == run.farthest and run.place + 1 < len(run.numbers):
        run.ahead = ask_next(run.ahead, run.numbers[run.place + 1], time.monotonic())
    if run.place + _READ_ON_BEFORE >= len(run.numbers):
        _read_rest(run)


def _read_rest(run: Run) -> None:
    """Read one more page of the worklist, if there is one; where it cannot be read, it still is to be."""
    with suppress(CaseDeskError):
        if run.rest:
            run.take(run.rest, list_cases(read_session(), run.rest))


def _show_as_it_is(panel: Panel, case: Case, typed: dict[str, Any]) -> None:
    """Open a case anew that was changed before it was shown: nobody has decided about it as it is now."""
    text = "Not saved: this case was changed elsewhere a moment before it was shown. This is how it is now."
    result = Result(case, "warning", text, typed=typed)
    panel.open(case.case_id, result).unsaved = result


def _step(panel: Panel, run: Run, by: int) -> None:
    run.place = min(max(run.place + by, 0), len(run.numbers))
    run.farthest = max(run.farthest, run.place)
    _show(panel, run)


def _show(panel: Panel, run: Run) -> None:
    """Open the case at this place of the run, or none at its end."""
    case_id, result = run.current, panel.result
    if case_id is None:
        panel.close()
        # The end lists all that was saved.
        panel.result = result if result and result.level != "success" else None
    else:
        opened = panel.open(case_id, result)
        opened.is_brief = True
        with suppress(CaseDeskError):
            # On its way while the rest is drawn.
            ask_now(opened, run.ahead, time.monotonic())
        if run.ahead and run.ahead.case_id == case_id:
            run.ahead = None
    uninterrupted(lambda: put_case_in_url(case_id))
