"""When a case was closed, on a real PostgreSQL with Supabase's grants: the worklist reads it in the history."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import psycopg
import pytest

from lib.cases.models import CaseStatus
from lib.cases.worklist import WorklistQuery
from tests.database.plans import explain
from tests.postgres import Connection, Database, PostgresServer

NEW = "insert into cases (patient_name, patient_age, patient_gender, status) values ('A', 1, 'other', %s)"
OPENING = json.dumps(WorklistQuery().ask())
ALL = json.dumps(WorklistQuery(statuses=tuple(CaseStatus)).ask())
MANY_EDITS = """
set session_replication_role = replica;
insert into case_events (case_id, user_id, changed_by, changed_at, changes)
  select case_id, user_id, user_id, updated_at + number * interval '1 minute', '{"patient_age": {"from": 1, "to": 2}}'
    from cases, generate_series(1, 5000) as number;
analyze;
"""


@pytest.fixture
def ada(database: Database) -> UUID:
    return database.add_clinician()


@pytest.fixture
def owner(database: Database, ada: UUID) -> Iterator[Connection]:
    with database.connect("authenticated", ada) as connection:
        yield connection


def set_status(connection: Connection, status: str) -> datetime:
    """Set the status of the one case, and return when that was."""
    [case] = connection.execute("update cases set status = %s returning updated_at", [status]).fetchall()
    changed_at: datetime = case["updated_at"]
    return changed_at


def read_closing(connection: Connection) -> list[datetime | None]:
    return [row["closed_at"] for row in connection.execute("select * from list_worklist(%s)", [ALL]).fetchall()]


def test_a_closed_case_was_closed_when_its_status_changed_last_whatever_else_changed_since(owner: Connection) -> None:
    owner.execute(NEW, ["pending"])
    assert read_closing(owner) == [None]
    completed_at = set_status(owner, "completed")
    owner.execute("update cases set case_summary = 'Seen again.'")
    assert read_closing(owner) == [completed_at]
    archived_at = set_status(owner, "archived")
    assert read_closing(owner) == [archived_at] != [completed_at]


def test_a_case_that_was_opened_again_is_not_closed_and_closed_again_since_then(owner: Connection) -> None:
    owner.execute(NEW, ["completed"])
    set_status(owner, "analyzing")
    assert read_closing(owner) == [None]
    assert read_closing(owner) != [set_status(owner, "completed")] == read_closing(owner)


def test_a_case_that_was_created_closed_was_closed_then(owner: Connection) -> None:
    owner.execute(NEW, ["archived"])
    [case] = owner.execute("select created_at from cases").fetchall()
    assert read_closing(owner) == [case["created_at"]]


def test_strangers_and_who_is_not_signed_in_learn_of_no_closing(database: Database, owner: Connection) -> None:
    owner.execute(NEW, ["completed"])
    with database.connect("authenticated", database.add_clinician()) as stranger:
        assert read_closing(stranger) == []
        assert stranger.execute("select closed_at from worklist").fetchall() == []
    with database.connect("anon") as anonymous, pytest.raises(psycopg.errors.InsufficientPrivilege):
        anonymous.execute("select closed_at from worklist")


def test_one_event_is_read_however_often_a_case_was_changed_since(database: Database, owner: Connection) -> None:
    owner.execute(NEW, ["completed"])
    with database.connect() as administrator:
        administrator.execute(MANY_EDITS.encode())
    plan = explain(owner, "select closed_at from worklist")
    assert "case_events_by_status" in plan.indexes
    assert plan.rows_read <= 5


def test_a_case_closed_before_there_was_a_history_has_no_such_moment_and_open_connections_read_on(
    postgres: PostgresServer,
) -> None:
    with postgres.database("unmigrated") as database:
        database.migrate(until="case_events")
        ada = database.add_clinician()
        with database.connect("authenticated", ada) as owner:
            owner.execute(NEW, ["completed"])
            database.migrate(since="case_events", until="closing_times")
            asked = "select json_agg(page) from list_worklist(%s) as page"
            before = [owner.execute(asked, [question], prepare=True).fetchall() for question in (ALL, OPENING)]
            database.migrate(since="closing_times")
            after = [owner.execute(asked, [question], prepare=True).fetchall() for question in (ALL, OPENING)]
    [row] = after[0][0]["json_agg"]
    assert row.pop("closed_at") is None
    assert [row] == before[0][0]["json_agg"]
    assert after[1] == before[1]
