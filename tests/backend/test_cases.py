"""The rules of the update contract, and the worklist, as `lib` serves them."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, get_args

import httpx
import pytest

from lib import (
    Case,
    CasePage,
    CaseStatus,
    Session,
    WorklistQuery,
    count_cases,
    create_case,
    get_case,
    list_cases,
    list_with_counts,
    update_case,
)
from lib.cases.worklist import CaseRow, Order
from lib.errors import CaseConflict, CaseNotFound, InvalidChanges, NoChanges
from tests.proxy import FaultProxy

NEW = {"patient_name": "Paging Patient", "patient_age": 30, "patient_gender": "unknown"}
NO_CASE = 2**53 - 1
EVERY_STATUS = tuple(CaseStatus)


@pytest.fixture
def create_together(newcomer: Session, rest: Callable[[Session], httpx.Client]) -> Callable[[int], None]:
    """Create cases of the newcomer's in one transaction, so that all have the same moment."""

    def create(count: int) -> None:
        rest(newcomer).post("/cases", json=[NEW] * count).raise_for_status()

    return create


def methods(proxy: FaultProxy) -> list[str]:
    """Return what was asked of Supabase, as methods."""
    return [asked.method for asked in proxy.requests()]


class TestUpdateCase:
    @pytest.mark.parametrize(
        "changes",
        [
            {"patient_name": "O’Brien-Søndergård"},
            {"patient_age": 0},
            {"case_summary": ""},
            {"status": "archived"},
            {"case_summary": "Improving.\nFollow-up recommended.", "status": "completed"},
            {"patient_name": "李小龍", "patient_age": 150, "case_summary": "👩‍⚕️", "status": "analyzing"},
        ],
        ids=lambda changes: "+".join(changes),
    )
    def test_only_the_given_fields_change(self, changes: dict[str, Any], case: Case, ada: Session) -> None:
        updated = update_case(ada, case.case_id, changes)
        assert updated == case.model_copy(update=changes | {"updated_at": updated.updated_at})
        assert updated.updated_at > case.updated_at
        assert get_case(ada, case.case_id) == updated

    def test_null_and_read_only_fields_are_ignored(self, case: Case, ada: Session, ben: Session) -> None:
        read_only = {
            "case_id": 1,
            "user_id": str(ben.user_id),
            "patient_gender": "male",
            "created_at": 0,
            "updated_at": 0,
        }
        updated = update_case(ada, case.case_id, {"status": "completed", "case_summary": None} | read_only)
        assert updated == case.model_copy(update={"status": "completed", "updated_at": updated.updated_at})

    def test_a_fetched_case_can_be_sent_back(self, case: Case, ada: Session) -> None:
        sent = case.model_dump(mode="json") | {"patient_age": 46}
        assert update_case(ada, case.case_id, sent, if_match=case.etag).patient_age == 46

    @pytest.mark.parametrize("changes", [{}, {"status": None}, {"case_id": 7, "updated_at": "now"}], ids=repr)
    def test_nothing_to_update_is_said_without_a_request(
        self, changes: dict[str, Any], case: Case, ada: Session, proxy: FaultProxy
    ) -> None:
        with pytest.raises(NoChanges):
            update_case(ada, case.case_id, changes)
        assert methods(proxy) == []

    def test_what_is_not_allowed_is_said_without_a_request(self, case: Case, ada: Session, proxy: FaultProxy) -> None:
        with pytest.raises(InvalidChanges, match=r"^patient_age: "):
            update_case(ada, case.case_id, {"status": "completed", "patient_age": -4})
        assert methods(proxy) == []

    def test_a_strangers_case_answers_like_a_missing_one(self, case: Case, ada: Session, ben: Session) -> None:
        with pytest.raises(CaseNotFound) as strangers:
            update_case(ben, case.case_id, {"status": "archived"})
        with pytest.raises(CaseNotFound) as missing:
            update_case(ben, NO_CASE, {"status": "archived"})
        assert str(strangers.value) == str(missing.value)
        assert get_case(ada, case.case_id) == case

    def test_a_strangers_case_answers_like_a_missing_one_to_every_if_match(self, case: Case, ben: Session) -> None:
        for if_match in (case.etag, '"2001-02-03T04:05:06Z"', "*", "garbage"):
            with pytest.raises(CaseNotFound):
                update_case(ben, case.case_id, {"status": "archived"}, if_match=if_match)
            with pytest.raises(CaseNotFound):
                update_case(ben, NO_CASE, {"status": "archived"}, if_match=if_match)

    @pytest.mark.parametrize("case_id", [0, -1, -(10**30), 2**53, 2**63 - 1, 2**63, 10**30])
    def test_a_number_that_no_case_can_have_is_a_missing_case_and_nobody_is_asked(
        self, case_id: int, ada: Session, proxy: FaultProxy
    ) -> None:
        for if_match in (None, '"2001-02-03T04:05:06Z"'):
            with pytest.raises(CaseNotFound):
                update_case(ada, case_id, {"status": "archived"}, if_match=if_match)
        with pytest.raises(CaseNotFound):
            get_case(ada, case_id)
        assert methods(proxy) == []

    def test_the_largest_number_that_a_case_can_have_is_asked_for(self, ada: Session, proxy: FaultProxy) -> None:
        with pytest.raises(CaseNotFound):
            get_case(ada, NO_CASE)
        assert methods(proxy) == ["GET"]


