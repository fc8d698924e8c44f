"""Flags: what a clinician calls urgent comes first, and is seen by that clinician alone."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from lib import Case, CaseStatus, Session, WorklistQuery, list_cases, update_case
from lib.cases.flags import flag_case, unflag_case
from lib.cases.opening import open_case
from lib.errors import CaseNotFound
from tests.backend.test_policies import refused, rows, stands_as_it_was
from tests.clinicians import Clinician

PENDING = (CaseStatus.PENDING,)


def test_flagged_cases_come_first_each_longest_waiting_first(newcomer: Clinician) -> None:
    cases = [newcomer.create_case() for _ in range(5)]
    for case_id in (cases[3], cases[1]):
        flag_case(newcomer, case_id)
    for query in (WorklistQuery(), WorklistQuery(statuses=PENDING)):
        page = list_cases(newcomer, query)
        assert [case.case_id for case in page.cases] == [cases[place] for place in (1, 3, 0, 2, 4)]
        assert [case.is_flagged for case in page.cases] == [True, True, False, False, False]


def test_pages_of_any_size_go_on_from_flagged_cases_to_the_others(newcomer: Clinician) -> None:
    cases = [newcomer.create_case() for _ in range(6)]
    for case_id in cases[3:]:
        flag_case(newcomer, case_id)
    for size in range(1, 7):
        query, visited = WorklistQuery(limit=size), list[int]()
        while True:
            page = list_cases(newcomer, query)
            visited += [case.case_id for case in page.cases]
            if page.next is None:
                break
            query = query.model_copy(update={"after": page.next})
        assert visited == cases[3:] + cases[:3]


def test_a_flag_stays_however_often_it_is_set_until_it_is_taken_off(case: Case, ada: Session) -> None:
    flag = flag_case(ada, case.case_id)
    assert flag_case(ada, case.case_id) == flag
    update_case(ada, case.case_id, {"status": "completed"})
    assert open_case(ada, case.case_id).is_flagged
    assert flag_case(ada, case.case_id) == flag
    for _ in range(2):
        unflag_case(ada, case.case_id)
        assert not open_case(ada, case.case_id).is_flagged


def test_a_flag_changes_nothing_of_the_case(case: Case, ada: Session, owner: httpx.Client) -> None:
    flag_case(ada, case.case_id)
    assert stands_as_it_was(case, owner)


@pytest.mark.parametrize("number", [0, -1, 2**63])
def test_a_number_that_no_case_can_have_is_not_found(number: int, ada: Session) -> None:
    for ask in (flag_case, unflag_case):
        with pytest.raises(CaseNotFound):
            ask(ada, number)


class TestPolicies:
    @pytest.fixture
    def flagged(self, new_case: Callable[..., Case], ada: Session) -> Case:
        """A case of Ada's with a flag."""
        case = new_case()
        flag_case(ada, case.case_id)
        return case

    def test_only_the_owner_flags_a_case(
        self,
        case: Case,
        ada: Session,
        ben: Session,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        flag = {"case_id": case.case_id}
        for actor in (stranger, anonymous):
            assert refused(actor.post("/case_flags", json=flag))
            assert rows(actor.post("/rpc/flag_case", json={"of_case": case.case_id})) == []
        with pytest.raises(CaseNotFound):
            flag_case(ben, case.case_id)
        assert not open_case(ada, case.case_id).is_flagged
        assert [row["user_id"] for row in rows(owner.post("/case_flags", json=flag))] == [str(ada.user_id)]

    def test_only_the_owner_sees_and_takes_off_a_flag(
        self, flagged: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        flag = f"/case_flags?case_id=eq.{flagged.case_id}"
        for actor in (stranger, anonymous):
            assert rows(actor.get(flag)) == []
            assert rows(actor.delete(flag)) == []
        assert len(rows(owner.get(flag))) == 1
        assert len(rows(owner.delete(flag))) == 1

    def test_nobody_flags_for_another_or_at_another_time(
        self, case: Case, ben: Session, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        for actor in (owner, stranger, anonymous):
            assert refused(actor.post("/case_flags", json={"case_id": case.case_id, "user_id": str(ben.user_id)}))
        dated = owner.post("/case_flags", json={"case_id": case.case_id, "flagged_at": "2001-01-01T00:00:00Z"})
        assert [row for row in rows(dated) if row["flagged_at"] < "2002"] == []

    def test_nobody_moves_a_flag(
        self, flagged: Case, ben: Session, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        for actor in (owner, stranger, anonymous):
            flag = f"/case_flags?case_id=eq.{flagged.case_id}"
            assert rows(actor.patch(flag, json={"user_id": str(ben.user_id)})) == []
        assert len(rows(owner.get(f"/case_flags?case_id=eq.{flagged.case_id}"))) == 1
