"""Patients of the same name, whom one could be mistaken for, or who may be the same."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import call
from lib.backend.foreign_errors import own_errors
from lib.cases.models import CaseStatus, Gender, NewCase, Timestamp


class Namesake(BaseModel):
    """An open case of the clinician's own whose patient has the same name as another one's."""

    model_config = ConfigDict(frozen=True)

    case_id: int
    patient_age: int
    patient_gender: Gender


class SamePatient(Namesake):
    """An open case of the clinician's own that may be about the patient of a new one."""

    patient_name: str
    status: CaseStatus
    created_at: Timestamp


_SAME_PATIENTS = TypeAdapter(tuple[SamePatient, ...])


def find_same_patients(session: Session, new: NewCase, *, key: str) -> tuple[SamePatient, ...]:
    """Return the clinician's open cases with the name, age and gender of a new one, at most 5, in one request.

    The case that was created under this key already is none of them: it is the new one.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    given = {"name": new.patient_name, "age": new.patient_age, "gender": new.patient_gender, "creation_key": key}
    request = call(session.access_token, "find_same_patients", given)
    with own_errors():
        return _SAME_PATIENTS.validate_python(request.execute().data)