class TestIfMatch:
    def test_the_version_that_was_read_is_updated(self, case: Case, ada: Session) -> None:
        first = update_case(ada, case.case_id, {"patient_age": 46}, if_match=case.etag)
        assert update_case(ada, case.case_id, {"patient_age": 47}, if_match=first.etag).patient_age == 47

    def test_an_older_version_is_a_conflict_that_carries_the_current_case(self, case: Case, ada: Session) -> None:
        current = update_case(ada, case.case_id, {"patient_age": 46})
        with pytest.raises(CaseConflict) as conflict:
            update_case(ada, case.case_id, {"status": "archived"}, if_match=case.etag)
        assert conflict.value.current == current == get_case(ada, case.case_id)

    @pytest.mark.parametrize(
        "if_match",
        ["*", " * ", "{etag}", '"2001-02-03T04:05:06Z", {etag}', '{etag},"other"', 'W/"x" ,\t{etag}'],
    )
    def test_any_version_and_lists_that_name_the_current_one_match(
        self, if_match: str, case: Case, ada: Session
    ) -> None:
        assert update_case(ada, case.case_id, {"patient_age": 46}, if_match=if_match.format(etag=case.etag))

    @pytest.mark.parametrize(
        "if_match",
        [
            "",
            "garbage",
            '"',
            '""',
            '"*"',
            "W/{etag}",
            "{bare}",
            '"2001-02-03T04:05:06Z"',
            '"0001-01-01T00:00:00+23:59"',
            '"2001-02-03", W/{etag}',
            '"{bare}x"',
        ],
    )
    def test_weak_foreign_and_broken_tags_match_nothing(self, if_match: str, case: Case, ada: Session) -> None:
        given = if_match.format(etag=case.etag, bare=case.etag.strip('"'))
        with pytest.raises(CaseConflict):
            update_case(ada, case.case_id, {"patient_age": 46}, if_match=given)
        assert get_case(ada, case.case_id) == case

    def test_of_several_versions_none_of_which_is_the_cases_own_nothing_is_written(
        self, case: Case, ada: Session, proxy: FaultProxy
    ) -> None:
        with pytest.raises(CaseConflict) as conflict:
            update_case(
                ada,
                case.case_id,
                {"patient_age": 46},
                if_match='"2001-02-03T04:05:06Z", "2001-02-03T04:05:07Z"',
            )
        assert conflict.value.current == case == get_case(ada, case.case_id)
        assert set(methods(proxy)) == {"GET"}

    def test_a_change_between_the_comparison_of_several_versions_and_the_update_is_a_conflict(
        self, case: Case, ada: Session, owner: httpx.Client, proxy: FaultProxy
    ) -> None:
        proxy.delay(0.5, body="archived")
        with ThreadPoolExecutor(1) as hand:
            updated = hand.submit(
                update_case,
                ada,
                case.case_id,
                {"status": "archived"},
                if_match=f'"2001-02-03T04:05:06Z", {case.etag}',
            )
            proxy.wait_for("case_id=eq.", 2)
            owner.patch(f"/cases?case_id=eq.{case.case_id}", json={"patient_age": 77}).raise_for_status()
            with pytest.raises(CaseConflict):
                updated.result()
        found = get_case(ada, case.case_id)
        assert (found.status, found.patient_age) == (case.status, 77)

    def test_of_twenty_updates_of_one_version_exactly_one_wins(self, case: Case, ada: Session) -> None:
        def update(age: int) -> int | Case:
            try:
                return update_case(ada, case.case_id, {"patient_age": age}, if_match=case.etag).patient_age
            except CaseConflict as conflict:
                return conflict.current

        with ThreadPoolExecutor(20) as clinicians:
            outcomes = list(clinicians.map(update, range(20)))
        winner = get_case(ada, case.case_id)
        assert sorted(outcomes, key=str) == sorted([winner.patient_age] + [winner] * 19, key=str)


