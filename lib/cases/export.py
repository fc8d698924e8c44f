"""A worklist as a file: every case that a query finds, page by page, as CSV."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from pydantic import TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import rest
from lib.backend.foreign_errors import own_errors
from lib.cases.models import Case, iso_utc
from lib.cases.worklist import CaseRow, WorklistQuery, list_cases

BYTE_ORDER_MARK = "\ufeff"
"""By this, spreadsheets know UTF-8."""

COLUMNS = (
    "case_id",
    "patient_name",
    "patient_age",
    "patient_gender",
    "status",
    "created_at",
    "updated_at",
    "is_flagged",
    "case_summary",
)
_PAGE = 200
# What spreadsheets take for a formula, in its wide forms, too (OWASP, CSV injection).
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_CASES = TypeAdapter(tuple[Case, ...])


@dataclass(eq=False)
class Export:
    """What one clinician is to get in one browser, and how far it has come; `total` is how many cases were counted."""

    user_id: UUID
    browser: str = field(repr=False)
    query: WorklistQuery = field(repr=False)
    total: int
    done: int = 0
    offered_at: float = field(default_factory=time.monotonic)
    began_at: float | None = None
    state: Literal["offered", "running", "finished", "failed"] = "offered"

    @property
    def seconds(self) -> float:
        """Return for how long it has been on its way."""
        return time.monotonic() - self.began_at if self.began_at else 0.0

    @property
    def is_running(self) -> bool:
        """Tell whether it is on its way."""
        return self.state == "running"

    def write(self, session: Session) -> Iterator[bytes]:
        """Return the file piece by piece; a file that breaks off is an error, so that none looks whole that is not.

        Raises:
            NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
        """
        self.state, self.began_at = "running", time.monotonic()
        try:
            yield (BYTE_ORDER_MARK + _write_rows([COLUMNS])).encode()
            for rows, cases in _read_pages(session, self.query):
                yield _write_rows(_cells(row, cases[row.case_id]) for row in rows if row.case_id in cases).encode()
                self.done += len(rows)
            self.state = "finished"
        finally:
            if self.state != "finished":
                self.state = "failed"


def defuse(cell: str) -> str:
    """Return text that no spreadsheet takes for a formula: an apostrophe before it says that it is text."""
    return f"'{cell}" if cell.startswith(_FORMULA_STARTS) else cell


def _cells(row: CaseRow, case: Case) -> list[str]:
    values = case.model_dump() | {
        "created_at": iso_utc(case.created_at),
        "updated_at": iso_utc(case.updated_at),
        "is_flagged": "yes" if row.is_flagged else "no",
    }
    return [defuse(str(values[column])) for column in COLUMNS]


def _write_rows(rows: Iterable[Iterable[str]]) -> str:
    text = io.StringIO(newline="")
    # Quoted, because spreadsheets of other countries split at other characters, too.
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def _read_pages(session: Session, query: WorklistQuery) -> Iterator[tuple[tuple[CaseRow, ...], dict[int, Case]]]:
    """Read the rows of each page, and their cases with the whole summary."""
    query = query.model_copy(update={"limit": _PAGE, "after": None})
    while True:
        page = list_cases(session, query)
        yield page.cases, _read_cases(session, [row.case_id for row in page.cases])
        if page.next is None:
            return
        query = query.model_copy(update={"after": page.next})


def _read_cases(session: Session, numbers: list[int]) -> dict[int, Case]:
    if not numbers:
        return {}
    request = rest(session.access_token).table("cases").select("*").in_("case_id", numbers)
    with own_errors():
        return {case.case_id: case for case in _CASES.validate_python(request.execute().data)}
