"""Other patients of the same name, whom one could be mistaken for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import client
from lib.backend.foreign_errors import own_errors
from lib.cases.models import Gender


class Namesake(BaseModel):
    """An open case of the clinician's own whose patient has the same name as another one's."""

    model_config = ConfigDict(frozen=True)

    case_id: int
    patient_age: int
    patient_gender: Gender


_NAMESAKES = TypeAdapter(tuple[Namesake, ...])


def find_namesakes(session: Session, case_id: int) -> tuple[Namesake, ...]:
    """Return the clinician's other open cases with the same patient name as this one, at most 5, in one request.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    request = client(session.access_token).rpc("find_namesakes", {"of_case": case_id})
    with own_errors():
        return _NAMESAKES.validate_python(request.execute().data)
