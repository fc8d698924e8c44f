"""Creation keys on a real PostgreSQL, where requests do run at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from psycopg.types.json import Jsonb

from tests.postgres import Database

NEW = {"patient_name": "A", "patient_age": 1, "patient_gender": "other", "case_summary": "", "status": "pending"}
LEFT = """
select (select count(*) from cases) as cases, (select count(*) from case_events) as events,
    (select sum(cases) from case_counts) as counted
"""


def test_sixteen_at_once_create_one_case_and_the_others_leave_no_trace(database: Database) -> None:
    ada, everybody = database.add_clinician(), Barrier(16)

    def create(_: int) -> int:
        with database.connect("authenticated", ada) as clinician:
            everybody.wait()
            [row] = clinician.execute("select case_id from create_case('key', %s)", [Jsonb(NEW)]).fetchall()
            number: int = row["case_id"]
            return number

    with ThreadPoolExecutor(16) as clients:
        assert len(set(clients.map(create, range(16)))) == 1
    with database.connect("authenticated", ada) as clinician:
        assert clinician.execute(LEFT).fetchall() == [{"cases": 1, "events": 1, "counted": 1}]
