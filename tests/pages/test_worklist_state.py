"""The worklist as it was read last: what becomes of it when cases are saved or gone."""

from __future__ import annotations

from datetime import datetime

from lib import CaseStatus, get_case, update_case
from lib.backend import client
from lib.backend.settings import Supabase
from lib.ui.worklist_state import Worklist, read_worklist
from tests.clinicians import Clinician
from tests.server import free_port


def test_a_saved_case_stays_where_it_stands_and_is_counted_as_what_it_is_now(newcomer: Clinician) -> None:
    case_id, worklist = newcomer.create_case(), Worklist()
    read_worklist(newcomer, worklist)
    loaded = get_case(newcomer, case_id)
    worklist.show(loaded, update_case(newcomer, case_id, {"status": "completed"}))
    assert worklist.page
    assert [(row.case_id, row.status) for row in worklist.page.cases] == [(case_id, "completed")]
    assert (worklist.counts[CaseStatus.PENDING], worklist.counts[CaseStatus.COMPLETED]) == (0, 1)


def test_a_case_is_closed_when_its_status_is_saved_and_not_when_it_is_saved_again(newcomer: Clinician) -> None:
    case_id, worklist = newcomer.create_case(), Worklist()
    read_worklist(newcomer, worklist)
    loaded = get_case(newcomer, case_id)
    closed = update_case(newcomer, case_id, {"status": "completed"})
    worklist.show(loaded, closed)
    edited = update_case(newcomer, case_id, {"patient_age": 46})
    worklist.show(closed, edited)
    assert closings(worklist) == [closed.updated_at]
    worklist.choose("completed")
    read_worklist(newcomer, worklist)
    assert closings(worklist) == [closed.updated_at]
    reopened = update_case(newcomer, case_id, {"status": "pending"})
    worklist.show(edited, reopened)
    assert closings(worklist) == [None]
    worklist.show(reopened, update_case(newcomer, case_id, {"status": "archived"}), by_me=False)
    assert closings(worklist) == [None]


def closings(worklist: Worklist) -> list[datetime | None]:
    assert worklist.page
    return [row.closed_at for row in worklist.page.cases]


def test_a_page_that_has_run_empty_is_left_for_the_one_before(newcomer: Clinician) -> None:
    case_id, worklist = newcomer.create_case(), Worklist()
    read_worklist(newcomer, worklist)
    assert worklist.page
    worklist.trail = list(worklist.page.cases)
    read_worklist(newcomer, worklist)
    assert worklist.trail == []
    assert [row.case_id for row in worklist.page.cases] == [case_id]


def test_a_reading_that_fails_asks_again_for_what_is_still_shown(newcomer: Clinician, connected: Supabase) -> None:
    newcomer.create_case()
    worklist = Worklist()
    read_worklist(newcomer, worklist)
    assert worklist.page
    worklist.search("nobody")
    worklist.trail = list(worklist.page.cases)
    client.connect(Supabase(f"http://127.0.0.1:{free_port()}", connected.key))
    read_worklist(newcomer, worklist)
    assert worklist.failure
    assert (worklist.shown, worklist.text, worklist.trail, worklist.total) == ("open", "", [], 1)
