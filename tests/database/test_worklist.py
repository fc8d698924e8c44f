"""The worklist on a real PostgreSQL: a page reads the rows it shows, in the order of an index, whatever there is."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lib.cases.models import Case
from lib.cases.worklist import CaseRow
from tests.database.plans import Plan, explain
from tests.postgres import Connection, Database, PostgresServer

LIMIT = 51
BEHIND = "{0} <= $2 and ({0} < $2 or ({0} = $2 and case_id < $3))"
BEYOND = "{0} >= $2 and ({0} > $2 or ({0} = $2 and case_id > $3))"
NEWEST = "order by updated_at desc, case_id desc limit $1"
WAITING = "order by created_at, case_id limit $1"
PAGES = {
    "open": f"select * from open_worklist {WAITING}",
    "open, further on": f"select * from open_worklist where {BEYOND.format('created_at')} {WAITING}",
    "one status, longest waiting": f"select * from worklist where status = $4 {WAITING}",
    "one status, longest waiting, further on": (
        f"select * from worklist where status = $4 and {BEYOND.format('created_at')} {WAITING}"
    ),
    "one status, newest": f"select * from worklist where status = $4 {NEWEST}",
    "one status, newest, further on": (
        f"select * from worklist where status = $4 and {BEHIND.format('updated_at')} {NEWEST}"
    ),
    "all": f"select * from worklist {NEWEST}",
    "all, further on": f"select * from worklist where {BEHIND.format('updated_at')} {NEWEST}",
    "counts": "select status, cases from case_counts",
}
"""What `list_cases` and `count_cases` ask, as PostgREST sends it: every value a parameter, the limit too."""

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
insert into unseen_changes (user_id, case_id, changed_at)
  select user_id, case_id, updated_at from cases where user_id = '{clinician}' and case_id % 9 = 0;
analyze;
"""

COLLEAGUES = """
set session_replication_role = replica;
insert into case_counts
  select gen_random_uuid(), status, 50 from unnest(array['pending', 'completed']) as status, generate_series(1, 2000);
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


def plan_of(connection: Connection, query: str) -> Plan:
    """Run a query as a prepared one and return how it was carried out."""
    connection.execute(f"prepare page (bigint, timestamptz, bigint, text) as {query}".encode())
    return explain(connection, f"execute page ({LIMIT}, '2026-01-15', 5, 'pending')")


@pytest.mark.parametrize("plans", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize("number", [40, 2_000, 60_000])
@pytest.mark.parametrize("query", PAGES.values(), ids=PAGES)
def test_no_page_sorts_or_reads_more_than_it_shows(
    crowded: tuple[Database, dict[int, UUID]], query: str, number: int, plans: str
) -> None:
    database, clinicians = crowded
    with database.connect("authenticated", clinicians[number]) as clinician:
        clinician.execute(f"set plan_cache_mode = {plans}".encode())
        plan = plan_of(clinician, query)
    assert plan.nodes <= {"Limit", "Index Scan", "Index Only Scan", "Result"}
    # Ties with the last row of the page before, the marks of each row, and the one of `auth.uid()` come on top.
    assert plan.rows_read <= LIMIT + 100


def test_every_index_of_cases_serves_a_page(crowded: tuple[Database, dict[int, UUID]]) -> None:
    database, clinicians = crowded
    used: set[str] = set()
    for query in PAGES.values():
        with database.connect("authenticated", clinicians[60_000]) as clinician:
            used |= plan_of(clinician, query).indexes
    with database.connect() as administrator:
        found = administrator.execute("select indexname from pg_indexes where tablename = 'cases'").fetchall()
    assert {index["indexname"] for index in found} - used == {"cases_pkey"}


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
