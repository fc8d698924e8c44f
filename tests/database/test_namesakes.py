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
