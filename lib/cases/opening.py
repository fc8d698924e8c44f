"""Opening a case: all that is shown of it at first."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import call
from lib.backend.foreign_errors import own_errors
from lib.cases.drafts import Draft
from lib.cases.models import Case
from lib.cases.namesakes import Namesake
from lib.cases.update import refuse_impossible
from lib.errors import CaseNotFound


class Opening(BaseModel):
    """A case, what is typed about it and not saved, whether it is flagged, and who could be mistaken for its patient.

    `namesakes` are the clinician's other open cases with the same patient name, at most 5.
    """

    model_config = ConfigDict(frozen=True)

    # `case` is a word of SQL's own.
    case: Case = Field(validation_alias="opened")
    draft: Draft | None
    is_flagged: bool
    namesakes: tuple[Namesake, ...]


_OPENINGS = TypeAdapter(tuple[Opening, ...])


def open_case(session: Session, case_id: int) -> Opening:
    """Return one of the clinician's own cases with what is shown beside it, in one request.

    Raises:
        CaseNotFound: there is no such case, or it is another clinician's.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    refuse_impossible(case_id)
    request = call(session.access_token, "open_case", {"of_case": case_id}, get=True)
    with own_errors():
        found = _OPENINGS.validate_python(request.execute().data)
    if not found:
        raise CaseNotFound
    return found[0]
