"""Marks of changes by somebody else, on a real PostgreSQL with Supabase's grants."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.postgres import Connection, Database

NEW = "insert into cases (patient_name, patient_age, patient_gender) values ('A', 1, 'other') returning case_id"


@pytest.fixture
def ada(database: Database) -> UUID:
    return database.add_clinician()


@pytest.fixture
def case_id(database: Database, ada: UUID) -> int:
    """A case of Ada's that an administrator has changed."""
    with database.connect("authenticated", ada) as clinician:
        case_id = int(next(iter(clinician.execute(NEW)))["case_id"])
    with database.connect("service_role") as administrator:
        administrator.execute("update cases set status = 'archived'")
    return case_id


def read_marks(connection: Connection) -> list[tuple[int, UUID]]:
    rows = connection.execute("select case_id, user_id from unseen_changes").fetchall()
    return [(row["case_id"], row["user_id"]) for row in rows]


def test_the_owner_sees_the_mark_and_removes_it(database: Database, ada: UUID, case_id: int) -> None:
    with database.connect("authenticated", ada) as owner:
        assert read_marks(owner) == [(case_id, ada)]
        owner.execute("delete from unseen_changes")
        assert read_marks(owner) == []


def test_a_stranger_neither_sees_nor_removes_it(database: Database, ada: UUID, case_id: int) -> None:
    with database.connect("authenticated", database.add_clinician()) as stranger:
        assert read_marks(stranger) == []
        assert stranger.execute("delete from unseen_changes").rowcount == 0
    with database.connect("authenticated", ada) as owner:
        assert read_marks(owner) == [(case_id, ada)]


@pytest.mark.usefixtures("case_id")
@pytest.mark.parametrize("statement", ["select * from unseen_changes", "delete from unseen_changes"])
def test_nobody_who_is_not_signed_in_may_ask(database: Database, statement: str) -> None:
    with database.connect("anon") as anonymous, pytest.raises(psycopg.errors.InsufficientPrivilege):
        anonymous.execute(statement.encode())


@pytest.mark.usefixtures("case_id")
@pytest.mark.parametrize(
    "statement",
    [
        "insert into unseen_changes select case_id, user_id, now() from cases",
        "update unseen_changes set changed_at = now()",
        "truncate unseen_changes",
    ],
)
def test_nobody_is_granted_to_make_a_mark(database: Database, ada: UUID, statement: str) -> None:
    with database.connect("authenticated", ada) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
        owner.execute(statement.encode())


def test_a_change_of_ones_own_leaves_the_mark_as_it_is(database: Database, ada: UUID, case_id: int) -> None:
    with database.connect("authenticated", ada) as owner:
        marked_at = owner.execute("select changed_at from unseen_changes").fetchall()
        owner.execute("update cases set patient_age = 2 where case_id = %s", [case_id])
        assert owner.execute("select changed_at from unseen_changes").fetchall() == marked_at
