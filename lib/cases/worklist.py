"""The worklist: pages of the clinician's own cases, and how many there are of each status."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import client
from lib.backend.foreign_errors import own_errors
from lib.cases.models import OPEN_STATUSES, Case, CaseStatus, Timestamp, iso_utc

_CASES = TypeAdapter(tuple[Case, ...])


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


class CasePage(BaseModel):
    """One page of a worklist; `next` is where the following page starts, if there is one."""

    model_config = ConfigDict(frozen=True)

    cases: tuple[Case, ...]
    next: Cursor | None


class _Count(BaseModel):
    status: CaseStatus
    cases: int


_COUNTS = TypeAdapter(tuple[_Count, ...])


def list_cases(session: Session, query: WorklistQuery | None = None) -> CasePage:
    """Return one page of the clinician's own cases, in one request, paged by key.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    query = query or WorklistQuery()
    descending = query.order == "newest"
    request = (
        client(session.access_token)
        .table("cases")
        .select("*")
        .in_("status", query.statuses)
        .order(query.key, desc=descending)
        .order("case_id", desc=descending)
        .limit(query.limit + 1)
    )
    if query.after:
        beyond, moment = "lt" if descending else "gt", iso_utc(query.after.moment)
        request = request.or_(
            f"{query.key}.{beyond}.{moment},and({query.key}.eq.{moment},case_id.{beyond}.{query.after.case_id})"
        )
    with own_errors():
        found = _CASES.validate_python(request.execute().data)
    cases = found[: query.limit]
    more = len(found) > query.limit
    return CasePage(cases=cases, next=_cursor(cases[-1], query) if more else None)


def count_cases(session: Session) -> dict[CaseStatus, int]:
    """Return how many cases of each status the clinician has, in one request; every status is named.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    with own_errors():
        rows = _COUNTS.validate_python(client(session.access_token).table("case_counts").select("*").execute().data)
    counted = {row.status: row.cases for row in rows}
    return {status: counted.get(status, 0) for status in CaseStatus}


def _cursor(last: Case, query: WorklistQuery) -> Cursor:
    return Cursor(moment=getattr(last, query.key), case_id=last.case_id)
