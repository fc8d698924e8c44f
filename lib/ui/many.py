"""Many cases at once: a mode of the table in which rows are picked, what is done to them, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import streamlit as st

from lib.cases.many import Change, Outcome, Step, change_many
from lib.cases.models import CaseStatus
from lib.cases.worklist import CaseRow
from lib.errors import BackendUnavailable, CaseConflict, NotAuthenticated, OutcomeUnknown
from lib.ui.browser import read_session, watch_session
from lib.ui.failures import explain
from lib.ui.open_case import Level, find_panel, redraw
from lib.ui.side_by_side import ask_ahead
from lib.ui.uninterrupted import uninterrupted
from lib.ui.words import tell_count
from lib.ui.worklist_state import TABLE, Worklist, find_worklist

_KEY = "many"


@dataclass(frozen=True)
class Question:
    """What is asked about: what is to be done to which cases, as they were seen then; of so many others it is true."""

    change: Change
    rows: tuple[CaseRow, ...]
    others: int = 0


@dataclass
class Work:
    """What is being done to many cases, or was; it goes on whatever becomes of the page.

    Where this does what was left of an earlier work, `earlier` takes that back, and `lost` are the cases of which the
    answer was lost then.
    """

    steps: tuple[Step, ...]
    is_undoing: bool = False
    earlier: tuple[Step, ...] = ()
    lost: frozenset[int] = frozenset()
    outcomes: list[Outcome] = field(default_factory=list)
    done: Future[tuple[Outcome, ...]] | None = None

    @property
    def ways_back(self) -> tuple[Step, ...]:
        """Return the steps that take back what was done, or that are left of what was to be taken back."""
        if self.is_undoing:
            return tuple(each.step for each in self.outcomes if isinstance(each.failure, BackendUnavailable))
        return self.earlier + tuple(step for outcome in self.outcomes if (step := self._find_way_back(outcome)))

    def _find_way_back(self, outcome: Outcome) -> Step | None:
        """Return the step that takes one back; what was there is of the earlier work, if its answer was lost."""
        if outcome.was_there and outcome.case and outcome.case.case_id in self.lost:
            return Step(outcome.case, outcome.step.seen.status)
        return outcome.way_back


@dataclass(frozen=True)
class Told:
    """A sentence about what was done, and the cases that it is about, where it names them."""

    level: Level
    text: str
    rows: tuple[CaseRow, ...] = ()


@dataclass
class Many:
    """The mode: the picked cases as they were seen last, what is asked about them, and what was done.

    `picked_last` is the case that was picked just now, or let go, for those who do not see it. `work` is under way;
    `told` is what came of the one before, `missed` what of it came to nothing, and `ways_back` take it back.
    `keeps_list`: the list is shown as it was read, so that what was done can be seen where it was done.
    """

    picked: dict[int, CaseRow] = field(default_factory=dict)
    picked_last: CaseRow | None = None
    asked: Question | None = None
    work: Work | None = None
    told: tuple[Told, ...] = ()
    missed: tuple[Outcome, ...] = ()
    ways_back: tuple[Step, ...] = ()
    keeps_list: bool = False

    def pick(self, rows: Sequence[CaseRow], places: Iterable[int]) -> None:
        """Pick the rows of a page at these places, and no others of that page; those of other pages stay picked."""
        chosen = {rows[place].case_id: rows[place] for place in places if place < len(rows)}
        differing = [row for row in rows if (row.case_id in chosen) != (row.case_id in self.picked)]
        others = {row.case_id for row in rows}
        self.picked = {number: row for number, row in self.picked.items() if number not in others} | chosen
        self.picked_last = differing[0] if len(differing) == 1 else None

    def see(self, worklist: Worklist) -> None:
        """Take note of how the picked cases are shown now: that is what will be changed."""
        for row in worklist.page.cases if worklist.page else ():
            if row.case_id in self.picked:
                is_flagged = row.case_id in worklist.flagged
                self.picked[row.case_id] = row.model_copy(update={"is_flagged": is_flagged})


def find_many() -> Many | None:
    """Return the mode, where the table is in it."""
    found: Many | None = st.session_state.get(_KEY)
    return found


def is_covered() -> bool:
    """Tell whether the dialog of this mode is in front of the page."""
    many = find_many()
    return bool(many and (many.asked or many.work))


def keep_list_once() -> bool:
    """Have this run of the page show the list as it was read, once more after many cases were changed, or say no."""
    many = find_many()
    if many is None or not many.keeps_list:
        return False
    many.keeps_list = many.work is not None
    return True


def start_picking() -> None:
    """Begin to pick rows of the table."""
    _turn(Many())


def stop_picking() -> None:
    """End the mode; nothing is picked any more."""
    _turn(None)


def _turn(many: Many | None) -> None:
    panel, worklist = uninterrupted(lambda: (find_panel(), find_worklist()))
    uninterrupted(lambda: st.session_state.__setitem__(_KEY, many))
    worklist.is_left = True
    redraw(panel, TABLE)


def pick_rows(rows: Sequence[CaseRow], places: Iterable[int]) -> None:
    """Take note of which rows of this page are picked in the table."""
    panel, many = uninterrupted(lambda: (find_panel(), find_many()))
    if many:
        many.pick(rows, places)
    redraw(panel, TABLE)


def pick_page(rows: Sequence[CaseRow]) -> None:
    """Pick all rows of this page, or none, where all are picked."""
    many, worklist = uninterrupted(lambda: (find_many(), find_worklist()))
    worklist.is_left = True
    is_full = many is not None and all(row.case_id in many.picked for row in rows)
    pick_rows(rows, [] if is_full else range(len(rows)))


def ask(change: Change) -> None:
    """Ask whether this is to be done to the picked cases; those of which it is true already are left out."""
    panel, many = uninterrupted(lambda: (find_panel(), find_many()))
    if many and not many.work:
        rows = tuple(row for row in many.picked.values() if not _is_so(row, change))
        many.asked = Question(change, rows, len(many.picked) - len(rows)) if rows else None
        if not rows:
            many.told = (Told("info", "Nothing to do: the selected cases are so already."),)
    redraw(panel)


def cancel() -> None:
    """Do nothing of what was asked about, and close the dialog."""
    many = uninterrupted(find_many)
    if many:
        many.asked, many.keeps_list = None, True
    # Only a run of the whole page closes a dialog.
    st.rerun()


def carry_out(question: Question) -> None:
    """Do what was asked about to just the cases that were named; a second click does nothing."""
    work = Work(tuple(Step(row, question.change) for row in question.rows))
    if many := uninterrupted(find_many):
        _go_on_from(many, work)
    _begin(question, work)


def _go_on_from(many: Many, work: Work) -> None:
    """Have one way back for what was done before and for what was left of it, where just that is done now."""
    missed = {(each.step.seen.case_id, each.step.change): each.failure for each in many.missed}
    if all((step.seen.case_id, step.change) in missed for step in work.steps):
        work.earlier = many.ways_back
        work.lost = frozenset(number for (number, _), why in missed.items() if isinstance(why, OutcomeUnknown))


def undo_many(ways_back: tuple[Step, ...]) -> None:
    """Take back what was done, as a whole: each case over the version that it was left in."""
    _begin(ways_back, Work(ways_back, is_undoing=True))


def _begin(cause: object, work: Work) -> None:
    panel, many = uninterrupted(lambda: (find_panel(), find_many()))
    if many and not many.work and (many.asked is cause or many.ways_back is cause):
        with suppress(NotAuthenticated):
            still = watch_session()
            work.done = ask_ahead(partial(change_many, read_session(), work.steps, work.outcomes.append, still))
            many.asked, many.told, many.ways_back, many.keeps_list, many.work = None, (), (), True, work
    redraw(panel, TABLE)


def wait_for(many: Many, work: Work, look_seconds: float = 0.1) -> None:
    """Show how far the work has come, until it is done; a newer interaction stops this, and not the work."""
    place = st.empty()
    while work.done and not work.done.done():
        done, total = len(work.outcomes), len(work.steps)
        place.progress(done / total, f"{done} of {total}")
        time.sleep(look_seconds)
    worklist, panel = find_worklist(), find_panel()
    _show_in_list(worklist, work)
    _tell(many, work)
    many.work, worklist.is_left = None, True
    # What was set back may have left the list since, and stands where it stood otherwise.
    many.keeps_list = not work.is_undoing
    if panel.opened and panel.opened.case_id in {step.seen.case_id for step in work.steps}:
        # Read again, with what is typed there as its draft.
        panel.open(panel.opened.case_id)
    st.rerun()


def _show_in_list(worklist: Worklist, work: Work) -> None:
    """Show each case as it is now where it stands; what was typed in it and not saved is still a draft."""
    drafts = worklist.drafts
    for outcome in work.outcomes:
        seen, failure = outcome.step.seen, outcome.failure
        if outcome.case:
            worklist.show(seen, outcome.case)
        elif isinstance(failure, CaseConflict):
            worklist.show(seen, failure.current, by_me=False)
        elif not failure:
            worklist.flag(seen.case_id, flagged=outcome.step.change == "flag")
    worklist.drafts = drafts


def _tell(many: Many, work: Work) -> None:
    """Keep what came of the work to be read; what came to nothing stays picked, or is picked again."""
    failed: dict[type[Exception], list[Outcome]] = {}
    for outcome in work.outcomes:
        row = _row_of(outcome)
        if outcome.failure:
            failed.setdefault(type(outcome.failure), []).append(outcome)
            many.picked[row.case_id] = row
        else:
            many.picked.pop(row.case_id, None)
    total, done = len(work.steps), sum(not outcome.failure for outcome in work.outcomes)
    cases = tell_count(total) if done == total else f"{done} of {tell_count(total)}"
    many.told = (
        Told("warning" if failed else "success", f"{cases} {_tell_done(work)}."),
        *(Told("error", _explain(group[0]), tuple(map(_row_of, group))) for group in failed.values()),
    )
    many.ways_back = work.ways_back
    many.missed = () if work.is_undoing else tuple(outcome for outcome in work.outcomes if outcome.failure)
    many.picked_last = None


def _row_of(outcome: Outcome) -> CaseRow:
    failure = outcome.failure
    seen = failure.current if isinstance(failure, CaseConflict) else outcome.step.seen
    return seen if isinstance(seen, CaseRow) else CaseRow.of(seen)


def _explain(outcome: Outcome) -> str:
    if isinstance(outcome.failure, CaseConflict):
        return "Left alone, because changed elsewhere meanwhile; the list shows how they are now. Still selected:"
    assert outcome.failure
    return f"{explain(outcome.failure)} Still selected:"


def _tell_done(work: Work) -> str:
    change = work.steps[0].change
    if work.is_undoing:
        return "set back"
    return f"set to {change.capitalize()}" if isinstance(change, CaseStatus) else f"{change}ged"


def _is_so(row: CaseRow, change: Change) -> bool:
    return row.status is change if isinstance(change, CaseStatus) else row.is_flagged is (change == "flag")
