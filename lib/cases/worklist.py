"""The worklist: pages of the clinician's own cases, and how many there are of each status."""

from __future__ import annotations

from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import client
from lib.backend.foreign_errors import own_errors
from lib.cases.models import OPEN_STATUSES, Case, CaseStatus, Gender, Timestamp, write_etag
from lib.cases.paging import read_page

FIRST_LINE_LIMIT = 200
FIRST_LINE_WITHIN = 1_000
"""How many characters of a summary are looked at for its first line."""


class Cursor(BaseModel):
    """The last case of a page; the next page starts behind it."""

    model_config = ConfigDict(frozen=True)

    moment: Timestamp
    case_id: int


class WorklistQuery(BaseModel):
    """What a worklist shows: which statuses, in which order, behind which case.

    `longest_waiting` puts the oldest case first (`created_at`), `newest` the one changed last (`updated_at`).
    """

    model_config = ConfigDict(frozen=True)

    statuses: tuple[CaseStatus, ...] = OPEN_STATUSES
    order: Literal["longest_waiting", "newest"] = "longest_waiting"
    after: Cursor | None = None
    limit: int = Field(default=50, ge=1, le=200)

    @property
    def key(self) -> Literal["created_at", "updated_at"]:
        """Return the column that orders the worklist, before `case_id`."""
        return "created_at" if self.order == "longest_waiting" else "updated_at"


class CaseRow(BaseModel):
    """What a list shows of a case: instead of its summary the first line, and its marks.

    `has_draft`: something is typed and not saved. `is_unseen`: somebody else changed it, and it was not opened since.
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

    @classmethod
    def of(cls, case: Case) -> Self:
        """Return a case as a list shows it, as the database would."""
        lines = (line.strip() for line in case.case_summary[:FIRST_LINE_WITHIN].splitlines())
        first_line = next((line for line in lines if line), "")[:FIRST_LINE_LIMIT].rstrip()
        return cls(**case.model_dump(include=set(cls.model_fields)), first_line=first_line)

    @property
    def etag(self) -> str:
        """Return the version of the case as a strong entity tag (RFC 9110, 8.8.3)."""
        return write_etag(self.updated_at)


class CasePage(BaseModel):
    """One page of a worklist; `next` is where the following page starts, if there is one."""

    model_config = ConfigDict(frozen=True)

    cases: tuple[CaseRow, ...]
    next: Cursor | None


class _Count(BaseModel):
    status: CaseStatus
    cases: int


_ROWS = TypeAdapter(tuple[CaseRow, ...])
_COUNTS = TypeAdapter(tuple[_Count, ...])


def list_cases(session: Session, query: WorklistQuery | None = None) -> CasePage:
    """Return one page of the clinician's own cases, in one request, paged by key.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    query = query or WorklistQuery()
    cases, more = read_page(
        _select(session, frozenset(query.statuses)),
        _ROWS.validate_python,
        key=(query.key, "case_id"),
        descending=query.order == "newest",
        after=(query.after.moment, query.after.case_id) if query.after else None,
        limit=query.limit,
    )
    following = Cursor(moment=getattr(cases[-1], query.key), case_id=cases[-1].case_id) if more else None
    return CasePage(cases=cases, next=following)


def count_cases(session: Session) -> dict[CaseStatus, int]:
    """Return how many cases of each status the clinician has, in one request; every status is named.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    request = client(session.access_token).table("case_counts").select("status, cases")
    with own_errors():
        rows = _COUNTS.validate_python(request.execute().data)
    counted = {row.status: row.cases for row in rows}
    return {status: counted.get(status, 0) for status in CaseStatus}


def _select(session: Session, statuses: frozenset[CaseStatus]) -> Any:
    """Choose the form of the question that has an index in its order; any other choice of statuses is sorted."""
    table = client(session.access_token).table
    if statuses == frozenset(OPEN_STATUSES):
        return table("open_worklist").select("*")
    if statuses == frozenset(CaseStatus):
        return table("worklist").select("*")
    if len(statuses) == 1:
        return table("worklist").select("*").eq("status", *statuses)
    return table("worklist").select("*").in_("status", sorted(statuses))
