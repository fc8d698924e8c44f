"""Counts on a real PostgreSQL: always what a recount gives, however many write at once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import psycopg
import pytest

from tests.postgres import Connection, Database, PostgresServer, Role

STATUSES = ("pending", "analyzing", "completed", "archived")
NEW = "insert into cases (patient_name, patient_age, patient_gender, status) select 'A', 1, 'other', unnest(%s::text[])"
WRITERS = 16


@pytest.fixture
def ada(database: Database) -> UUID:
    return database.add_clinician()


def counted(connection: Connection) -> dict[str, int]:
    """Return the counts that are kept, without the statuses that no case has any more."""
    rows = connection.execute("select status, cases from case_counts where cases <> 0").fetchall()
    return {row["status"]: row["cases"] for row in rows}


def recounted(connection: Connection) -> dict[str, int]:
    """Return what counting the cases gives."""
    rows = connection.execute("select status, count(*) as cases from cases group by status").fetchall()
    return {row["status"]: row["cases"] for row in rows}


def test_counts_follow_creations_and_changes_of_many_cases_at_once(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician:
        clinician.execute(NEW, [["pending"] * 5 + ["completed"] * 2])
        assert counted(clinician) == recounted(clinician) == {"pending": 5, "completed": 2}
        clinician.execute("update cases set status = 'archived' where status = 'pending' and case_id <= 3")
        clinician.execute("update cases set patient_age = patient_age + 1")
        clinician.execute("update cases set status = case status when 'archived' then 'pending' else 'archived' end")
        assert counted(clinician) == recounted(clinician) == {"pending": 3, "archived": 4}


def test_what_was_taken_back_is_not_counted(database: Database, ada: UUID) -> None:
    with database.connect("authenticated", ada) as clinician:
        clinician.execute(NEW, [["pending"]])
        with pytest.raises(psycopg.errors.CheckViolation):
            clinician.execute(NEW, [["pending", "unheard of"]])
        with clinician.transaction(force_rollback=True):
            clinician.execute("update cases set status = 'archived'")
        assert counted(clinician) == {"pending": 1}


def test_cases_that_were_there_before_the_counts_are_counted(postgres: PostgresServer) -> None:
    with postgres.database("unmigrated") as database:
        database.migrate(until="case_counts")
        ada, ben = database.add_clinician(), database.add_clinician()
        for clinician in (ada, ben):
            with database.connect("authenticated", clinician) as connection:
                connection.execute(NEW, [["pending", "pending", "archived"]])
        database.migrate(since="case_counts")
        with database.connect("authenticated", ada) as connection:
            connection.execute("update cases set status = 'analyzing' where status = 'archived'")
            assert counted(connection) == recounted(connection) == {"pending": 2, "analyzing": 1}
        with database.connect("authenticated", ben) as connection:
            assert counted(connection) == recounted(connection) == {"pending": 2, "archived": 1}


def test_sixteen_writers_of_one_clinician_never_wait_in_a_circle(database: Database, ada: UUID) -> None:
    def write(writer: int) -> None:
        chance = random.Random(writer)
        with database.connect("authenticated", ada) as clinician:
            for _ in range(25):
                mine, status = chance.randrange(1, 33), chance.choice(STATUSES)
                clinician.execute("update cases set status = %s where case_id = %s", [status, mine])
                clinician.execute("update cases set status = %s where case_id %% 32 = %s", [status, writer])
                clinician.execute(NEW, [chance.sample(STATUSES, 3)])

    with database.connect("authenticated", ada) as clinician:
        clinician.execute(NEW, [["pending"] * 32])
    with ThreadPoolExecutor(WRITERS) as writers:
        list(writers.map(write, range(WRITERS)))
    with database.connect("authenticated", ada) as clinician:
        assert counted(clinician) == recounted(clinician)
        assert sum(counted(clinician).values()) == 32 + WRITERS * 25 * 3


@pytest.mark.parametrize("role", ["authenticated", "service_role"])
@pytest.mark.parametrize(
    "statement",
    [
        "insert into case_counts values (auth.uid(), 'pending', 1)",
        "update case_counts set cases = 1",
        "delete from case_counts",
        "truncate case_counts",
    ],
    ids=lambda statement: str(statement).split()[0],
)
def test_nobody_but_the_trigger_is_granted_to_write_counts(
    database: Database, ada: UUID, statement: Any, role: Role
) -> None:
    with database.connect(role, ada) as writer, pytest.raises(psycopg.errors.InsufficientPrivilege):
        writer.execute(statement)
