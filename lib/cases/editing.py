"""Saving what was typed, whatever happened to the case, or to the answer, in the meantime.

An update is never sent twice unread: after a conflict, or where no answer came, the case is read and compared first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.accounts.sign_in import Session
from lib.cases.changes import Merge, merge_changes
from lib.cases.models import Case, CaseStatus
from lib.cases.update import get_case, update_case
from lib.cases.worklist import CaseRow
from lib.errors import BackendUnavailable, CaseConflict, EditConflict, NotSaved, OutcomeUnknown

_ATTEMPTS = 3
"""How often changes are put on top of a case that others keep changing, before the clinician is asked."""


@dataclass(frozen=True)
class Saved:
    """What a save came to: the case as it was loaded, just before the save and after it, and the fields that were set.

    `meanwhile` are the other fields that somebody changed since the clinician had loaded the case. `was_there`: the
    case held it all already, by this clinician's save whose answer was lost, or by somebody else's.
    """

    loaded: Case
    before: Case
    case: Case
    fields: tuple[str, ...]
    meanwhile: tuple[str, ...] = ()
    was_there: bool = False

    @property
    def earlier_values(self) -> dict[str, Any]:
        """Return the changes that take this save back."""
        return {field: getattr(self.before, field) for field in self.fields}


def save_changes(session: Session, loaded: Case, changes: Mapping[str, Any]) -> Saved:
    """Save changes that were typed on the case as it was loaded.

    Where somebody changed other fields since, they are put on top. Where no answer comes, the case is read again: what
    it holds already counts as saved.

    Raises:
        EditConflict: somebody changed a field that I changed, or archived the case.
        NotSaved: the connection failed, and the case is as it was.
        OutcomeUnknown: the connection failed, and the case cannot be read; to save again is safe.
        InvalidChanges, NoChanges, CaseNotFound, NotAuthenticated, BackendRefused: as in `update_case`.
    """
    over, merge = loaded, Merge(dict(changes), {}, {})
    for _ in range(_ATTEMPTS):
        try:
            case = update_case(session, loaded.case_id, merge.applies, if_match=over.etag)
        except CaseConflict as conflict:
            over = conflict.current
        except BackendUnavailable as error:
            over = read_after_failure(session, over, error)
        else:
            return Saved(loaded, over, case, tuple(merge.applies), _besides(merge, changes))
        merge = merge_changes(loaded, over, changes)
        if not merge.applies and not merge.conflicts:
            return Saved(loaded, loaded, over, tuple(changes), _besides(merge, changes), was_there=True)
        if merge.conflicts or is_archived_since(loaded, over):
            break
    raise EditConflict(loaded, over, merge)


def is_archived_since(loaded: Case, current: Case) -> bool:
    """Tell whether somebody archived the case after it was loaded."""
    return current.status is CaseStatus.ARCHIVED and loaded.status is not CaseStatus.ARCHIVED


def _besides(merge: Merge, changes: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(field for field in merge.theirs if field not in changes)


def read_after_failure(session: Session, over: Case | CaseRow, error: BackendUnavailable) -> Case:
    """Return the case as it is after an update over this version to which no answer came.

    Raises:
        NotSaved: the case is as it was.
        OutcomeUnknown: the case cannot be read; to save again is safe.
    """
    try:
        current = get_case(session, over.case_id)
    except BackendUnavailable:
        raise OutcomeUnknown from error
    if current.etag == over.etag:
        raise NotSaved from error
    return current
