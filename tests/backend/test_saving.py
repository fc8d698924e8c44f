"""Saving over a case that others keep changing: a few times on top of theirs, then the clinician is asked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from lib import Case, Session, get_case, update_case
from lib.cases import editing
from lib.cases.editing import save_changes
from lib.errors import EditConflict


@pytest.fixture
def changes_meanwhile(monkeypatch: pytest.MonkeyPatch, ada: Session) -> list[int]:
    """Ages that somebody gives the case just before each of the next saves."""
    ages: list[int] = []

    def update_late(session: Session, case_id: int, changes: Mapping[str, Any], *, if_match: str) -> Case:
        if ages:
            update_case(ada, case_id, {"patient_age": ages.pop(0)})
        return update_case(session, case_id, changes, if_match=if_match)

    monkeypatch.setattr(editing, "update_case", update_late)
    return ages


def test_changes_are_put_on_top_of_two_that_come_in_between(
    changes_meanwhile: list[int], case: Case, ada: Session
) -> None:
    changes_meanwhile += [46, 47]
    saved = save_changes(ada, case, {"status": "completed"})
    assert (saved.before.patient_age, saved.fields, saved.meanwhile) == (47, ("status",), ("patient_age",))
    assert get_case(ada, case.case_id) == saved.case
    assert (saved.case.patient_age, saved.case.status) == (47, "completed")


def test_at_the_third_change_that_comes_in_between_the_clinician_is_asked(
    changes_meanwhile: list[int], case: Case, ada: Session
) -> None:
    changes_meanwhile += [46, 47, 48]
    with pytest.raises(EditConflict) as conflict:
        save_changes(ada, case, {"status": "completed"})
    assert conflict.value.current == get_case(ada, case.case_id)
    assert (conflict.value.current.patient_age, conflict.value.current.status) == (48, case.status)
    assert conflict.value.merge.applies == {"status": "completed"}
