"""The worklist as it was read last: it is shown until it is read again, and that is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NoReturn

import streamlit as st

from lib.accounts.sign_in import Session
from lib.cases.drafts import DraftMark
from lib.cases.export import Export
from lib.cases.filters import Filters, Shown, statuses_of
from lib.cases.freshness import list_versions_since
from lib.cases.models import OPEN_STATUSES, Case, CaseStatus
from lib.cases.views import SavedView
from lib.cases.worklist import CasePage, CaseRow, Order, WorklistQuery, count_found, list_cases, list_with_counts
from lib.errors import CaseDeskError, NotAuthenticated
from lib.ui.browser import read_session
from lib.ui.moments import local_zone
from lib.ui.open_case import PANEL, Panel, find_panel, put_case_in_url, redraw
from lib.ui.side_by_side import ask_ahead
from lib.ui.uninterrupted import uninterrupted

FILTERS_LINE = "filters"
TABLE = "table"
"""The keys of the fragments that show the worklist."""

TEXT = "text"
"""The name of the search among what a list is narrowed down by."""

_ARRANGEMENT = ("show", "order", "descending")
_ASKED = ("filters", "text", "shown_before", "asked_at", "trail")
_KEY = "worklist"
_CLOCKS_PART = timedelta(seconds=5)
"""How far the clocks of this server and of the database may part."""


@dataclass
class Worklist:
    """The page of cases that is shown, how many there are of each status, and when that was read.

    `filters` and `text` are what it is narrowed down by, as of `asked_at`, and `shown_before` the filters from before a
    search; `found` is how many cases that lets through, `emptying` what of it lets nothing through by itself. `views`
    are the saved ones, once they are read; `export` is the file that was asked for last.

    `trail` are the rows behind which the pages up to this one start. `saved` are cases that were saved here since: they
    stay where they are. `drafts` are cases with something typed and not saved, `unseen` those that somebody else has
    changed, `flagged` those that are urgent. `failure` says why the last reading came to nothing. `is_left`: the open
    case was not chosen in the table, so that the table's cursor has to follow it. `own` are versions that came of saves
    here, `changed` is how many cases were changed elsewhere since the list was read. `ordered_in` is the table in which
    a column was clicked on, until it is drawn again: its next click tells of that column once more. `line_drawn` is
    what the line above the table shows.
    """

    filters: Filters = field(default_factory=Filters)
    text: str = field(default="", repr=False)
    shown_before: Filters | None = None
    asked_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    found: int | None = None
    emptying: tuple[str, ...] = ()
    views: tuple[SavedView, ...] | None = None
    views_problem: str = ""
    export: Export | None = None
    export_ticket: str = field(default="", repr=False)
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
    own: dict[int, datetime] = field(default_factory=dict)
    changed: int = 0
    ordered_in: str = ""
    line_drawn: tuple[object, ...] = field(default=(), repr=False)
    _read: dict[str, Any] = field(default_factory=dict, repr=False)

    @property
    def query(self) -> WorklistQuery:
        """Return what is to be read."""
        return self.filters.query(self.asked_at, text=self.text, after=self.trail[-1] if self.trail else None)

    @property
    def shown(self) -> Shown:
        """Return which statuses are shown."""
        return self.filters.show

    @property
    def criteria(self) -> tuple[str, ...]:
        """Return the names of what the list is narrowed down by, besides what is shown."""
        return (*([TEXT] if self.text.strip() else []), *self.filters.set_ones)

    @property
    def is_narrowed(self) -> bool:
        """Tell whether the list is narrowed down by more than what is shown."""
        return bool(self.criteria)

    @property
    def line(self) -> tuple[object, ...]:
        """Return what the line above the table is to show."""
        return self.filters, self.text, tuple(self.counts.items()), self.views, self.views_problem

    def mark_of(self, case_id: int) -> str:
        """Say what is to be known of a case at a glance, beside its flag, if anything."""
        if case_id in self.drafts:
            return "unsaved"
        if case_id in self.saved:
            return "just saved"
        return "changed" if case_id in self.unseen else ""

    def remember(self) -> None:
        """Remember what was asked for, now that it is shown."""
        self._read = {name: getattr(self, name) for name in _ASKED}

    def fail(self, error: CaseDeskError) -> None:
        """Say why a reading came to nothing, and ask again for what is still shown."""
        self.failure = error
        for name, value in self._read.items():
            setattr(self, name, value)

    def choose(self, shown: Shown) -> None:
        """Show another status, from its first page on, in its own order."""
        if shown != self.shown:
            self.narrow(self.filters.model_copy(update={"show": shown, "order": None, "descending": False}))

    def search(self, text: str) -> None:
        """Search for a text, in cases of every status; with the search ends what it changed of them."""
        if text.strip() and not self.text.strip():
            self.shown_before = self.filters
            self.narrow(self.filters.without("show", "order", "descending"))
        elif self.text.strip() and not text.strip() and self.shown_before and self.shown == "all":
            before = self.shown_before
            self.narrow(self.filters.model_copy(update={name: getattr(before, name) for name in _ARRANGEMENT}))
        self.text, self.trail = text, []

    def narrow(self, filters: Filters) -> None:
        """Show what these filters let through, from the first page on."""
        if filters != self.filters:
            self.filters, self.trail = filters, []

    def clear(self, *names: str) -> None:
        """Narrow the list down no longer by these, or by nothing at all."""
        cleared = names or self.criteria
        self.narrow(self.filters.without(*(name for name in cleared if name != TEXT)))
        if TEXT in cleared:
            self.search("")

    def show_view(self, filters: Filters) -> None:
        """Show a saved view."""
        self.text = ""
        self.narrow(filters)

    def order_by(self, order: Order) -> None:
        """Put the list into this order, or turn it round where it has that already."""
        now = self.query
        turned = now.order == order and order != "urgency" and not now.descending
        self.narrow(self.filters.model_copy(update={"order": order, "descending": turned}))

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

    @property
    def total(self) -> int:
        """Return how many cases there are on all pages."""
        return self.count(self.shown) if self.found is None else self.found

    def count(self, shown: Shown) -> int:
        """Return how many cases there are of the statuses that are shown."""
        return sum(self.counts.get(status, 0) for status in statuses_of(shown))

    def is_behind(self, case: Case) -> bool:
        """Tell whether the list shows an older version of a case."""
        rows = self.page.cases if self.page else ()
        return any(row.case_id == case.case_id and row.updated_at < case.updated_at for row in rows)

    def mark(self, drafts: Sequence[DraftMark]) -> None:
        """Mark the cases that have a draft."""
        self.drafts = frozenset(draft.case_id for draft in drafts)

    def flag(self, case_id: int, *, flagged: bool) -> None:
        """Mark a case as flagged, or no longer so, where it stands."""
        self.flagged = self.flagged | {case_id} if flagged else self.flagged - {case_id}

    def show(self, before: Case | CaseRow, case: Case, *, by_me: bool = True) -> None:
        """Show a case that was saved here, or was found to be changed, as it is now, where it stands."""
        self.own[case.case_id] = case.updated_at
        if by_me:
            self.saved.add(case.case_id)
            self.drafts -= {case.case_id}
        if self.page is None:
            return
        self.counts[before.status] -= 1
        self.counts[case.status] += 1
        rows = tuple(
            CaseRow.of(case, closed_at=_find_closing(row, before, case, by_me=by_me))
            if row.case_id == case.case_id
            else row
            for row in self.page.cases
        )
        self.page = self.page.model_copy(update={"cases": rows})


def _find_closing(row: CaseRow, before: Case | CaseRow, case: Case, *, by_me: bool) -> datetime | None:
    """Return when a case was closed, where that is known: others may have closed it before their last save."""
    if case.status is before.status:
        return row.closed_at
    return case.updated_at if by_me and case.status not in OPEN_STATUSES else None


def find_worklist() -> Worklist:
    """Return the worklist as it was read last."""
    found: Worklist = st.session_state.setdefault(_KEY, Worklist())
    return found


def read_worklist(session: Session, worklist: Worklist) -> None:
    """Read the page and the counts at once; where that fails, what was read before stays in sight."""
    if not worklist.trail:
        worklist.asked_at = datetime.now(local_zone())
    query = worklist.query
    found = ask_ahead(lambda: count_found(session, query)) if worklist.is_narrowed else None
    try:
        page, counts = _read_page(session, worklist)
        count = found.result() if found else None
        emptying = () if page.cases else _find_emptying(session, worklist)
    except CaseDeskError as error:
        worklist.fail(error)
        return
    worklist.found, worklist.emptying = count, emptying
    worklist.remember()
    worklist.page, worklist.counts, worklist.read_at, worklist.failure = page, counts, datetime.now(UTC), None
    worklist.saved, worklist.changed = set(), 0
    worklist.drafts = frozenset(row.case_id for row in page.cases if row.has_draft)
    worklist.unseen = frozenset(row.case_id for row in page.cases if row.is_unseen)
    worklist.flagged = frozenset(row.case_id for row in page.cases if row.is_flagged)


def reread(prepare: Callable[[Worklist], None], *, by_line: bool = False) -> NoReturn:
    """End a callback with reading the list as it is asked for then, and showing it.

    The line above it is drawn where it has changed, or was used (`by_line`) and may not have got what was asked for,
    and the panel where it says that the list is older than the open case.
    """
    worklist, panel = uninterrupted(lambda: (find_worklist(), find_panel()))
    is_older = bool(panel.opened and panel.opened.case and worklist.is_behind(panel.opened.case))
    uninterrupted(lambda: prepare(worklist))
    read_again(worklist)
    is_line_due = by_line or worklist.line != worklist.line_drawn
    redraw(panel, TABLE, *([FILTERS_LINE] if is_line_due else []), *([PANEL] if is_older else []))


def read_again(worklist: Worklist) -> None:
    """Read the list in a callback; where the session has ended, what is drawn next asks for the sign-in."""
    try:
        session = read_session()
    except NotAuthenticated as error:
        worklist.fail(error)
    else:
        read_worklist(session, worklist)
    uninterrupted(lambda: put_in_url(worklist, find_panel()))


def look_for_changes(session: Session, worklist: Worklist) -> None:
    """Count the cases that were changed elsewhere since the list was read, in one small request; nothing is moved.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    if worklist.read_at is None or worklist.page is None:
        return
    known = worklist.own | {row.case_id: row.updated_at for row in worklist.page.cases}
    found = list_versions_since(session, worklist.read_at - _CLOCKS_PART)
    worklist.changed = sum(known.get(case_id) != version for case_id, version in found.items())


