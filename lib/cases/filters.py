"""What a clinician wants to see of the worklist, in hours and days of their own; it holds no patient text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lib.cases.models import OLDEST_AGE, OPEN_STATUSES, CaseStatus, Gender
from lib.cases.worklist import CaseRow, Order, WorklistQuery

Shown = Literal["open", "pending", "analyzing", "completed", "archived", "all"]
SHOWN: tuple[Shown, ...] = get_args(Shown)
TRIAGE = ("open", "pending")
"""What is shown with urgent cases first, then those that wait longest; the others with the one changed last first."""

LONGEST_WAIT = 10_000
"""Hours that may be asked for."""

_Age = Annotated[int, Field(ge=0, le=OLDEST_AGE)]
# The first and the last day that there is are not days in every time zone.
_Day = Annotated[date, Field(ge=date(1900, 1, 1), le=date(2999, 12, 31))]


class Filters(BaseModel):
    """Which cases are to be shown, and in which order; a case has to pass every filter that is set.

    `waiting_hours`: open cases that wait longer. `changed_from` and `changed_until` are days of the reader's calendar,
    both of them in. Without an order, the one of what is shown.
    """

    model_config = ConfigDict(frozen=True)

    show: Shown = "open"
    overdue: bool = False
    flagged: bool = False
    unsaved: bool = False
    gender: Gender | None = None
    youngest: _Age | None = None
    oldest: _Age | None = None
    waiting_hours: Annotated[int, Field(ge=0, le=LONGEST_WAIT)] | None = None
    changed_from: _Day | None = None
    changed_until: _Day | None = None
    order: Order | None = None
    descending: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """Read filters as an address or the database names them; what is unknown or wrong is passed over."""
        known = {name: value for name, value in given.items() if name in cls.model_fields}
        try:
            return cls.model_validate(known)
        except ValidationError as error:
            wrong = {problem["loc"][0] for problem in error.errors()}
            return cls.model_validate({name: value for name, value in known.items() if name not in wrong})

    def write(self) -> dict[str, Any]:
        """Return what is set, as an address or the database takes it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @property
    def set_ones(self) -> tuple[str, ...]:
        """Return the names of the filters that are set, besides what is shown."""
        return tuple(name for name in self.write() if name not in ("show", "order", "descending"))

    def without(self, *names: str) -> Self:
        """Return these filters with some of them not set; without `show`, all cases are shown."""
        cleared = {name: None if name == "show" else type(self).model_fields[name].default for name in names}
        return self.model_copy(update=cleared | ({"show": "all"} if "show" in names else {}))

    def query(self, now: datetime, *, text: str = "", after: CaseRow | None = None) -> WorklistQuery:
        """Return the question that is asked at this moment, which is in the reader's time zone."""
        # Hours are counted in UTC: where clocks change, wall time skips or repeats one.
        moment = now.astimezone(UTC)
        order, descending = (self.order, self.descending) if self.order else default_order(self.show)
        return WorklistQuery(
            statuses=statuses_of(self.show),
            text=text,
            overdue_at=moment if self.overdue else None,
            is_flagged=self.flagged,
            has_draft=self.unsaved,
            gender=self.gender,
            youngest=self.youngest,
            oldest=self.oldest,
            waiting_since=moment - timedelta(hours=self.waiting_hours) if self.waiting_hours is not None else None,
            updated_from=_start_of(self.changed_from, now) if self.changed_from else None,
            updated_before=_start_of(self.changed_until + timedelta(days=1), now) if self.changed_until else None,
            order=order,
            descending=descending,
            after=after,
        )


def statuses_of(show: Shown) -> tuple[CaseStatus, ...]:
    """Return the statuses that are shown."""
    if show == "open":
        return OPEN_STATUSES
    return tuple(CaseStatus) if show == "all" else (CaseStatus(show),)


def default_order(show: Shown) -> tuple[Order, bool]:
    """Return the order in which cases are shown that nobody has ordered, and whether it runs downwards."""
    return ("urgency", False) if show in TRIAGE else ("updated_at", True)


def _start_of(day: date, now: datetime) -> datetime:
    return datetime.combine(day, time.min, tzinfo=now.tzinfo)
