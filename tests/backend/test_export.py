"""The worklist as CSV: every case that is found, whole, and nothing that a spreadsheet takes for a formula."""

from __future__ import annotations

import csv
import io
from datetime import datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib import CaseStatus, WorklistQuery
from lib.cases.export import COLUMNS, Export, defuse
from lib.cases.flags import flag_case
from lib.cases.models import iso_utc
from lib.errors import BackendUnavailable
from tests.clinicians import PATIENT, Clinician
from tests.proxy import FaultProxy

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1"]
EVERYTHING = WorklistQuery(statuses=tuple(CaseStatus), order="case_id")


def read(clinician: Clinician, query: WorklistQuery = EVERYTHING) -> tuple[Export, list[dict[str, str]]]:
    """Export what a query finds, and read it as a spreadsheet does."""
    export = Export(clinician.user_id, "", query, total=0)
    content = b"".join(export.write(clinician))
    assert content.startswith(b"\xef\xbb\xbf")
    return export, list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_all_pages_are_in_the_file_each_case_once_and_whole(newcomer: Clinician) -> None:
    newcomer.rest.post("/cases", json=[PATIENT] * 450).raise_for_status()
    summary = 'Ünï "quoted", second;\r\nline ' + "x" * 19_000
    case_id = newcomer.create_case(case_summary=summary, patient_name="يوسف, O'Neil")
    flag_case(newcomer, case_id)
    export, rows = read(newcomer)
    assert (export.state, export.done, len({row["case_id"] for row in rows})) == ("finished", 451, 451)
    assert list(rows[0]) == list(COLUMNS)
    found = newcomer.find_case(case_id)
    assert found
    assert rows[-1]["case_summary"] == summary
    assert (rows[-1]["patient_name"], rows[-1]["is_flagged"], rows[0]["is_flagged"]) == ("يوسف, O'Neil", "yes", "no")
    assert rows[-1]["created_at"].endswith("Z")


def test_the_file_holds_what_the_filter_lets_through_in_its_order(newcomer: Clinician) -> None:
    for age in (3, 1, 2, 9):
        newcomer.create_case(patient_age=age)
    newcomer.create_case(patient_age=2, status="archived")
    _, rows = read(newcomer, WorklistQuery(oldest=5, order="patient_age", descending=True))
    assert [row["patient_age"] for row in rows] == ["3", "2", "1"]


def test_no_cell_starts_a_formula(newcomer: Clinician) -> None:
    for text in HOSTILE:
        newcomer.create_case(case_summary=text, patient_name=text.strip())
    _, rows = read(newcomer)
    assert [row["case_summary"] for row in rows] == [f"'{text}" for text in HOSTILE]
    assert all(row["patient_name"].startswith("'") for row in rows)


@given(text=st.text() | st.sampled_from(HOSTILE))
def test_a_defused_cell_is_the_text_or_the_text_after_an_apostrophe(text: str) -> None:
    assert defuse(text) in (text, f"'{text}")
    assert not defuse(text).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_an_empty_list_is_a_file_with_its_head_alone(newcomer: Clinician) -> None:
    export, rows = read(newcomer)
    assert (rows, export.state) == ([], "finished")


def test_an_export_that_breaks_off_raises_and_says_that_it_failed(ada: Clinician, proxy: FaultProxy) -> None:
    export = Export(UUID(int=0), "", EVERYTHING, total=0)
    pieces = export.write(ada)
    next(pieces)
    proxy.refuse()
    with pytest.raises(BackendUnavailable):
        next(pieces)
    assert export.state == "failed"


def test_moments_are_iso_8601_in_utc(newcomer: Clinician) -> None:
    case_id = newcomer.create_case()
    _, [row] = read(newcomer)
    found = newcomer.find_case(case_id)
    assert found
    assert row["created_at"] == iso_utc(datetime.fromisoformat(found["created_at"]))
