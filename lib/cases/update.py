"""One case: read it, create it, and above all update it.

Who may see or change what is decided by the database's policies; here the outcomes are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import call, rest
from lib.backend.foreign_errors import own_errors
from lib.cases.models import Case, CaseChanges, NewCase, iso_utc, read_etag
from lib.errors import CaseConflict, CaseNotFound, InvalidChanges, NoChanges

_ANY_VERSION = "*"
# The largest whole number that every reader of JSON keeps exactly, the embedded Supabase among them.
_LARGEST_ID = 2**53 - 1
_CASES = TypeAdapter(tuple[Case, ...])
_ONE_CASE = TypeAdapter(tuple[Case])
_KEY = re.compile(r"[\x21-\x7e]{1,128}")
_ENTITY_TAG = re.compile(r'(?:W/)?"[^"]*"')


def update_case(session: Session, case_id: int, changes: Mapping[str, Any], *, if_match: str | None = None) -> Case:
    """Set the given fields of one of the clinician's own cases and leave every other field as it is.

    Null and read-only fields are ignored. `if_match` is an If-Match field value (RFC 9110, 13.1.1): the `etag` of
    the case as it was read. One update is one request to the database: all fields or none. It is never sent twice.

    Raises:
        InvalidChanges: a field is unknown, of the wrong type or out of range.
        NoChanges: no field is left that an update could set.
        CaseNotFound: there is no such case, or it is another clinician's.
        CaseConflict: the case has another version than `if_match` names.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    columns = CaseChanges.parse(changes).columns()
    if not columns:
        raise NoChanges
    versions = _versions(if_match)
    refuse_impossible(case_id)
    if versions and len(versions) > 1:
        # So many would not fit into the address of a request: they are compared here, and the current one there again.
        versions = tuple({get_case(session, case_id).updated_at} & set(versions))
    updated = _patch(session, case_id, columns, versions) if versions is None or versions else ()
    if updated:
        return updated[0]
    if versions is None:
        raise CaseNotFound
    # No row: the case is not mine, which raises here, or it has another version.
    raise CaseConflict(get_case(session, case_id))


def get_case(session: Session, case_id: int) -> Case:
    """Return one of the clinician's own cases.

    Raises:
        CaseNotFound: there is no such case, or it is another clinician's.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    with own_errors():
        found = _CASES.validate_python(_table(session).select("*").eq("case_id", case_id).execute().data)
    if not found:
        raise CaseNotFound
    return found[0]


def create_case(session: Session, new: Mapping[str, Any], *, key: str | None = None) -> Case:
    """Create a case that belongs to the clinician, in one request.

    With `key`, which the client makes for one filled-in form, the same sent again creates nothing: it answers with the
    case that was created first, as it stands now, whatever else `new` says.

    Raises:
        InvalidChanges: a field is unknown, missing, of the wrong type or out of range, or the key is.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    columns = NewCase.parse(new).columns()
    request = _table(session).insert(columns) if key is None else _creation(session, columns, key)
    with own_errors():
        return _ONE_CASE.validate_python(request.execute().data)[0]


def _creation(session: Session, columns: dict[str, Any], key: str) -> Any:
    if not _KEY.fullmatch(key):
        raise InvalidChanges("key", "is not allowed; allowed is text of 1 to 128 visible ASCII characters")
    return call(session.access_token, "create_case", {"creation_key": key, "given": columns})


def refuse_impossible(case_id: int) -> None:
    """Refuse a number that no case can have, before anybody is asked.

    Raises:
        CaseNotFound: there is no such case.
    """
    if not 0 < case_id <= _LARGEST_ID:
        raise CaseNotFound


def _patch(
    session: Session, case_id: int, columns: dict[str, Any], versions: tuple[datetime, ...] | None
) -> tuple[Case, ...]:
    request = _table(session).update(columns).eq("case_id", case_id)
    if versions is not None:
        request = request.in_("updated_at", [iso_utc(version) for version in versions])
    with own_errors():
        return _CASES.validate_python(request.execute().data)


def _versions(if_match: str | None) -> tuple[datetime, ...] | None:
    """Return the versions that an If-Match field value names, or None where any version will do.

    What is no version of a case, such as a weak or a foreign tag, cannot match and is left out.
    """
    if if_match is None or if_match.strip() == _ANY_VERSION:
        return None
    return tuple(version for tag in _ENTITY_TAG.findall(if_match) if (version := read_etag(tag)) is not None)


def _table(session: Session) -> Any:
    return rest(session.access_token).table("cases")
