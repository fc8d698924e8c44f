"""Changes by somebody else: marked until the owner has opened the case, seen by the owner alone."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import timedelta

import httpx
import pytest

from lib import Case, CaseStatus, Session, WorklistQuery, get_case, list_cases, update_case
from lib.cases.unseen import list_unseen, mark_all_seen, mark_seen

CreateCase = Callable[..., Case]


def find_unseen(clinician: Session, asked: Collection[int]) -> set[int]:
    """Return which of these cases the worklist marks."""
    latest = list_cases(
        clinician, WorklistQuery(statuses=tuple(CaseStatus), order="updated_at", descending=True, limit=200)
    )
    return {row.case_id for row in latest.cases if row.is_unseen} & set(asked)


def change(administrator: httpx.Client, case: Case, **fields: object) -> None:
    """Change a case as somebody else than its owner."""
    administrator.patch(f"/cases?case_id=eq.{case.case_id}", json=fields).raise_for_status()


@pytest.fixture
def marked(case: Case, administrator: httpx.Client) -> Case:
    """A case that somebody else has changed."""
    change(administrator, case, status="archived")
    return case


def test_a_case_that_somebody_else_changed_is_marked_for_its_owner(
    marked: Case, new_case: CreateCase, ada: Session, ben: Session
) -> None:
    asked = [marked.case_id, new_case().case_id]
    assert find_unseen(ada, asked) == {marked.case_id}
    assert find_unseen(ben, asked) == set()


def test_a_change_of_ones_own_is_not_marked(case: Case, ada: Session) -> None:
    update_case(ada, case.case_id, {"status": "completed"})
    assert find_unseen(ada, [case.case_id]) == set()


def test_what_changes_nothing_is_not_marked(case: Case, ada: Session, administrator: httpx.Client) -> None:
    change(administrator, case, status=case.status)
    assert find_unseen(ada, [case.case_id]) == set()


def test_the_mark_goes_when_the_owner_has_seen_the_case(marked: Case, ada: Session) -> None:
    mark_seen(ada, get_case(ada, marked.case_id))
    assert find_unseen(ada, [marked.case_id]) == set()


def test_a_change_after_the_version_that_was_seen_stays_marked(
    marked: Case, ada: Session, administrator: httpx.Client
) -> None:
    seen = get_case(ada, marked.case_id)
    change(administrator, marked, status="analyzing")
    mark_seen(ada, seen)
    assert find_unseen(ada, [marked.case_id]) == {marked.case_id}


def test_changes_are_listed_with_the_name_the_latest_first(
    new_case: CreateCase, ada: Session, administrator: httpx.Client
) -> None:
    first, second = new_case(patient_name="First"), new_case(patient_name="Second")
    for case in (second, first, second):
        change(administrator, case, patient_age=case.patient_age + 1)
        change(administrator, case, patient_age=case.patient_age)
    listed = list_unseen(ada, limit=2)
    assert [(each.case_id, each.patient_name) for each in listed] == [
        (second.case_id, "Second"),
        (first.case_id, "First"),
    ]
    assert [each.changed_at for each in listed] == [get_case(ada, each.case_id).updated_at for each in listed]


def test_all_can_be_noted_up_to_a_moment(new_case: CreateCase, ada: Session, administrator: httpx.Client) -> None:
    older, newer = new_case(), new_case()
    for case in (older, newer):
        change(administrator, case, status="archived")
    mark_all_seen(ada, until=get_case(ada, newer.case_id).updated_at - timedelta(microseconds=1))
    assert find_unseen(ada, [older.case_id, newer.case_id]) == {newer.case_id}
    mark_all_seen(ada, until=get_case(ada, newer.case_id).updated_at)
    assert list_unseen(ada) == ()


class TestPolicies:
    def test_nobody_else_sees_or_removes_a_mark(
        self, marked: Case, ada: Session, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        mark = f"/unseen_changes?case_id=eq.{marked.case_id}"
        for actor in (stranger, anonymous):
            assert actor.get(mark).json() == actor.delete(mark).json() == []
        assert len(owner.get(mark).json()) == 1
        assert find_unseen(ada, [marked.case_id]) == {marked.case_id}

    def test_nobody_makes_or_moves_a_mark(
        self, marked: Case, new_case: CreateCase, ada: Session, owner: httpx.Client, stranger: httpx.Client
    ) -> None:
        mark = f"/unseen_changes?case_id=eq.{marked.case_id}"
        before = owner.get(mark).json()
        made = {"case_id": new_case().case_id, "user_id": str(ada.user_id), "changed_at": "2126-01-01T00:00:00Z"}
        for actor in (owner, stranger):
            assert actor.post("/unseen_changes", json=made).is_error
            assert actor.patch(mark, json={"changed_at": "2126-01-01T00:00:00Z"}).json() == []
        assert owner.get(mark).json() == before
