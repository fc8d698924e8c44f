"""The worklist: pages of the clinician's own cases, and how many there are of each status."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import call, rest
from lib.backend.foreign_errors import own_errors
from lib.cases.models import OPEN_STATUSES, Case, CaseStatus, Gender, Timestamp, iso_utc, write_etag
from lib.cases.waiting import OVERDUE_AFTER

FIRST_LINE_LIMIT = 200
FIRST_LINE_WITHIN = 1_000
"""How many characters of a summary are looked at for its first line."""

TEXT_LIMIT = 200
"""How many characters may be searched for."""


class CaseRow(BaseModel):
    """What a list shows of a case: instead of its summary the first line, and its marks.

    `has_draft`: something is typed and not saved. `is_unseen`: somebody else changed it, and it was not opened since.
    `is_flagged`: its clinician calls it urgent. `closed_at`: when the status of a closed case became what it is, where
    that is recorded.
    """

    model_config = ConfigDict(frozen=True)

    case_id: int
    patient_name: str
    patient_age: int
    patient_gender: Gender
    status: CaseStatus
    created_at: Timestamp
    updated_at: Timestamp
    first_line: str
    has_draft: bool = False
    is_unseen: bool = False
    is_flagged: bool = False
    closed_at: Timestamp | None = None

    @classmethod
    def of(cls, case: Case, *, closed_at: datetime | None = None) -> Self:
        """Return a case as a list shows it, as the database would; a case itself does not say when it was closed."""
        lines = (line.strip() for line in case.case_summary[:FIRST_LINE_WITHIN].splitlines())
        first_line = next((line for line in lines if line), "")[:FIRST_LINE_LIMIT].rstrip()
        return cls(**case.model_dump(include=set(cls.model_fields)), first_line=first_line, closed_at=closed_at)

    @property
    def etag(self) -> str:
        """Return the version of the case as a strong entity tag (RFC 9110, 8.8.3)."""
        return write_etag(self.updated_at)


Order = Literal["urgency", "case_id", "patient_name", "patient_age", "status", "created_at", "updated_at", "first_line"]
"""What a worklist can be ordered by: urgency, which is flagged first, then longest waiting, or a column."""

SearchText = Annotated[str, StringConstraints(max_length=TEXT_LIMIT)]
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class WorklistQuery(BaseModel):
    """What a worklist shows: which cases, in which order, behind which row.

    Every word of `text` is found in the name, the summary or the number, whatever its case and accents. `statuses` are
    what the status may be; `overdue_at` lets through what is overdue at that moment, `waiting_since` open cases that
    were created before it. `updated_from` is the first moment of the latest change that fits, `updated_before` the
    first that does not.
    """

    model_config = ConfigDict(frozen=True)

    statuses: tuple[CaseStatus, ...] = Field(default=OPEN_STATUSES, min_length=1)
    text: SearchText = Field(default="", repr=False)
    overdue_at: Timestamp | None = None
    is_flagged: bool = False
    has_draft: bool = False
    gender: Gender | None = None
    youngest: int | None = None
    oldest: int | None = None
    waiting_since: Timestamp | None = None
    updated_from: Timestamp | None = None
    updated_before: Timestamp | None = None
    order: Order = "urgency"
    descending: bool = False
    after: CaseRow | None = Field(default=None, repr=False)
    limit: int = Field(default=50, ge=1, le=500)

    def ask(self) -> dict[str, Any]:
        """Return the question as the database reads it, for one row more than a page has."""
        asked = self.model_dump(mode="json", exclude_none=True, exclude={"text", "overdue_at", "waiting_since"})
        asked["limit"] += 1
        # What cannot be stored shows nowhere, and is passed over as what does not show is.
        if words := _UNSTORABLE.sub("", self.text).split():
            asked["words"] = words
        if self.overdue_at or self.waiting_since:
            asked["waiting"] = {status.value: iso_utc(self._created_before(status)) for status in OPEN_STATUSES}
        return asked

    def _created_before(self, status: CaseStatus) -> datetime:
        """Return before when an open case was created that has been waiting for as long as is asked for."""
        overdue = self.overdue_at - OVERDUE_AFTER[status] if self.overdue_at else None
        return min(moment for moment in (overdue, self.waiting_since) if moment)


class CasePage(BaseModel):
    """One page of a worklist; `next` is the row behind which the following page starts, if there is one."""

    model_config = ConfigDict(frozen=True)

    cases: tuple[CaseRow, ...]
    next: CaseRow | None


class _Count(BaseModel):
    status: CaseStatus
    cases: int


class _Listed(BaseModel):
    cases: tuple[CaseRow, ...]
    counts: tuple[_Count, ...]


_ROWS = TypeAdapter(tuple[CaseRow, ...])
_NUMBER = TypeAdapter(int)
_COUNTS = TypeAdapter(tuple[_Count, ...])


def list_with_counts(session: Session, query: WorklistQuery | None = None) -> tuple[CasePage, dict[CaseStatus, int]]:
    """Return what `list_cases` and `count_cases` do, in one request.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    query = query or WorklistQuery()
    with own_errors():
        listed = _Listed.model_validate(_call(session, "list_worklist_with_counts", query))
    return _page_of(listed.cases, query), _by_status(listed.counts)


def list_cases(session: Session, query: WorklistQuery | None = None) -> CasePage:
    """Return one page of the clinician's own cases, in one request, paged by key.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    query = query or WorklistQuery()
    with own_errors():
        return _page_of(_ROWS.validate_python(_call(session, "list_worklist", query)), query)


def count_found(session: Session, query: WorklistQuery) -> int:
    """Return how many cases a query finds on all its pages, in one request.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    with own_errors():
        return _NUMBER.validate_python(_call(session, "count_worklist", query))


def count_cases(session: Session) -> dict[CaseStatus, int]:
    """Return how many cases of each status the clinician has, in one request; every status is named.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    request = rest(session.access_token).table("case_counts").select("status, cases")
    with own_errors():
        return _by_status(_COUNTS.validate_python(request.execute().data))


def _page_of(rows: tuple[CaseRow, ...], query: WorklistQuery) -> CasePage:
    """Make a page of its rows; one more than it shows says that another page follows."""
    cases = rows[: query.limit]
    return CasePage(cases=cases, next=cases[-1] if len(rows) > query.limit else None)


def _by_status(counts: tuple[_Count, ...]) -> dict[CaseStatus, int]:
    counted = {count.status: count.cases for count in counts}
    return {status: counted.get(status, 0) for status in CaseStatus}


def _call(session: Session, function: str, query: WorklistQuery) -> Any:
    """Ask in the body of a request: what a clinician searches for is in no address and no log."""
    return call(session.access_token, function, {"asked": query.ask()}).execute().data
