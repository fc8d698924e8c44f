"""The dashboard's form and PUT follow one rule: the same changes to twin cases end alike."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib import Case, CaseStatus, Session, update_case
from lib.errors import CaseDeskError
from lib.server.http_errors import STATUSES

ANYTHING = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
TEXT = st.text(st.characters(codec="utf-8"), max_size=30)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "patient_name": TEXT | st.just("Ada Lovelace") | ANYTHING,
    "patient_age": st.integers(-2, 152) | ANYTHING,
    "case_summary": TEXT | st.just("x" * 20_001) | ANYTHING,
    "status": st.sampled_from([*CaseStatus]).map(str) | ANYTHING,
    "patient_gender": ANYTHING,
    "updated_at": ANYTHING,
    "diagnosis": ANYTHING,
}


@settings(max_examples=60, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    changes=st.lists(st.sampled_from([*FIELDS]), unique=True).flatmap(
        lambda names: st.fixed_dictionaries({name: FIELDS[name] for name in names})
    )
)
def test_the_same_changes_end_alike(
    changes: dict[str, Any], ada: Session, api: httpx.Client, new_case: Callable[..., Case]
) -> None:
    by_form, by_put = new_case(), new_case()
    answer = api.put(f"/cases/cases/{by_put.case_id}", json=changes)
    outcome = end_of(lambda: update_case(ada, by_form.case_id, changes))
    if isinstance(outcome, Case):
        assert answer.status_code == 200
        assert what_changed(answer.json()["case"], by_put) == what_changed(outcome.model_dump(mode="json"), by_form)
    else:
        assert (answer.status_code, answer.json()) == (STATUSES[type(outcome)][0], {"detail": str(outcome)})


def end_of(update: Callable[[], Case]) -> Case | CaseDeskError:
    """Return the case, or the error that was raised in its place."""
    try:
        return update()
    except CaseDeskError as error:
        return error


def what_changed(after: dict[str, Any], before: Case) -> dict[str, Any]:
    """Return the fields that differ, but for the moment of the update."""
    was = before.model_dump(mode="json")
    return {name: value for name, value in after.items() if value != was[name] and name != "updated_at"}
