"""Namesakes, on a real PostgreSQL with Supabase's grants."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.postgres import Connection, Database

NEW = """insert into cases (patient_name, patient_age, patient_gender, status) values (%s, 1, 'other', %s)
    returning case_id"""


@pytest.fixture
def ada(database: Database) -> UUID:
    return database.add_clinician()


def create(connection: Connection, name: str, status: str = "pending") -> int:
    return int(next(iter(connection.execute(NEW, (name, status))))["case_id"])


def find(connection: Connection, case_id: int) -> list[int]:
    rows = connection.execute("select case_id from find_namesakes(%s)", (case_id,)).fetchall()
    return [row["case_id"] for row in rows]


def test_the_owner_finds_open_cases_with_the_same_name_whatever_its_case(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as owner:
        case_id = create(owner, "Ann Doe", "archived")
        same = [create(owner, "ANN DOE"), create(owner, "Ann Doe", "analyzing")]
        create(owner, "Ann Doe", "completed")
        create(owner, "Ann Doer")
        assert find(owner, case_id) == same
        assert find(owner, same[0]) == [same[1]]


def test_a_stranger_finds_nothing_by_another_clinicians_case(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as owner:
        case_id, _ = create(owner, "Ann Doe"), create(owner, "Ann Doe")
    with database.connect("authenticated", database.add_clinician()) as stranger:
        create(stranger, "Ann Doe")
        assert find(stranger, case_id) == []
    with database.connect("authenticated", ada) as owner:
        assert len(find(owner, case_id)) == 1


def test_nobody_who_is_not_signed_in_may_ask(database: Database) -> None:
    with database.connect("anon") as anonymous, pytest.raises(psycopg.errors.InsufficientPrivilege):
        find(anonymous, 1)


def find_same(connection: Connection, name: str, *, age: int = 1, gender: str = "other", key: str = "new") -> list[int]:
    asked = connection.execute("select case_id from find_same_patients(%s, %s, %s, %s)", (name, age, gender, key))
    return [row["case_id"] for row in asked.fetchall()]


def test_the_owner_finds_open_cases_of_the_same_name_age_and_gender(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as owner:
        same = [create(owner, "Ánn  Doe"), create(owner, "Ann Doe", "analyzing")]
        create(owner, "Ann Doe", "completed")
        assert find_same(owner, "ANN doe") == same
        assert find_same(owner, "Ann Doe", age=2) == find_same(owner, "Ann Doe", gender="male") == []
        assert find_same(owner, "Ann %") == find_same(owner, "A") == []


def test_the_case_that_a_key_created_is_no_duplicate_of_itself(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as owner:
        case_id = create(owner, "Ann Doe")
        owner.execute("insert into case_creations (key, case_id) values ('mine', %s)", (case_id,))
        assert find_same(owner, "Ann Doe", key="mine") == []
        assert find_same(owner, "Ann Doe", key="another") == [case_id]


def test_a_stranger_and_nobody_find_no_patient_of_another_clinician(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as owner:
        create(owner, "Ann Doe")
    with database.connect("authenticated", database.add_clinician()) as stranger:
        assert find_same(stranger, "Ann Doe") == []
    with database.connect("anon") as anonymous, pytest.raises(psycopg.errors.InsufficientPrivilege):
        find_same(anonymous, "Ann Doe")