class TestRequests:
    @pytest.mark.parametrize("if_match", [None, "*", "{etag}"])
    def test_an_update_is_one_request(self, if_match: str | None, case: Case, ada: Session, proxy: FaultProxy) -> None:
        update_case(ada, case.case_id, {"status": "completed"}, if_match=if_match and if_match.format(etag=case.etag))
        assert methods(proxy) == ["PATCH"]

    def test_a_missing_case_is_one_request(self, ada: Session, proxy: FaultProxy) -> None:
        with pytest.raises(CaseNotFound):
            update_case(ada, NO_CASE, {"status": "completed"})
        assert methods(proxy) == ["PATCH"]

    @pytest.mark.parametrize("case_id", [None, NO_CASE], ids=["conflict", "missing"])
    def test_telling_a_conflict_from_a_missing_case_takes_a_second_request(
        self, case_id: int | None, case: Case, ada: Session, proxy: FaultProxy
    ) -> None:
        with pytest.raises((CaseConflict, CaseNotFound)):
            update_case(ada, case_id or case.case_id, {"patient_age": 1}, if_match='"2001-02-03T04:05:06Z"')
        assert methods(proxy) == ["PATCH", "GET"]

    def test_no_patient_text_is_in_a_url(self, case: Case, ada: Session, proxy: FaultProxy) -> None:
        update_case(ada, case.case_id, {"patient_name": "Canary", "case_summary": "Canary"}, if_match=case.etag)
        create_case(ada, NEW | {"patient_name": "Canary"})
        assert not any("canary" in asked.path.lower() for asked in proxy.requests())

    def test_a_page_of_the_worklist_and_the_counts_are_one_request(self, ada: Session, proxy: FaultProxy) -> None:
        list_with_counts(ada)
        assert methods(proxy) == ["POST"]


