"""The worklist on a real PostgreSQL: a page reads the rows it shows, in the order of an index, whatever there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lib.cases.models import Case
from lib.cases.worklist import CaseRow, WorklistQuery
from tests.database.plans import Plan, explain
from tests.postgres import Connection, Database, PostgresServer

LIMIT = 51
OPENING = json.dumps(WorklistQuery().ask())
"""What is asked for where the worklist is opened."""
LAST = {"case_id": 5, "created_at": "2026-01-15T00:00:00Z", "updated_at": "2026-01-15T00:00:00Z"}
Asked = dict[str, Any]
OPEN: Asked = {"statuses": ["pending", "analyzing"]}
PENDING: Asked = {"statuses": ["pending"]}
URGENCY: Asked = {"order": "urgency"}
WAITING: Asked = {"order": "created_at"}
NEWEST: Asked = {"order": "updated_at", "descending": True}
PAGES: dict[str, Asked] = {
    f"{name}{place}": question | after
    for name, question in {
        "open, by urgency": OPEN | URGENCY,
        "pending, by urgency": PENDING | URGENCY,
        "open, longest waiting": OPEN | WAITING,
        "pending, longest waiting": PENDING | WAITING,
        "pending, newest": PENDING | NEWEST,
        "all, newest": NEWEST,
    }.items()
    for place, after in {
        "": {},
        ", further on": {"after": LAST | {"is_flagged": False}},
        ", behind a flagged case": {"after": LAST | {"is_flagged": True}},
    }.items()
}
"""What `list_cases` asks for by itself; any other order is sorted."""

MANY = """
set session_replication_role = replica;
insert into cases (user_id, patient_name, patient_age, patient_gender, case_summary, status, created_at, updated_at)
  select '{clinician}', 'A', 1, 'other', repeat('Cough ', 50),
      (array['pending', 'analyzing', 'completed', 'archived'])[1 + number % 4],
      '2026-01-01'::timestamptz + number % 1000 * interval '1 hour',
      '2026-01-01'::timestamptz + number % 1000 * interval '2 hours'
    from generate_series(1, {number}) as number;
insert into case_counts select user_id, status, count(*) from cases where user_id = '{clinician}' group by 1, 2;
insert into case_drafts (user_id, case_id, base_version, changes)
  select user_id, case_id, updated_at, '{{"status": "archived"}}' from cases
    where user_id = '{clinician}' and case_id % 9 = 0;
insert into case_events (case_id, user_id, kind, changed_at, changes)
  select case_id, user_id, kind, updated_at, changes::jsonb from cases, (
    values ('creation', '{{"status": {{"from": null, "to": "pending"}}}}'),
      ('update', '{{"status": {{"from": "pending", "to": "archived"}}}}'),
      ('update', '{{"patient_age": {{"from": 2, "to": 1}}}}')
  ) as event (kind, changes)
    where user_id = '{clinician}' and status in ('completed', 'archived');
insert into case_flags (user_id, case_id)
  select user_id, case_id from cases where user_id = '{clinician}' order by case_id desc limit 20;
insert into unseen_changes (user_id, case_id, changed_at)
  select user_id, case_id, updated_at from cases where user_id = '{clinician}' and case_id % 9 = 0;
analyze;
"""

COLLEAGUES = """
set session_replication_role = replica;
insert into case_counts
  select gen_random_uuid(), status, 50 from unnest(array['pending', 'completed']) as status, generate_series(1, 2000);
insert into case_flags (user_id, case_id) select gen_random_uuid(), number from generate_series(1, 4000) as number;
"""


@pytest.fixture(scope="module")
def crowded(postgres: PostgresServer) -> Iterator[tuple[Database, dict[int, UUID]]]:
    """A database with many clinicians' cases, and the clinician who has so many of them."""
    with postgres.database() as database:
        clinicians = {number: database.add_clinician() for number in (40, 2_000, 60_000)}
        with database.connect() as administrator:
            administrator.execute(COLLEAGUES.encode())
            for number, clinician in clinicians.items():
                administrator.execute(MANY.format(clinician=clinician, number=number).encode())
        yield database, clinicians


def plan_of(connection: Connection, asked: Asked) -> Plan:
    """Carry out what is composed for a question, and return how that was done."""
    question = json.dumps(asked | {"limit": LIMIT})
    [row] = connection.execute("select query_worklist(%s) as query", [question]).fetchall()
    connection.execute(f"prepare page (jsonb, text[]) as {row['query']}".encode())
    plan = explain(connection, f"execute page ('{question}', null)")
    connection.execute("deallocate page")
    return plan


