"""Many cases at once: each is changed by itself, over the version that was seen, and each has its own outcome."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Event
from typing import Literal

from lib.accounts.sign_in import Session
from lib.cases.editing import read_after_failure
from lib.cases.flags import flag_case, unflag_case
from lib.cases.models import Case, CaseStatus
from lib.cases.update import update_case
from lib.cases.worklist import CaseRow
from lib.errors import BackendUnavailable, CaseConflict, NotAuthenticated, NotSaved
from lib.logs import Action, logged_action

Change = CaseStatus | Literal["flag", "unflag"]
"""A status that cases are to have, or what is to become of their flags."""

_AT_ONCE = 6
"""How many requests one clinician has under way: the pool of connections is everybody's."""


@dataclass(frozen=True)
class Step:
    """What is to be done to one case, as it was seen."""

    seen: CaseRow | Case
    change: Change


@dataclass(frozen=True)
class Outcome:
    """What came of one step: the case as it is now, where its status was set, or why nothing was done.

    `was_there`: the case had that status already, by an earlier try whose answer was lost, or by somebody else.
    """

    step: Step
    case: Case | None = None
    failure: Exception | None = None
    was_there: bool = False

    @property
    def way_back(self) -> Step | None:
        """Return the step that takes this one back, where it was taken."""
        if self.failure or self.was_there:
            return None
        if self.case:
            return Step(self.case, self.step.seen.status)
        return Step(self.step.seen, "unflag" if self.step.change == "flag" else "flag")


def change_many(
    session: Session,
    steps: Sequence[Step],
    report: Callable[[Outcome], None] = lambda _: None,
    is_wanted: Callable[[], bool] = lambda: True,
) -> tuple[Outcome, ...]:
    """Take these steps, a few at a time, and tell `report` of each outcome as soon as it is known.

    A case that was changed since it was seen is left alone. Once Supabase does not answer, the session has ended, or
    `is_wanted` says no, nothing more is sent, and what is left counts as not saved.
    """
    is_over = Event()

    def take(step: Step) -> Outcome:
        is_off = is_over.is_set() or not is_wanted()
        outcome = Outcome(step, failure=NotSaved()) if is_off else _take(session, step)
        if isinstance(outcome.failure, BackendUnavailable | NotAuthenticated):
            is_over.set()
        report(outcome)
        return outcome

    with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="many") as threads:
        return tuple(threads.map(take, steps))


def _take(session: Session, step: Step) -> Outcome:
    name = "save" if isinstance(step.change, CaseStatus) else step.change
    try:
        with logged_action(Action(name, session.user_id, step.seen.case_id)):
            return Outcome(step, _carry_out(session, step.seen, step.change))
    except Exception as error:
        if isinstance(error, CaseConflict) and error.current.status is step.change:
            return Outcome(step, error.current, was_there=True)
        return Outcome(step, failure=error)


def _carry_out(session: Session, seen: CaseRow | Case, change: Change) -> Case | None:
    if isinstance(change, CaseStatus):
        return _set_status(session, seen, change)
    (flag_case if change == "flag" else unflag_case)(session, seen.case_id)
    return None


def _set_status(session: Session, seen: CaseRow | Case, status: CaseStatus) -> Case:
    """Set the status of one case; where no answer comes, the case is read, and tells whether it was set."""
    try:
        return update_case(session, seen.case_id, {"status": status}, if_match=seen.etag)
    except BackendUnavailable as error:
        current = read_after_failure(session, seen, error)
        if current.status is not status:
            raise CaseConflict(current) from error
        return current
