"""Filters, orders and pages on a real PostgreSQL: what a plain sort in Python shows, lost and repeated is nothing."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.cases.models import GENDERS, OPEN_STATUSES, CaseStatus
from lib.cases.waiting import is_overdue
from lib.cases.worklist import CaseRow, Order, WorklistQuery
from tests.postgres import Connection, PostgresServer

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ["Ann", "Änn", "ann", "Bo", "Ćed", "Zoë", "zoe"]
MOMENTS = [NOW - timedelta(hours=hours) for hours in (1, 23, 24, 25, 72, 73, 500)]
CASES = 40
UNSEEDED = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

NEW = """
insert into cases (user_id, patient_name, patient_age, patient_gender, case_summary, status, created_at, updated_at)
  values (%s, %s, %s, %s, %s, %s, %s, %s)
"""

MAYBE_MOMENT = st.none() | st.sampled_from(MOMENTS)
MAYBE_AGE = st.none() | st.integers(0, 9)
QUERIES = st.builds(
    WorklistQuery,
    statuses=st.sets(st.sampled_from(CaseStatus), min_size=1).map(tuple),
    text=st.sampled_from(["", "", "ann", "O", "b"]),
    overdue_at=st.none() | st.just(NOW),
    is_flagged=st.booleans(),
    has_draft=st.just(False),
    gender=st.none() | st.sampled_from(GENDERS),
    youngest=MAYBE_AGE,
    oldest=MAYBE_AGE,
    waiting_since=MAYBE_MOMENT,
    updated_from=MAYBE_MOMENT,
    updated_before=MAYBE_MOMENT,
    order=st.sampled_from(get_args(Order)),
    descending=st.booleans(),
    limit=st.integers(1, 50),
)
"""Anything that may be asked."""

WIDE = st.builds(
    WorklistQuery,
    statuses=st.sampled_from([OPEN_STATUSES, tuple(CaseStatus)]),
    order=st.sampled_from(get_args(Order)),
    descending=st.booleans(),
    limit=st.integers(1, 9),
)


@pytest.fixture(scope="module")
def reader(postgres: PostgresServer) -> Iterator[Connection]:
    """A clinician's connection; their cases tie in everything that they can be ordered by."""
    chosen = random.Random(1)
    with postgres.database() as database:
        clinician = database.add_clinician()
        with database.connect() as administrator:
            administrator.execute("set session_replication_role = replica")
            for _ in range(CASES):
                values = (
                    *(chosen.choice(NAMES), chosen.randrange(10), chosen.choice(GENDERS), chosen.choice(NAMES)),
                    *(chosen.choice(list(CaseStatus)), chosen.choice(MOMENTS), chosen.choice(MOMENTS)),
                )
                administrator.execute(NEW, (clinician, *values))
            administrator.execute("insert into case_flags select user_id, case_id from cases where case_id % 3 = 0")
        with database.connect("authenticated", clinician) as connection:
            yield connection


def ask(reader: Connection, query: WorklistQuery) -> list[CaseRow]:
    """Read one page, and the first row of the next."""
    rows = reader.execute("select * from list_worklist(%s)", [json.dumps(query.ask())]).fetchall()
    return [CaseRow(**row) for row in rows]


def walk(reader: Connection, query: WorklistQuery) -> Iterator[list[CaseRow]]:
    """Read page after page."""
    while True:
        rows = ask(reader, query)
        yield rows[: query.limit]
        if len(rows) <= query.limit:
            return
        query = query.model_copy(update={"after": rows[query.limit - 1]})


def passes(row: CaseRow, query: WorklistQuery) -> bool:
    """Tell whether a case passes every filter."""
    text, waits = fold(f"{row.patient_name}\n{row.first_line}\n{row.case_id}"), row.status in OPEN_STATUSES
    return all(
        [
            row.status in query.statuses,
            all(fold(word) in text for word in query.text.split()),
            not query.overdue_at or is_overdue(row.status, row.created_at, query.overdue_at),
            not query.is_flagged or row.is_flagged,
            query.gender in (None, row.patient_gender),
            query.youngest is None or row.patient_age >= query.youngest,
            query.oldest is None or row.patient_age <= query.oldest,
            not query.waiting_since or (waits and row.created_at < query.waiting_since),
            not query.updated_from or row.updated_at >= query.updated_from,
            not query.updated_before or row.updated_at < query.updated_before,
        ]
    )


