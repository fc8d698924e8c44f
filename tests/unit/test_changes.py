"""What was changed, what two people's changes become together, and which names may be another patient's."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cases.changes import Conflict, find_changes, merge_changes, shares_little
from lib.cases.models import Case, CaseStatus

LOADED = Case(
    case_id=29,
    user_id=UUID(int=1),
    patient_name="Ada Lovelace",
    patient_age=45,
    patient_gender="female",
    case_summary="Cough for three days.\r\nNo fever.",
    status=CaseStatus.PENDING,
    created_at=datetime(2026, 3, 4, tzinfo=UTC),
    updated_at=datetime(2026, 3, 4, tzinfo=UTC),
)
FEW_VALUES = {
    "patient_name": st.sampled_from(["Ada Lovelace", "Ada King", " Ada King "]),
    "patient_age": st.sampled_from([45, 46, None]),
    "case_summary": st.sampled_from(["", "One\nTwo", "One\r\nTwo"]),
    "status": st.sampled_from(CaseStatus),
}
"""So few that two people often type the same."""
CHANGES = st.fixed_dictionaries({}, optional=FEW_VALUES)


def changed(case: Case, **fields: Any) -> Case:
    return case.model_copy(update=fields)


def test_a_field_typed_as_it_was_loaded_is_no_change() -> None:
    assert find_changes(LOADED, LOADED.model_dump(include=set(FEW_VALUES))) == {}


def test_only_what_differs_is_a_change() -> None:
    typed = {"patient_name": "Ada Lovelace", "patient_age": 46, "case_summary": "Cough.", "status": CaseStatus.PENDING}
    assert find_changes(LOADED, typed) == {"patient_age": 46, "case_summary": "Cough."}


def test_line_breaks_and_blanks_around_a_name_are_no_change() -> None:
    typed = {"patient_name": " Ada Lovelace ", "case_summary": "Cough for three days.\nNo fever."}
    assert find_changes(LOADED, typed) == {}
    assert find_changes(LOADED, {"case_summary": " Cough for three days.\nNo fever."})


def test_changes_of_different_fields_merge() -> None:
    merge = merge_changes(LOADED, changed(LOADED, status=CaseStatus.COMPLETED), {"case_summary": "Well again."})
    assert merge.applies == {"case_summary": "Well again."}
    assert merge.conflicts == {}
    assert merge.theirs == {"status": CaseStatus.COMPLETED}


def test_the_same_field_changed_to_two_values_is_a_conflict() -> None:
    current = changed(LOADED, patient_age=46, status=CaseStatus.ARCHIVED)
    merge = merge_changes(LOADED, current, {"patient_age": 47, "patient_name": "Ada King"})
    assert merge.applies == {"patient_name": "Ada King"}
    assert merge.conflicts == {"patient_age": Conflict(loaded=45, now=46, mine=47)}


def test_a_change_that_both_made_alike_is_no_conflict() -> None:
    current = changed(LOADED, case_summary="Well.\r\nGone home.", patient_age=46)
    merge = merge_changes(LOADED, current, {"case_summary": "Well.\nGone home.", "patient_age": 46})
    assert merge.applies == {}
    assert merge.conflicts == {}


def test_a_change_taken_back_meanwhile_is_no_conflict() -> None:
    assert merge_changes(LOADED, changed(LOADED), {"patient_age": 46}).applies == {"patient_age": 46}


@given(theirs=CHANGES, mine=CHANGES)
def test_every_change_of_mine_applies_or_conflicts_or_is_there_already(
    theirs: dict[str, Any], mine: dict[str, Any]
) -> None:
    current = changed(LOADED, **theirs)
    merge = merge_changes(LOADED, current, mine)
    assert not merge.applies.keys() & merge.conflicts.keys()
    assert not merge.applies.keys() & merge.theirs.keys()
    merged = changed(current, **merge.applies, **{field: each.mine for field, each in merge.conflicts.items()})
    assert find_changes(merged, mine) == {}
    assert find_changes(merged, merge.theirs).keys() == merge.conflicts.keys()


@given(theirs=CHANGES, mine=CHANGES)
def test_who_of_two_is_first_does_not_matter_for_what_conflicts(theirs: dict[str, Any], mine: dict[str, Any]) -> None:
    mine = find_changes(LOADED, mine)
    one = merge_changes(LOADED, changed(LOADED, **theirs), mine)
    other = merge_changes(LOADED, changed(LOADED, **mine), find_changes(LOADED, theirs))
    assert one.conflicts.keys() == other.conflicts.keys()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Ann Smith", "Anne Smith"),
        ("Ann Smith", "SMITH, Ann"),
        ("John Smith", "John A. Smith"),
        ("John Smith", "J. Smith"),
        ("Müller", "Mueller"),
        ("Testa Mäkinen", "Testa Makinen-Korhonen"),
        ("Anne Marie Olsen", "AnneMarie Olsen"),
        ("O’Brien-Søndergård", "OBrien Søndergård"),
        ("Maria del Carmen García López", "Maria García"),
        ("!!", "!!"),
    ],
)
def test_a_corrected_name_is_still_the_same_patients(old: str, new: str) -> None:
    assert not shares_little(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("John Doe", "Jane Doe"),
        ("Ada Lovelace", "Ada King"),
        ("Maria Virtanen", "Maria Lahtinen"),
        ("Robert Jones", "Brenda Johnson"),
        ("李小龍", "王明"),
        ("Ada Lovelace", "test"),
        ("Ada Lovelace", ""),
        ("👩‍⚕️", "!!"),
    ],
)
def test_a_name_that_could_be_another_patients_shares_little(old: str, new: str) -> None:
    assert shares_little(old, new)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_names_can_be_compared_either_way(old: str, new: str) -> None:
    assert shares_little(old, new) == shares_little(new, old)
    assert not shares_little(old, f" {old} ")