@pytest.mark.parametrize("number", [40, 2_000, 60_000])
@pytest.mark.parametrize("asked", PAGES.values(), ids=PAGES)
def test_no_page_reads_much_more_than_it_shows(
    crowded: tuple[Database, dict[int, UUID]], asked: Asked, number: int
) -> None:
    database, clinicians = crowded
    with database.connect("authenticated", clinicians[number]) as clinician:
        plan = plan_of(clinician, asked)
    if number > LIMIT and asked["order"] != "urgency":
        assert plan.nodes <= {"Limit", "Index Scan", "Index Only Scan", "Nested Loop", "Result"}
    # A row's key, the row, its marks, twice where it may be flagged, when it was closed; all flags; ties, and
    # `auth.uid()` come on top.
    assert plan.rows_read <= 7 * LIMIT + 3 * 20


def open_worklist(connection: Connection) -> tuple[list[Any], int]:
    """Open the worklist, and count the rows that are read for it, of whatever table."""
    with connection.transaction():
        page = connection.execute("select * from list_worklist(%s)", [OPENING]).fetchall()
        [read] = connection.execute(
            "select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::integer as rows from pg_stat_xact_user_tables"
        ).fetchall()
    return page, read["rows"]


@pytest.mark.parametrize("number", [40, 2_000, 60_000])
def test_what_is_planned_once_is_what_would_be_composed(crowded: tuple[Database, dict[int, UUID]], number: int) -> None:
    database, clinicians = crowded
    with database.connect("authenticated", clinicians[number]) as clinician:
        page, rows_read = open_worklist(clinician)
        one_more = OPENING.replace(f'"limit": {LIMIT}', f'"limit": {LIMIT + 1}')
        composed = clinician.execute("select * from list_worklist(%s)", [one_more]).fetchall()
    assert page == composed[:LIMIT]
    assert rows_read <= 7 * LIMIT + 3 * 20


def test_what_is_planned_once_is_what_opens_the_worklist(crowded: tuple[Database, dict[int, UUID]]) -> None:
    database, _ = crowded
    with database.connect() as administrator:
        [function] = administrator.execute("select prosrc from pg_proc where proname = 'list_worklist'").fetchall()
    planned = re.search(r"asked = '(.+?)'", function["prosrc"], re.DOTALL)
    assert planned
    assert json.loads(planned[1]) == WorklistQuery().ask()


def test_what_was_planned_before_there_was_a_case_serves_when_there_are_many(postgres: PostgresServer) -> None:
    # As in the embedded default, where nothing renews the statistics by itself.
    filling = MANY.replace("analyze;", "")
    with postgres.database() as database:
        reader, colleague = database.add_clinician(), database.add_clinician()
        with database.connect("authenticated", reader) as clinician, database.connect() as administrator:
            assert open_worklist(clinician)[0] == []
            for number, owner in ((1_000, reader), (20_000, colleague)):
                administrator.execute(filling.format(clinician=owner, number=number).encode())
            page, rows_read = open_worklist(clinician)
    assert len(page) == LIMIT
    assert rows_read <= 3 * 1_000


def test_counts_are_read_and_not_counted(crowded: tuple[Database, dict[int, UUID]]) -> None:
    database, clinicians = crowded
    with database.connect("authenticated", clinicians[60_000]) as clinician:
        plan = explain(clinician, "select status, cases from case_counts")
    assert plan.indexes == {"case_counts_pkey"}
    assert plan.rows_read <= 10


def test_every_index_of_cases_serves_a_page(crowded: tuple[Database, dict[int, UUID]]) -> None:
    database, clinicians = crowded
    used: set[str] = set()
    with database.connect("authenticated", clinicians[60_000]) as clinician:
        for asked in PAGES.values():
            used |= plan_of(clinician, asked).indexes
    with database.connect() as administrator:
        found = administrator.execute("select indexname from pg_indexes where tablename = 'cases'").fetchall()
    assert {index["indexname"] for index in found} - used == set()


TEXTS = st.text(st.sampled_from("ab \t\n\r\v\f\x1c\x1f\x85\xa0\u2003\u2028\u3000\u200b"), max_size=12)


@pytest.fixture(scope="module")
def reader(postgres: PostgresServer) -> Iterator[Connection]:
    with postgres.database() as database, database.connect(clinician=database.add_clinician()) as connection:
        connection.execute("insert into cases (patient_name, patient_age, patient_gender) values ('A', 1, 'other')")
        yield connection


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(summary=TEXTS)
@example(summary="x" * 300)
@example(summary=" \n" + "ä" * 199 + " end")
@example(summary="\x1c" * 999 + "end")
@example(summary=" " * 1_000 + "end")
def test_the_database_cuts_the_first_line_as_python_does(summary: str, reader: Connection) -> None:
    [case] = reader.execute("update cases set case_summary = %s returning *", [summary]).fetchall()
    [row] = reader.execute("select * from worklist").fetchall()
    assert CaseRow(**row) == CaseRow.of(Case(**case))
