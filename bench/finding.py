"""What finding a case costs among 10,000 of one's own: beside the first page, which an index holds in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from bench.baseline import raw
from bench.frame import Goal, Row, Rows, timed
from bench.places import embedded_supabase, postgrest, session_of
from lib import CaseStatus, Session, WorklistQuery, list_cases, sign_in
from lib.cases.worklist import count_found
from tests.postgres import PostgresServer

CASES = 10_000
NOTE = "Cough for three days, no fever. Seen by the practice nurse; naïve to treatment. " * 6
EVERYTHING = WorklistQuery(statuses=tuple(CaseStatus), order="updated_at", descending=True)
FILL = """
set session_replication_role = replica;
insert into cases (user_id, patient_name, patient_age, patient_gender, case_summary, status)
  select '{clinician}', 'Änn Doe ' || number, number % 99, 'other', '{note}' || number,
      (array['pending', 'analyzing', 'completed', 'archived'])[1 + number % 4]
    from generate_series(1, {cases}) as number;
analyze;
"""
LIMIT_MS = 300


def rows(*, quick: bool) -> Rows:
    """Measure searches and an order without an index, on the embedded default and on PostgreSQL."""
    turns = 10 if quick else 40
    for place in (_embedded, _postgrest):
        with place() as (name, session):
            first_page = timed(partial(list_cases, session, EVERYTHING))
            for what, question in {
                "search for a name": EVERYTHING.model_copy(update={"text": "ANN doe 9999"}),
                "search for what is nowhere": EVERYTHING.model_copy(update={"text": "zebra"}),
                "order by name": EVERYTHING.model_copy(update={"order": "patient_name", "descending": False}),
            }.items():
                turn = timed(partial(list_cases, session, question))
                yield Row(f"{what}, {CASES:,} own cases, {name}", turn, first_page, Goal("median", LIMIT_MS), turns)
            counted = EVERYTHING.model_copy(update={"text": "ann"})
            turn = timed(partial(count_found, session, counted))
            yield Row(
                f"count what is found, {CASES:,} own cases, {name}", turn, first_page, Goal("median", LIMIT_MS), turns
            )


@contextmanager
def _embedded() -> Iterator[tuple[str, Session]]:
    with embedded_supabase() as supabase:
        session = sign_in("ben@demo.example", "casedesk-demo")
        with raw.open_rest(supabase, session) as rest:
            for start in range(0, CASES, 1_000):
                cases = [
                    {"patient_name": f"Änn Doe {number}", "patient_age": number % 99, "patient_gender": "other"}
                    | {"case_summary": f"{NOTE}{number}"}
                    for number in range(start, start + 1_000)
                ]
                rest.post("/cases", json=cases, headers={"Prefer": "return=minimal"}, timeout=60).raise_for_status()
        yield "embedded", session


@contextmanager
def _postgrest() -> Iterator[tuple[str, Session]]:
    server = PostgresServer()
    server.start()
    try:
        with server.database() as database:
            clinician = database.add_clinician()
            with database.connect() as administrator:
                administrator.execute(FILL.format(clinician=clinician, note=NOTE, cases=CASES).encode())
            with postgrest(database):
                yield "PostgreSQL", session_of(clinician)
    finally:
        server.stop()