def fold(text: str) -> str:
    return text.translate(str.maketrans("ÄäĆćëË", "aacceE")).lower()


def place(row: CaseRow, query: WorklistQuery) -> tuple[Any, ...]:
    """Return by what a case is sorted."""
    keys: dict[str, Any] = {
        "urgency": (not row.is_flagged, row.created_at),
        "patient_name": fold(row.patient_name),
        "status": list(CaseStatus).index(row.status),
        "first_line": row.first_line.lower(),
    }
    return (keys.get(query.order, getattr(row, query.order, None)), row.case_id)


@UNSEEDED
@given(query=QUERIES)
def test_all_pages_together_are_what_a_plain_filter_and_sort_show(query: WorklistQuery, reader: Connection) -> None:
    if query.order == "urgency":
        query = query.model_copy(update={"descending": False})
    everything = ask(reader, WorklistQuery(statuses=tuple(CaseStatus), limit=CASES))
    assert len(everything) == CASES
    expected = sorted(
        (row for row in everything if passes(row, query)), key=lambda row: place(row, query), reverse=query.descending
    )
    assert [row for page in walk(reader, query) for row in page] == expected
    [counted] = reader.execute("select count_worklist(%s) as number", [json.dumps(query.ask())]).fetchall()
    assert counted["number"] == len(expected)


WRITES = st.lists(st.tuples(st.integers(1, CASES), st.sampled_from(["status", "name", "flag", "touch"])), max_size=4)


def write(reader: Connection, case_id: int, what: str) -> None:
    """Change a case so that it may move, come or go."""
    match what:
        case "status":
            reader.execute(
                "update cases set status = case status when 'pending' then 'archived' else 'pending' end "
                "where case_id = %s",
                [case_id],
            )
        case "name":
            reader.execute("update cases set patient_name = reverse(patient_name) where case_id = %s", [case_id])
        case "flag":
            gone = reader.execute("delete from case_flags where case_id = %s returning case_id", [case_id]).fetchall()
            if not gone:
                reader.execute("insert into case_flags (case_id) values (%s)", [case_id])
        case _:
            reader.execute("update cases set case_summary = case_summary || '.' where case_id = %s", [case_id])


@UNSEEDED
@given(query=WIDE, writes=st.lists(WRITES, max_size=6))
def test_while_others_write_no_case_that_they_leave_alone_is_lost_or_repeated(
    query: WorklistQuery, writes: list[list[tuple[int, str]]], reader: Connection
) -> None:
    before = ask(reader, query.model_copy(update={"limit": CASES}))
    written, shown = set(), list[int]()
    for page in walk(reader, query):
        shown += [row.case_id for row in page]
        for case_id, what in writes.pop() if writes else []:
            write(reader, case_id, what)
            written.add(case_id)
    left_alone = [row.case_id for row in before if row.case_id not in written]
    assert [case_id for case_id in shown if case_id not in written] == left_alone
    if query.order in ("case_id", "created_at"):
        assert len(shown) == len(set(shown))


def test_the_database_reads_all_that_can_be_asked(reader: Connection) -> None:
    everything = WorklistQuery(
        statuses=OPEN_STATUSES,
        text="a",
        overdue_at=NOW,
        is_flagged=True,
        has_draft=True,
        gender="other",
        youngest=1,
        oldest=2,
        waiting_since=NOW,
        updated_from=NOW,
        updated_before=NOW,
        order="status",
        descending=True,
        after=ask(reader, WorklistQuery(statuses=tuple(CaseStatus)))[0],
        limit=1,
    )
    assert everything.model_fields_set == WorklistQuery.model_fields.keys()
    functions = reader.execute("select prosrc from pg_proc where proname ~ 'worklist$|^fold_words$'").fetchall()
    read = {word for function in functions for word in re.findall(r"\w+", function["prosrc"])}
    assert everything.ask().keys() - read == set()
