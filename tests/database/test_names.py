"""Names on a real PostgreSQL: the database and Python allow the same."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lib.cases.models import CaseChanges
from lib.errors import InvalidChanges
from tests.postgres import Connection, PostgresServer

WHITE_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
NEW = "insert into cases (patient_name, patient_age, patient_gender)"

SUSPECT = st.characters(categories=["Cc", "Cf", "Cn", "Zs", "Zl", "Zp", "Mn", "Lo"])
NAMES = st.text(SUSPECT, max_size=3) | st.text(max_size=5) | st.text(st.sampled_from("a \u200b\u202e\u3164\ufeff\x1c"))


@pytest.fixture(scope="module")
def writer(postgres: PostgresServer) -> Iterator[Connection]:
    with postgres.database() as database, database.connect(clinician=database.add_clinician()) as connection:
        connection.execute(f"{NEW} values ('A', 1, 'other')")
        yield connection


def python_allows(name: str) -> bool:
    try:
        return CaseChanges.parse({"patient_name": name}).columns() == {"patient_name": name}
    except InvalidChanges:
        return False


def database_allows(name: str, writer: Connection) -> bool:
    try:
        writer.execute("update cases set patient_name = %s", [name])
    except psycopg.errors.CheckViolation:
        return False
    # psycopg itself refuses U+0000, as PostgreSQL does.
    except psycopg.DataError:
        return False
    return True


@settings(max_examples=1000, deadline=None)
@given(name=NAMES)
@example(name="x" * 200)
@example(name="x" * 201)
@example(name="\U000e0041\U0001d173")
@example(name="نگار‌سا")
def test_the_database_and_python_allow_the_same_names(name: str, writer: Connection) -> None:
    trimmed = name.strip(WHITE_SPACE)
    assert python_allows(trimmed) == database_allows(trimmed, writer)


def test_names_from_before_are_made_to_show_and_the_history_keeps_what_they_were(postgres: PostgresServer) -> None:
    before = ["Ada", "Ada \u202eBen\u2066", "\u200b", "\u202e\u3164", "نگار\u200cسا"]
    with postgres.database("unmigrated") as database:
        ada = database.add_clinician()
        database.migrate(until="visible_names")
        with database.connect("authenticated", ada) as clinician:
            clinician.execute(f"{NEW} select unnest(%s::text[]), 1, 'other'", [before])
        database.migrate(since="visible_names")
        with database.connect("authenticated", ada) as clinician:
            cases = clinician.execute(
                "select patient_name, updated_at > created_at as moved from cases order by case_id"
            )
            after = [(case["patient_name"], case["moved"]) for case in cases]
            changes = clinician.execute(
                "select changes -> 'patient_name' as name, changed_by from case_events where kind = 'update'"
                " order by event_id"
            ).fetchall()
    assert after == [
        ("Ada", False),
        ("Ada Ben", True),
        ("Unnamed patient", True),
        ("Unnamed patient", True),
        ("نگار\u200cسا", False),
    ]
    assert [(change["name"]["from"], change["changed_by"]) for change in changes] == [
        ("Ada \u202eBen\u2066", None),
        ("\u202e\u3164", None),
        ("\u200b", None),
        ("\u3164", None),
    ]