def _read_page(session: Session, worklist: Worklist) -> tuple[CasePage, dict[CaseStatus, int]]:
    """Read the page; where it has run empty, the one before."""
    page, counts = list_with_counts(session, worklist.query)
    while not page.cases and worklist.trail:
        worklist.go_back()
        page, counts = list_with_counts(session, worklist.query)
    return page, counts


def _find_emptying(session: Session, worklist: Worklist) -> tuple[str, ...]:
    """Return what of an empty list's criteria lets nothing through, though the others would."""
    names = [*worklist.criteria, *([] if worklist.shown == "all" else ["show"])] if worklist.is_narrowed else []
    asked = [(name, ask_ahead(partial(_finds_without, session, worklist, name))) for name in names]
    return tuple(name for name, finds in asked if finds.result())


def _finds_without(session: Session, worklist: Worklist, name: str) -> bool:
    text = "" if name == TEXT else worklist.text
    query = worklist.filters.without(*({name} - {TEXT})).query(worklist.asked_at, text=text)
    return bool(list_cases(session, query.model_copy(update={"limit": 1})).cases)


def show_asked_filters(worklist: Worklist) -> None:
    """Show what the address asks for (`?show=pending&overdue=true`); where that is something else, a search ends."""
    asked = Filters.read({name: value.lower() for name, value in st.query_params.to_dict().items()})
    if asked != worklist.filters:
        worklist.show_view(asked)


def put_in_url(worklist: Worklist, panel: Panel) -> None:
    """Put the filters into the address, for a link or a reload; what is searched for is never there.

    And the open case: an interaction that left the browser before that knew of it has brought back the one before.
    """
    put_case_in_url(panel.opened.case_id if panel.opened else None)
    asked = {"show": worklist.shown} | {name: str(value) for name, value in worklist.filters.write().items()}
    for name in (Filters.model_fields.keys() & st.query_params.keys()) - asked.keys():
        del st.query_params[name]
    st.query_params.update(asked)
