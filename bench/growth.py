"""What worklist and history cost as they grow, on PostgreSQL and PostgREST: the largest beside the smallest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bench.frame import Goal, Row, Rows, timed
from bench.places import postgrest, session_of
from lib import CaseStatus, Session, WorklistQuery, count_cases, list_cases
from lib.cases.history import list_events
from tests.postgres import Database, PostgresServer

SIZES = (1_000, 50_000, 1_000_000)
FILL = """
set session_replication_role = replica;
-- The texts that are searched take minutes to fold for a million cases, and no question here reads them.
alter table cases disable trigger fold_new_case;
insert into cases (user_id, patient_name, patient_age, patient_gender, case_summary, status, created_at, updated_at)
  select '{clinician}', 'A', 1, 'other', repeat('Cough ', 50),
      (array['pending', 'analyzing', 'completed', 'archived'])[1 + number % 4],
      '2026-01-01'::timestamptz + number * interval '1 second',
      '2026-01-01'::timestamptz + number * interval '2 seconds'
    from generate_series(1, {number}) as number;
insert into case_counts select user_id, status, count(*) from cases where user_id = '{clinician}' group by 1, 2;
alter table cases enable always trigger fold_new_case;
"""
EVENTS = (10, 10_000)
HISTORY = """
set session_replication_role = replica;
insert into cases (user_id, patient_name, patient_age, patient_gender) values ('{clinician}', 'A', 1, 'other');
insert into case_events (case_id, user_id, changed_by, changed_at, changes)
  select currval(pg_get_serial_sequence('cases', 'case_id')), '{clinician}', '{clinician}',
      '2026-01-01'::timestamptz + number * interval '1 minute', '{{"patient_age": {{"from": 1, "to": 2}}}}'
    from generate_series(1, {number}) as number;
"""
QUESTIONS: dict[str, Callable[[Session], object]] = {
    "counts": count_cases,
    "first page of “Open”": list_cases,
    "first page of “Completed”": lambda session: list_cases(
        session, WorklistQuery(statuses=(CaseStatus.COMPLETED,), order="updated_at", descending=True)
    ),
    "first page of “All”": lambda session: list_cases(
        session, WorklistQuery(statuses=tuple(CaseStatus), order="updated_at", descending=True)
    ),
}


def rows(*, quick: bool) -> Rows:
    """Measure each question for clinicians with more and more cases of their own."""
    server = PostgresServer()
    server.start()
    try:
        with server.database() as database:
            smallest, *larger = (_fill(database, number, FILL) for number in (SIZES[:2] if quick else SIZES))
            shorter, longer = (_fill(database, number, HISTORY) for number in EVENTS)
            with database.connect() as administrator:
                administrator.execute("vacuum analyze")
            with postgrest(database):
                for name, question in QUESTIONS.items():
                    for number, session in zip(SIZES[1:], larger, strict=False):
                        yield Row(
                            f"{name}, {number:,} own cases beside {SIZES[0]:,}",
                            timed(partial(question, session)),
                            timed(partial(question, smallest)),
                            Goal("ratio", 1.5),
                            turns=30 if quick else 100,
                        )
                yield Row(
                    f"history of a case, {EVENTS[1]:,} events beside {EVENTS[0]:,}",
                    timed(_reading_of_history(longer)),
                    timed(_reading_of_history(shorter)),
                    Goal("ratio", 1.5),
                    turns=30 if quick else 100,
                )
    finally:
        server.stop()


def _reading_of_history(session: Session) -> Callable[[], object]:
    """Return what reads the first page of the history of the clinician's only case."""
    [row] = list_cases(session).cases
    return partial(list_events, session, row.case_id, limit=10)


def _fill(database: Database, number: int, fill: str) -> Session:
    """Add a clinician with so many cases, or with a case with so many events."""
    clinician = database.add_clinician()
    with database.connect() as administrator:
        administrator.execute(fill.format(clinician=clinician, number=number).encode())
    return session_of(clinician)
