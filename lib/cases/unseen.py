"""Cases that somebody else has changed, marked until their owner opens them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import rest
from lib.backend.foreign_errors import own_errors
from lib.cases.models import Case, Timestamp, iso_utc


class _Mark(BaseModel):
    model_config = ConfigDict(frozen=True)

    case_id: int
    changed_at: Timestamp


class UnseenChange(_Mark):
    """A case that was changed by somebody else, and when that was last."""

    patient_name: str = Field(validation_alias=AliasPath("case", "patient_name"))


_CHANGES = TypeAdapter(tuple[UnseenChange, ...])
_MARKS = TypeAdapter(tuple[_Mark, ...])


def list_unseen(session: Session, *, limit: int = 20) -> tuple[UnseenChange, ...]:
    """Return the cases that somebody else has changed since the clinician opened them, the latest change first.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    request = _table(session).select("case_id, changed_at, case:cases(patient_name)")
    with own_errors():
        return _CHANGES.validate_python(request.order("changed_at", desc=True).limit(limit).execute().data)


def mark_seen(session: Session, case: Case) -> None:
    """Take note of every change up to this version of a case, in one request; a later change stays marked.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    _remove(_marks_until(session, case.updated_at).eq("case_id", case.case_id))


def mark_all_seen(session: Session, *, until: datetime) -> None:
    """Take note of every change up to a moment, in one request.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    _remove(_marks_until(session, until))


def _remove(marks: Any) -> None:
    with own_errors():
        _MARKS.validate_python(marks.execute().data)


def _marks_until(session: Session, moment: datetime) -> Any:
    return _table(session).delete().lte("changed_at", iso_utc(moment))


def _table(session: Session) -> Any:
    return rest(session.access_token).table("unseen_changes")
