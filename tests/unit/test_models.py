"""What fields may hold, what is said where they hold something else, and versions as entity tags."""

from datetime import datetime

import pytest

from lib.cases.models import FIELDS, Case, CaseChanges, NewCase, iso_utc
from lib.errors import InvalidChanges


@pytest.mark.parametrize(
    "name", ["A", "x" * 200, "  Ada Lovelace  ", "李小龍", "O’Brien-Søndergård", "👩‍⚕️", "نگار‌سا", "A\u200f"]
)
def test_a_name_of_1_to_200_characters_is_trimmed_and_kept(name: str) -> None:
    assert CaseChanges.parse({"patient_name": name}).columns() == {"patient_name": name.strip()}


@pytest.mark.parametrize("name", ["", "   ", "x" * 201, "two\nlines", "two\u2028lines", "tab\there", "nul\0", "\ud800"])
def test_a_name_that_breaks_the_rule_is_refused_by_field(name: str) -> None:
    with pytest.raises(InvalidChanges) as refusal:
        CaseChanges.parse({"patient_name": name})
    assert refusal.value.field == "patient_name"


@pytest.mark.parametrize(
    "name",
    ["\u200b", "\ufeff", "\u3164", "\u2800", "\u00ad \u034f", "\U000e0041", "\ufe0f\u200d", "\u2003\u200b\u3000"],
)
def test_a_name_that_shows_nothing_is_refused(name: str) -> None:
    with pytest.raises(InvalidChanges, match=r"^patient_name: has .*nothing that can be seen; allowed is text of 1 to"):
        CaseChanges.parse({"patient_name": name})


@pytest.mark.parametrize("override", [*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"])
def test_a_name_that_turns_the_text_around_it_is_refused(override: str) -> None:
    with pytest.raises(InvalidChanges, match=r"^patient_name: "):
        NewCase.parse({"patient_name": f"Ada{override}Ben", "patient_age": 1, "patient_gender": "other"})


@pytest.mark.parametrize("age", [0, 45, 150])
def test_whole_years_from_0_to_150_are_an_age(age: int) -> None:
    assert CaseChanges.parse({"patient_age": age}).columns() == {"patient_age": age}


@pytest.mark.parametrize("age", [-1, 151, 2**70, "45", 45.5, True, [45]])
def test_anything_else_is_no_age(age: object) -> None:
    with pytest.raises(InvalidChanges, match=r"^patient_age: .*; allowed is whole years from 0 to 150"):
        CaseChanges.parse({"patient_age": age})


def test_a_summary_may_be_empty_and_hold_20000_characters_on_many_lines() -> None:
    assert CaseChanges.parse({"case_summary": ""}).columns() == {"case_summary": ""}
    longest = "ä\n" * 10_000
    assert CaseChanges.parse({"case_summary": longest}).columns() == {"case_summary": longest}


@pytest.mark.parametrize("summary", ["x" * 20_001, "nul\0", "lone \udfff", 5])
def test_a_summary_that_cannot_be_stored_is_refused(summary: object) -> None:
    with pytest.raises(InvalidChanges, match=r"^case_summary: "):
        CaseChanges.parse({"case_summary": summary})


def test_null_and_read_only_fields_count_as_absent() -> None:
    given = {"case_id": 9, "user_id": "x", "patient_gender": "other", "created_at": 1, "updated_at": 2, "status": None}
    assert CaseChanges.parse(given).columns() == {}


def test_an_unknown_field_is_named() -> None:
    with pytest.raises(InvalidChanges, match=r"^diagnosis: is not a field"):
        CaseChanges.parse({"status": "pending", "diagnosis": "x"})


def test_an_unprintable_field_name_is_shown_safely() -> None:
    with pytest.raises(InvalidChanges) as refusal:
        CaseChanges.parse({"a\ud800\n" + "b" * 500: 1})
    assert len(refusal.value.field) < 70
    assert refusal.value.field.isprintable()


def test_every_field_that_people_set_has_a_name_and_a_rule_in_words() -> None:
    assert [name for name, field in FIELDS.items() if not (field.title and field.description)] == []


def test_what_an_update_may_set_can_be_set_at_creation_and_is_part_of_a_case() -> None:
    assert CaseChanges.model_fields.keys() < NewCase.model_fields.keys() < Case.model_fields.keys()


def test_no_message_repeats_a_value() -> None:
    with pytest.raises(InvalidChanges) as refusal:
        CaseChanges.parse({"status": "Canary Patient"})
    assert "Canary" not in str(refusal.value)
    assert refusal.value.__cause__ is None


def test_a_new_case_needs_name_age_and_gender_alone() -> None:
    new = NewCase.parse({"patient_name": "A", "patient_age": 1, "patient_gender": "unknown"})
    assert new.columns()["status"] == "pending"
    with pytest.raises(InvalidChanges, match=r"^patient_gender: is missing"):
        NewCase.parse({"patient_name": "A", "patient_age": 1})


def test_timestamps_leave_in_utc_with_z() -> None:
    assert iso_utc(datetime.fromisoformat("2026-03-04T11:30:00+01:00")) == "2026-03-04T10:30:00Z"
