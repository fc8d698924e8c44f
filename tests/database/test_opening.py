"""Opening a case, on a real PostgreSQL with Supabase's grants."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.postgres import Connection, Database

NEW = """insert into cases (patient_name, patient_age, patient_gender) values ('Ann Doe', 1, 'other')
    returning case_id"""


def open_case(connection: Connection, case_id: int) -> list[dict[str, Any]]:
    return connection.execute("select * from open_case(%s)", (case_id,)).fetchall()


def test_the_owner_alone_opens_a_case_with_what_is_beside_it(database: Database) -> None:
    ada, ben = database.add_clinician(), database.add_clinician()
    with database.connect("authenticated", ada) as owner:
        case_id, other_id = (next(iter(owner.execute(NEW)))["case_id"] for _ in range(2))
        owner.execute("insert into case_flags (case_id) values (%s)", (case_id,))
        [row] = open_case(owner, case_id)
        assert (row["opened"]["patient_name"], row["draft"], row["is_flagged"]) == ("Ann Doe", None, True)
        [whole] = owner.execute("select * from cases where case_id = %s", (case_id,))
        assert row["opened"].keys() == whole.keys()
        assert [each["case_id"] for each in row["namesakes"]] == [other_id]
    with database.connect("authenticated", ben) as stranger:
        stranger.execute(NEW)
        assert open_case(stranger, case_id) == open_case(stranger, 999_999) == []


def test_nobody_who_is_not_signed_in_may_ask(database: Database) -> None:
    with database.connect("anon") as nobody, pytest.raises(psycopg.errors.InsufficientPrivilege):
        open_case(nobody, 1)