class TestListCases:
    def test_with_the_counts_comes_the_same_page_and_the_same_numbers(self, ada: Session, newcomer: Session) -> None:
        query = WorklistQuery(statuses=EVERY_STATUS, order="updated_at", descending=True, limit=7)
        assert list_with_counts(ada, query) == (list_cases(ada, query), count_cases(ada))
        assert list_with_counts(newcomer) == (CasePage(cases=(), next=None), dict.fromkeys(CaseStatus, 0))

    def test_a_page_holds_the_clinicians_own_open_cases_flagged_first_then_longest_waiting(self, ada: Session) -> None:
        page = list_cases(ada)
        assert {get_case(ada, case.case_id).user_id for case in page.cases[::10]} == {ada.user_id}
        assert {case.status for case in page.cases} == {CaseStatus.PENDING, CaseStatus.ANALYZING}
        assert list(page.cases) == sorted(
            page.cases, key=lambda case: (not case.is_flagged, case.created_at, case.case_id)
        )
        assert len(page.cases) == 50

    def test_newest_puts_the_case_changed_last_first(self, case: Case, ada: Session) -> None:
        updated = update_case(ada, case.case_id, {"status": "archived"})
        cases = list_cases(ada, WorklistQuery(statuses=EVERY_STATUS, order="updated_at", descending=True)).cases
        assert cases[0] == CaseRow.of(updated, closed_at=updated.updated_at)
        assert list(cases) == sorted(cases, key=lambda case: (case.updated_at, case.case_id), reverse=True)

    @pytest.mark.parametrize("status", CaseStatus)
    def test_a_status_filter_shows_as_many_cases_as_are_counted(self, status: CaseStatus, ben: Session) -> None:
        cases = list_cases(ben, WorklistQuery(statuses=(status,), limit=200)).cases
        assert {case.status for case in cases} == {status}
        assert len(cases) == count_cases(ben)[status]

    @pytest.mark.parametrize("order", get_args(Order))
    def test_paging_visits_each_case_once_though_keys_tie_and_others_are_created(
        self, order: Any, newcomer: Session, create_together: Callable[[int], None]
    ) -> None:
        create_together(5)
        create_together(3)
        expected = [case.case_id for case in list_cases(newcomer, WorklistQuery(order=order)).cases]
        query, visited = WorklistQuery(order=order, limit=3), []
        while True:
            page = list_cases(newcomer, query)
            visited += [case.case_id for case in page.cases if case.case_id in expected]
            if page.next is None:
                break
            if len(visited) < 8:
                create_together(1)
            query = query.model_copy(update={"after": page.next})
        assert visited == expected

    @pytest.mark.parametrize(
        "query",
        [
            WorklistQuery(),
            WorklistQuery(statuses=(CaseStatus.PENDING,)),
            WorklistQuery(statuses=(CaseStatus.PENDING,), order="updated_at", descending=True),
            WorklistQuery(statuses=EVERY_STATUS, order="updated_at", descending=True),
            WorklistQuery(statuses=(CaseStatus.COMPLETED, CaseStatus.ARCHIVED), order="updated_at", descending=True),
        ],
        ids=lambda query: f"{'+'.join(query.statuses)} {query.order}",
    )
    def test_every_choice_and_order_shows_all_of_its_cases_page_by_page(
        self, query: WorklistQuery, ben: Session
    ) -> None:
        shown: list[CaseRow] = []
        while True:
            page = list_cases(ben, query.model_copy(update={"limit": 7}))
            shown += page.cases
            if page.next is None:
                break
            query = query.model_copy(update={"after": page.next})
        descending = query.order == "updated_at"
        assert shown == sorted(
            shown,
            key=lambda case: (case.updated_at if descending else case.created_at, case.case_id),
            reverse=descending,
        )
        assert len(shown) == sum(count_cases(ben)[status] for status in query.statuses)
        assert {case.status for case in shown} == set(query.statuses)

    def test_a_row_is_its_case_with_the_first_line_of_the_summary(
        self, new_case: Callable[..., Case], ada: Session
    ) -> None:
        case = new_case(case_summary=" \n\t\n  Cough for three days, \u3000 \nno fever." + "x" * 19_000)
        newest = list_cases(
            ada, WorklistQuery(statuses=EVERY_STATUS, order="updated_at", descending=True, limit=1)
        ).cases
        assert newest == (CaseRow.of(case),)
        assert (newest[0].first_line, newest[0].etag) == ("Cough for three days,", case.etag)

    def test_a_last_page_that_is_full_has_no_next(
        self, newcomer: Session, create_together: Callable[[int], None]
    ) -> None:
        create_together(4)
        first = list_cases(newcomer, WorklistQuery(limit=2))
        second = list_cases(newcomer, WorklistQuery(limit=2, after=first.next))
        assert (len(second.cases), second.next) == (2, None)

    def test_a_clinician_without_cases_has_an_empty_worklist(self, newcomer: Session) -> None:
        assert list_cases(newcomer).cases == ()
        assert count_cases(newcomer) == dict.fromkeys(CaseStatus, 0)


class TestCreateAndGet:
    def test_a_new_case_is_the_clinicians_own_and_pending(self, ada: Session) -> None:
        created = create_case(ada, NEW)
        assert (created.user_id, created.status, created.case_summary) == (ada.user_id, CaseStatus.PENDING, "")
        assert get_case(ada, created.case_id) == created
        assert NEW.items() <= created.model_dump().items()

    def test_a_new_case_counts(self, newcomer: Session) -> None:
        create_case(newcomer, NEW | {"status": "analyzing"})
        assert count_cases(newcomer) == dict.fromkeys(CaseStatus, 0) | {CaseStatus.ANALYZING: 1}

    def test_a_new_case_that_breaks_a_rule_is_refused_without_a_request(self, ada: Session, proxy: FaultProxy) -> None:
        with pytest.raises(InvalidChanges, match=r"^patient_gender: is missing"):
            create_case(ada, {"patient_name": "A", "patient_age": 1})
        assert methods(proxy) == []

    def test_a_strangers_case_cannot_be_got(self, case: Case, ben: Session) -> None:
        with pytest.raises(CaseNotFound):
            get_case(ben, case.case_id)
