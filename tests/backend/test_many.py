"""Many cases at once: each over the version that was seen, whatever becomes of the others."""

from __future__ import annotations

from collections.abc import Callable

from lib import Case, CaseStatus, Session, get_case, update_case
from lib.cases.many import Outcome, Step, change_many
from lib.cases.opening import open_case
from lib.errors import CaseConflict, NotSaved
from tests.proxy import FaultProxy

NewCase = Callable[..., Case]
ARCHIVED = CaseStatus.ARCHIVED


def test_each_case_is_set_and_its_way_back_has_the_status_that_it_had(new_case: NewCase, ada: Session) -> None:
    cases = [new_case(status=status) for status in ("pending", "analyzing", "completed")]
    told: list[Outcome] = []
    outcomes = change_many(ada, [Step(case, ARCHIVED) for case in cases], told.append)
    assert [get_case(ada, case.case_id) for case in cases] == [outcome.case for outcome in outcomes]
    assert {outcome.case.status for outcome in outcomes if outcome.case} == {ARCHIVED}
    assert {id(outcome) for outcome in told} == {id(outcome) for outcome in outcomes}

    change_many(ada, [step for outcome in outcomes if (step := outcome.way_back)])
    assert [get_case(ada, case.case_id).status for case in cases] == [case.status for case in cases]


def test_a_case_that_was_changed_since_is_left_alone_and_the_others_are_set(new_case: NewCase, ada: Session) -> None:
    changed, other = new_case(), new_case()
    now = update_case(ada, changed.case_id, {"case_summary": "Elsewhere."})
    first, second = change_many(ada, [Step(changed, ARCHIVED), Step(other, ARCHIVED)])
    assert isinstance(first.failure, CaseConflict)
    assert first.failure.current == get_case(ada, changed.case_id) == now
    assert first.way_back is None
    assert second.case == get_case(ada, other.case_id)


def test_a_case_that_is_so_already_is_no_conflict_and_has_no_way_back(case: Case, ada: Session) -> None:
    now = update_case(ada, case.case_id, {"status": "archived"})
    [outcome] = change_many(ada, [Step(case, ARCHIVED)])
    assert (outcome.case, outcome.failure, outcome.way_back) == (now, None, None)


def test_a_flag_is_put_on_and_taken_off(case: Case, ada: Session) -> None:
    [outcome] = change_many(ada, [Step(case, "flag")])
    assert open_case(ada, case.case_id).is_flagged
    assert outcome.way_back
    change_many(ada, [outcome.way_back])
    assert not open_case(ada, case.case_id).is_flagged
    assert get_case(ada, case.case_id) == case


def test_a_case_whose_answer_was_lost_is_read_and_counts_as_set(case: Case, ada: Session, proxy: FaultProxy) -> None:
    proxy.lose_answer("updated_at=in")
    [outcome] = change_many(ada, [Step(case, ARCHIVED)])
    assert outcome.case == get_case(ada, case.case_id)
    assert outcome.case.status is ARCHIVED


def test_nothing_more_is_sent_once_no_answer_comes(new_case: NewCase, ada: Session, proxy: FaultProxy) -> None:
    cases = [new_case() for _ in range(20)]
    proxy.forget()
    proxy.reset()
    outcomes = change_many(ada, [Step(case, ARCHIVED) for case in cases])
    assert not any(outcome.way_back for outcome in outcomes)
    assert isinstance(outcomes[-1].failure, NotSaved)
    assert len(proxy.requests()) <= 12
    proxy.forward()
    assert [get_case(ada, case.case_id) for case in cases] == cases


def test_who_signs_out_meanwhile_has_no_more_cases_changed(new_case: NewCase, ada: Session) -> None:
    cases, told = [new_case() for _ in range(20)], list[Outcome]()
    outcomes = change_many(ada, [Step(case, ARCHIVED) for case in cases], told.append, lambda: len(told) < 2)
    unsaved = [outcome for outcome in outcomes if isinstance(outcome.failure, NotSaved)]
    assert 10 < len(unsaved) < 20
    assert [get_case(ada, outcome.step.seen.case_id).status for outcome in unsaved] == ["pending"] * len(unsaved)
