"""What the worklist costs as cases grow in number, on PostgreSQL and PostgREST: the largest beside the smallest."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from bench.frame import Goal, Row, Rows, timed
from bench.places import postgrest, session_of
from lib import CaseStatus, Session, WorklistQuery, count_cases, list_cases
from tests.postgres import Database, PostgresServer

SIZES = (1_000, 50_000, 1_000_000)
FILL = """
set session_replication_role = replica;
insert into cases (user_id, patient_name, patient_age, patient_gender, case_summary, status, created_at, updated_at)
  select '{clinician}', 'A', 1, 'other', repeat('Cough ', 50),
      (array['pending', 'analyzing', 'completed', 'archived'])[1 + number % 4],
      '2026-01-01'::timestamptz + number * interval '1 second',
      '2026-01-01'::timestamptz + number * interval '2 seconds'
    from generate_series(1, {number}) as number;
insert into case_counts select user_id, status, count(*) from cases where user_id = '{clinician}' group by 1, 2;
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
            smallest, *larger = (_fill(database, number) for number in (SIZES[:2] if quick else SIZES))
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
    finally:
        server.stop()


def _fill(database: Database, number: int) -> Session:
    """Add a clinician with so many cases."""
    clinician = database.add_clinician()
    with database.connect() as administrator:
        administrator.execute(FILL.format(clinician=clinician, number=number).encode())
    return session_of(clinician)
