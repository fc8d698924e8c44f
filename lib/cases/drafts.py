"""Drafts: what a clinician has typed about one of their cases and not saved, kept for 7 days.

One draft a case. It has a version of its own, so that two devices never overwrite each other's unseen. A draft that the
case holds already is none; the database lets it go with the update that saves it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import AliasPath, BaseModel, ConfigDict, Field, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import call, rest
from lib.backend.foreign_errors import own_errors
from lib.cases.history import find_changes_since, rewind
from lib.cases.models import DraftChanges, Timestamp, iso_utc, read_etag, write_etag
from lib.cases.text_merge import merge_texts
from lib.cases.update import get_case, refuse_impossible
from lib.errors import DraftConflict, InvalidChanges, NoChanges


class Draft(BaseModel):
    """What was typed about a case, on which version of it, and when it was kept last."""

    model_config = ConfigDict(frozen=True)

    case_id: int
    base_version: Timestamp
    changes: DraftChanges
    updated_at: Timestamp

    @property
    def etag(self) -> str:
        """Return the draft's own version."""
        return write_etag(self.updated_at)

    @property
    def base_etag(self) -> str:
        """Return the version of the case that it was typed on: the case's `etag`, unless the case has moved on."""
        return write_etag(self.base_version)


class DraftMark(BaseModel):
    """That a case has a draft, without what was typed."""

    model_config = ConfigDict(frozen=True)

    case_id: int
    patient_name: str = Field(validation_alias=AliasPath("case", "patient_name"))
    base_version: Timestamp
    updated_at: Timestamp


_DRAFTS = TypeAdapter(tuple[Draft, ...])
_MARKS = TypeAdapter(tuple[DraftMark, ...])


def keep_draft(
    session: Session, case_id: int, base: str, changes: Mapping[str, Any], *, if_match: str | None = None
) -> Draft:
    """Keep everything that is typed about a case and not saved, in place of what was kept before.

    `base` is the `etag` of the case that it was typed on, `if_match` the `etag` of the draft that this device has seen
    last. The same sent again, because an answer was lost, changes nothing and is no conflict. One request.

    Raises:
        InvalidChanges: a field is unknown, of the wrong type or above its limit, or `base` is no version.
        NoChanges: nothing is typed that the case does not hold already.
        CaseNotFound: there is no such case, or it is another clinician's.
        DraftConflict: another draft is stored than the one that was seen; nothing was overwritten.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    typed = DraftChanges.parse(changes)
    typed_on = read_etag(base)
    if typed_on is None:
        raise InvalidChanges("base", "is no version of a case")
    if not typed.columns():
        raise NoChanges
    refuse_impossible(case_id)
    stored = _ask(
        session,
        "keep_draft",
        of_case=case_id,
        typed_on=typed_on,
        typed=typed.columns(),
        seen=read_etag(if_match or ""),
    )
    if stored is None:
        get_case(session, case_id)
        raise NoChanges
    if (stored.base_version, stored.changes.columns()) != (typed_on, typed.columns()):
        raise DraftConflict(stored)
    return stored


def keep_beside(session: Session, case_id: int, base: str, changes: Mapping[str, Any], stored: Draft) -> Draft:
    """Keep what is typed in one draft with the newer one that is stored, for whom nobody can ask any more.

    Both summaries are kept; another field that both hold stays as it is stored.

    Raises:
        InvalidChanges: as in `keep_draft`, or the two summaries are too long for one.
        NoChanges, CaseNotFound, DraftConflict: as in `keep_draft`.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    mine, theirs = DraftChanges.parse(changes).columns(), stored.changes.columns()
    both = mine | theirs
    if "case_summary" in mine and "case_summary" in theirs:
        loaded = rewind(get_case(session, case_id), find_changes_since(session, case_id, base))
        both["case_summary"] = merge_texts(loaded.case_summary, theirs["case_summary"], mine["case_summary"])
    # On the older version, so that whatever has changed since either was typed is shown when the case is opened.
    typed_on = min(read_etag(base) or stored.base_version, stored.base_version)
    return keep_draft(session, case_id, write_etag(typed_on), both, if_match=stored.etag)


def find_draft(session: Session, case_id: int) -> Draft | None:
    """Return the draft of one of the clinician's own cases, if there is one, in one request.

    Raises:
        CaseNotFound: no case can have this number.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    with own_errors():
        found = _DRAFTS.validate_python(_table(session).select("*").eq("case_id", case_id).execute().data)
    return found[0] if found else None


def list_drafts(session: Session) -> tuple[DraftMark, ...]:
    """Return which of the clinician's own cases have a draft, the latest first, in one request.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    columns = "case_id, base_version, updated_at, case:cases(patient_name)"
    with own_errors():
        return _MARKS.validate_python(_table(session).select(columns).order("updated_at", desc=True).execute().data)


def discard_draft(session: Session, case_id: int, *, if_match: str) -> None:
    """Let go of the draft that was seen, in one request; that there is none any more is as good.

    Raises:
        CaseNotFound: no case can have this number.
        DraftConflict: another draft is stored than the one that was seen; it stays.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    if stored := _ask(session, "discard_draft", of_case=case_id, seen=read_etag(if_match)):
        raise DraftConflict(stored)


def _ask(session: Session, function: str, **asked: object) -> Draft | None:
    """Call a function of the database that answers with the draft that is stored then."""
    sent = {name: iso_utc(value) if isinstance(value, datetime) else value for name, value in asked.items()}
    with own_errors():
        stored = _DRAFTS.validate_python(call(session.access_token, function, sent).execute().data)
    return stored[0] if stored else None


def _table(session: Session) -> Any:
    return rest(session.access_token).table("case_drafts")
