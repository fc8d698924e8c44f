"""The history of cases: who changed what and when, as the database recorded it with every change.

Replayed from the creation, the events of a case give the case. What is not the clinician's own has no events to see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import AliasPath, BaseModel, ConfigDict, Field, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import rest
from lib.cases.models import Case, Timestamp, iso_utc, read_etag
from lib.cases.paging import read_page
from lib.cases.update import refuse_impossible

_MOST_CHANGES = 100
"""How many changes are told at once to somebody who was away."""


class Change(BaseModel):
    """What one field was before and after; None where there was nothing before, at the creation."""

    model_config = ConfigDict(frozen=True)

    before: str | int | None = Field(validation_alias="from")
    after: str | int | None = Field(validation_alias="to")


class Event(BaseModel):
    """One recorded change of a case; `changed_at` is the version of the case that it made."""

    model_config = ConfigDict(frozen=True)

    event_id: int
    case_id: int
    kind: Literal["creation", "update"]
    changed_by: UUID | None
    changed_at: Timestamp
    changes: dict[str, Change]


class Activity(Event):
    """One recorded change with the present name of the patient."""

    patient_name: str = Field(validation_alias=AliasPath("case", "patient_name"))


class EventCursor(BaseModel):
    """The last event of a page; the next page starts behind it."""

    model_config = ConfigDict(frozen=True)

    moment: Timestamp
    event_id: int


_Kind = TypeVar("_Kind", bound=Event)


class EventPage(BaseModel, Generic[_Kind]):
    """One page of events, the latest first; `next` is where the following page starts, if there is one."""

    model_config = ConfigDict(frozen=True)

    events: tuple[_Kind, ...]
    next: EventCursor | None


_EVENTS = TypeAdapter(tuple[Event, ...])
_ACTIVITIES = TypeAdapter(tuple[Activity, ...])


def list_events(
    session: Session, case_id: int, *, after: EventCursor | None = None, limit: int = 20
) -> EventPage[Event]:
    """Return one page of the history of one of the clinician's own cases, in one request, paged by key.

    Cases that were created before creations were recorded have no such event.

    Raises:
        CaseNotFound: no case can have this number.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    return _page(_table(session).select("*").eq("case_id", case_id), after, limit, _EVENTS.validate_python)


def list_activity(
    session: Session, *, field: str | None = None, after: EventCursor | None = None, limit: int = 50
) -> EventPage[Activity]:
    """Return one page of what the clinician has changed over all cases, in one request, paged by key.

    With `field`, only updates of that field.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    request = _table(session).select("*, case:cases(patient_name)").eq("changed_by", str(session.user_id))
    if field:
        request = request.eq("kind", "update").contains("changes", {field: {}})
    return _page(request, after, limit, _ACTIVITIES.validate_python)


def find_changes_since(session: Session, case_id: int, etag: str) -> tuple[Event, ...]:
    """Return what has changed since a version of a case, oldest first: the latest changes where there are very many.

    Raises:
        CaseNotFound: no case can have this number.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    request = _table(session).select("*").eq("case_id", case_id)
    if version := read_etag(etag):
        request = request.gt("changed_at", iso_utc(version))
    return _page(request, None, _MOST_CHANGES, _EVENTS.validate_python).events[::-1]


def rewind(case: Case, events: Sequence[Event]) -> Case:
    """Return a case as it was before these events, the latest of its history."""
    earlier: dict[str, Any] = {}
    for event in reversed(events):
        earlier |= {field: change.before for field, change in event.changes.items()}
    return Case.model_validate(case.model_dump() | earlier)


def _page(
    request: Any, after: EventCursor | None, limit: int, read: Callable[[Any], tuple[_Kind, ...]]
) -> EventPage[_Kind]:
    events, more = read_page(
        request,
        read,
        key=("changed_at", "event_id"),
        descending=True,
        after=(after.moment, after.event_id) if after else None,
        limit=limit,
    )
    following = EventCursor(moment=events[-1].changed_at, event_id=events[-1].event_id) if more else None
    return EventPage(events=events, next=following)


def _table(session: Session) -> Any:
    return rest(session.access_token).table("case_events")
