"""The worklist as it was read last: it is shown until it is read again, and that is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import streamlit as st

from lib.accounts.sign_in import Session
from lib.cases.drafts import DraftMark
from lib.cases.models import OPEN_STATUSES, Case, CaseStatus
from lib.cases.worklist import CasePage, CaseRow, WorklistQuery, list_with_counts
from lib.errors import CaseDeskError

FILTERS: dict[str, tuple[CaseStatus, ...]] = {
    "open": OPEN_STATUSES,
    **{status.value: (status,) for status in CaseStatus},
    "all": tuple(CaseStatus),
}
TRIAGE = ("open", "pending")
"""The filters that show urgent cases first, then those that wait longest; the others the one changed last."""

FILTERS_LINE = "filters"
TABLE = "table"
"""The keys of the fragments that show the worklist."""

_KEY = "worklist"
_IN_URL = "show"


@dataclass
class Worklist:
    """The page of cases that is shown, how many there are of each status, and when that was read.

    `trail` are the rows behind which the pages up to this one start. `saved` are cases that were saved here since: they
    stay where they are. `drafts` are cases with something typed and not saved, `unseen` those that somebody else has
    changed, `flagged` those that are urgent. `failure` says why the last reading came to nothing. `is_left`: the open
    case was not chosen in the table, so that the table's cursor has to follow it.
    """

    shown: str = "open"
    trail: list[CaseRow] = field(default_factory=list)
    page: CasePage | None = None
    counts: dict[CaseStatus, int] = field(default_factory=dict)
    read_at: datetime | None = None
    failure: CaseDeskError | None = None
    saved: set[int] = field(default_factory=set)
    drafts: frozenset[int] = frozenset()
    unseen: frozenset[int] = frozenset()
    flagged: frozenset[int] = frozenset()
    is_left: bool = False

    @property
    def query(self) -> WorklistQuery:
        """Return what is to be read."""
        after = self.trail[-1] if self.trail else None
        if self.shown in TRIAGE:
            return WorklistQuery(statuses=FILTERS[self.shown], after=after)
        return WorklistQuery(statuses=FILTERS[self.shown], order="updated_at", descending=True, after=after)

    def mark_of(self, case_id: int) -> str:
        """Say what is to be known of a case at a glance, beside its flag, if anything."""
        if case_id in self.drafts:
            return "unsaved"
        if case_id in self.saved:
            return "just saved"
        return "changed" if case_id in self.unseen else ""

    def choose(self, shown: str) -> None:
        """Show another filter, from its first page on."""
        if shown != self.shown:
            self.shown, self.trail = shown, []

    def go_forward(self) -> None:
        """Show the page behind this one."""
        if self.page and self.page.next:
            self.trail = [*self.trail, self.page.next]

    def go_back(self) -> None:
        """Show the page before this one."""
        self.trail = self.trail[:-1]

    @property
    def first(self) -> int:
        """Return the place of this page's first case in the whole list, counted from 1."""
        return len(self.trail) * self.query.limit + 1

    def count(self, shown: str) -> int:
        """Return how many cases a filter lets through."""
        return sum(self.counts.get(status, 0) for status in FILTERS[shown])

    def mark(self, drafts: Sequence[DraftMark]) -> None:
        """Mark the cases that have a draft."""
        self.drafts = frozenset(draft.case_id for draft in drafts)

    def flag(self, case_id: int, *, flagged: bool) -> None:
        """Mark a case as flagged, or no longer so, where it stands."""
        self.flagged = self.flagged | {case_id} if flagged else self.flagged - {case_id}

    def show(self, before: Case, case: Case) -> None:
        """Show a case that was saved here as it is now, where it stands."""
        self.saved.add(case.case_id)
        self.drafts -= {case.case_id}
        if self.page is None:
            return
        self.counts[before.status] -= 1
        self.counts[case.status] += 1
        rows = tuple(CaseRow.of(case) if row.case_id == case.case_id else row for row in self.page.cases)
        self.page = self.page.model_copy(update={"cases": rows})


def find_worklist() -> Worklist:
    """Return the worklist as it was read last."""
    found: Worklist = st.session_state.setdefault(_KEY, Worklist())
    return found


def read_worklist(session: Session, worklist: Worklist) -> None:
    """Read the page and the counts at once; where that fails, what was read before stays in sight."""
    try:
        page, counts = _read_page(session, worklist)
    except CaseDeskError as error:
        worklist.failure = error
        return
    worklist.page, worklist.counts, worklist.read_at, worklist.failure = page, counts, datetime.now(UTC), None
    worklist.saved = set()
    worklist.drafts = frozenset(row.case_id for row in page.cases if row.has_draft)
    worklist.unseen = frozenset(row.case_id for row in page.cases if row.is_unseen)
    worklist.flagged = frozenset(row.case_id for row in page.cases if row.is_flagged)


def _read_page(session: Session, worklist: Worklist) -> tuple[CasePage, dict[CaseStatus, int]]:
    """Read the page; where it has run empty, the one before."""
    page, counts = list_with_counts(session, worklist.query)
    while not page.cases and worklist.trail:
        worklist.go_back()
        page, counts = list_with_counts(session, worklist.query)
    return page, counts


def show_asked_filter(worklist: Worklist) -> None:
    """Show what the address asks for (`?show=pending`)."""
    asked = st.query_params.get(_IN_URL, "").lower()
    worklist.choose(asked if asked in FILTERS else "open")


def put_filter_in_url(worklist: Worklist) -> None:
    """Put the filter into the address, for a link or a reload."""
    st.query_params[_IN_URL] = worklist.shown
