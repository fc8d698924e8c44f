"""History on a real PostgreSQL with Supabase's grants: that administrators cannot undo it, and how it is read."""

from __future__ import annotations

from uuid import UUID

import psycopg
import pytest

from tests.database.plans import explain
from tests.postgres import Connection, Database, PostgresServer, Role

NEW = "insert into cases (user_id, patient_name, patient_age, patient_gender) values (%s, 'A', 1, 'other')"
EVENT = """
insert into case_events (case_id, user_id, changed_by, changed_at, changes)
select case_id, user_id, user_id, now(), '{"status": {"from": "pending", "to": "archived"}}' from cases
"""
REWRITINGS = {
    "write": EVENT,
    "change": "update case_events set changed_by = null",
    "delete": "delete from case_events",
    "truncate": "truncate case_events",
    "delete the case": "delete from cases",
    "truncate the cases": "truncate cases cascade",
}


@pytest.fixture
def ada(database: Database) -> UUID:
    """A clinician with one case that was updated once."""
    clinician = database.add_clinician()
    with database.connect("service_role", clinician) as writer:
        writer.execute(NEW, [clinician])
        writer.execute("update cases set status = 'analyzing'")
    return clinician


def read_all(connection: Connection) -> list[dict[str, object]]:
    """Return everything that a history can lose."""
    return connection.execute("select * from case_events join cases using (case_id) order by event_id").fetchall()


def test_events_of_older_cases_get_their_owner(postgres: PostgresServer) -> None:
    with postgres.database("unmigrated") as database:
        ada = database.add_clinician()
        database.migrate(until="case_drafts")
        with database.connect() as administrator:
            administrator.execute(NEW, [ada])
            administrator.execute("update cases set status = 'analyzing'")
        database.migrate(since="case_drafts")
        with database.connect("authenticated", ada) as clinician:
            clinician.execute("update cases set status = 'completed'")
            events = clinician.execute("select user_id, kind, changes from case_events order by event_id").fetchall()
    assert [(event["user_id"], event["kind"]) for event in events] == [(ada, "update")] * 2
    assert [event["changes"]["status"]["to"] for event in events] == ["analyzing", "completed"]


@pytest.mark.parametrize("rewriting", REWRITINGS.values(), ids=REWRITINGS)
def test_the_service_role_is_not_granted_to_rewrite_history(database: Database, ada: UUID, rewriting: str) -> None:
    with database.connect("service_role") as administrator:
        before = read_all(administrator)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            administrator.execute(rewriting)
        assert read_all(administrator) == before


@pytest.mark.parametrize("role", ["service_role", "postgres", "supabase_admin"])
@pytest.mark.parametrize("rewriting", REWRITINGS.values(), ids=REWRITINGS)
def test_with_every_grant_it_takes_an_alter_table_to_rewrite_history(
    database: Database, ada: UUID, rewriting: str, role: Role
) -> None:
    with database.connect("postgres") as owner:
        owner.execute("grant all on all tables in schema public to service_role")
    with database.connect(role) as administrator:
        before = read_all(administrator)
        with pytest.raises(psycopg.errors.CheckViolation):
            administrator.execute(rewriting)
        assert read_all(administrator) == before


def test_what_an_administrator_creates_and_changes_is_recorded_as_such(database: Database, ada: UUID) -> None:
    with database.connect("service_role") as administrator:
        administrator.execute(NEW, [ada])
        administrator.execute("update cases set status = 'archived' where status = 'pending'")
    with database.connect("authenticated", ada) as clinician:
        found = clinician.execute("select changed_by, kind from case_events order by event_id").fetchall()
    assert [(event["changed_by"], event["kind"]) for event in found] == [
        (ada, "creation"),
        (ada, "update"),
        (None, "creation"),
        (None, "update"),
    ]


PAGES = {
    "a case": "case_id = 1 order by changed_at desc, event_id desc",
    "a case, further on": "case_id = 1 and {behind} order by changed_at desc, event_id desc",
    "changes since": "case_id = 1 and changed_at > '2026-01-04' order by changed_at desc, event_id desc",
    "activity": "changed_by = '{ada}' order by changed_at desc, event_id desc",
    "activity, further on": "changed_by = '{ada}' and {behind} order by changed_at desc, event_id desc",
}
BEHIND = "changed_at <= '2026-01-05' and (changed_at < '2026-01-05' or (changed_at = '2026-01-05' and event_id < 9))"
# One case with 10,000 events of its clinician's, and 10,000 cases that an administrator has changed.
MANY = """
set session_replication_role = replica;
insert into cases (case_id, user_id, patient_name, patient_age, patient_gender)
  overriding system value
  select number, '{ada}', 'B', 2, 'other' from generate_series(1, 10000) as number;
insert into case_events (case_id, user_id, changed_by, changed_at, changes)
  select 1, '{ada}', '{ada}', '2026-01-01'::timestamptz + number * interval '1 minute', '{{}}'
    from generate_series(1, 10000) as number;
insert into case_events (case_id, user_id, changed_at, changes)
  select case_id, user_id, '2026-01-01'::timestamptz + case_id * interval '1 minute', '{{}}' from cases;
analyze;
"""


@pytest.mark.parametrize("which", PAGES.values(), ids=PAGES)
def test_a_page_reads_no_more_events_than_it_shows_and_sorts_none(database: Database, which: str) -> None:
    ada = database.add_clinician()
    with database.connect() as administrator:
        administrator.execute(MANY.format(ada=ada).encode())
    with database.connect("authenticated", ada) as clinician:
        plan = explain(clinician, f"select * from case_events where {which.format(ada=ada, behind=BEHIND)} limit 21")
    assert plan.nodes == {"Limit", "Index Scan", "Result"}
    assert 20 < plan.rows_read <= 23
