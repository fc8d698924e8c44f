"""Flags: what a clinician calls urgent comes first in the triage order."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import call, rest
from lib.backend.foreign_errors import own_errors
from lib.cases.models import Timestamp
from lib.cases.update import refuse_impossible
from lib.errors import CaseNotFound


class Flag(BaseModel):
    """That a case is urgent, and since when."""

    model_config = ConfigDict(frozen=True)

    case_id: int
    flagged_at: Timestamp


_FLAGS = TypeAdapter(tuple[Flag, ...])


def flag_case(session: Session, case_id: int) -> Flag:
    """Flag one of the clinician's own cases, in one request; one that is flagged already stays so.

    Raises:
        CaseNotFound: there is no such case, or it is another clinician's.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    request = call(session.access_token, "flag_case", {"of_case": case_id})
    with own_errors():
        flags = _FLAGS.validate_python(request.execute().data)
    if not flags:
        raise CaseNotFound
    return flags[0]


def unflag_case(session: Session, case_id: int) -> None:
    """Take the flag off a case, in one request; that there is none is as good.

    Raises:
        CaseNotFound: no case can have this number.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    request = rest(session.access_token).table("case_flags").delete().eq("case_id", case_id)
    with own_errors():
        _FLAGS.validate_python(request.execute().data)
