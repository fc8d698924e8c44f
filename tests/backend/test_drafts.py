"""Drafts as `lib` serves them: one a case, a version of their own, none dropped unseen."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from lib import Case, CaseStatus, Session, WorklistQuery, get_case, list_cases, update_case
from lib.cases.drafts import Draft, discard_draft, find_draft, keep_draft, list_drafts
from lib.cases.models import write_etag
from lib.errors import CaseNotFound, DraftConflict, InvalidChanges, NoChanges
from tests.proxy import FaultProxy

NO_CASE = 2**53 - 1
TYPED: dict[str, Any] = {"case_summary": "Cough for thr", "patient_name": "", "patient_age": None, "status": "archived"}


@pytest.fixture
def draft(case: Case, ada: Session) -> Draft:
    return keep_draft(ada, case.case_id, case.etag, {"case_summary": "Cough for four"})


class TestKeeping:
    def test_what_is_half_typed_is_kept_with_the_version_it_was_typed_on(self, case: Case, ada: Session) -> None:
        kept = keep_draft(ada, case.case_id, case.etag, TYPED)
        assert kept.changes.columns() == TYPED
        assert (kept.base_etag, kept.case_id) == (case.etag, case.case_id)
        assert find_draft(ada, case.case_id) == kept
        assert get_case(ada, case.case_id) == case

    def test_the_draft_that_was_seen_is_replaced_as_a_whole(self, draft: Draft, case: Case, ada: Session) -> None:
        replaced = keep_draft(ada, case.case_id, case.etag, {"status": "completed"}, if_match=draft.etag)
        assert replaced.changes.columns() == {"status": "completed"}
        assert replaced.updated_at > draft.updated_at
        assert find_draft(ada, case.case_id) == replaced

    @pytest.mark.parametrize("seen", [None, "older", '"garbage"', ""])
    def test_another_draft_than_the_one_seen_is_a_conflict_that_carries_it(
        self, seen: str | None, draft: Draft, case: Case, ada: Session
    ) -> None:
        newer = keep_draft(ada, case.case_id, case.etag, {"case_summary": "Cough for five"}, if_match=draft.etag)
        with pytest.raises(DraftConflict) as conflict:
            keep_draft(
                ada,
                case.case_id,
                case.etag,
                {"case_summary": "Cough for six"},
                if_match=draft.etag if seen == "older" else seen,
            )
        assert conflict.value.stored == newer == find_draft(ada, case.case_id)
        assert "Cough" not in str(conflict.value)

    def test_the_same_sent_again_is_no_conflict(self, draft: Draft, case: Case, ada: Session) -> None:
        again = draft.changes.columns()
        assert keep_draft(ada, case.case_id, case.etag, again) == draft
        assert keep_draft(ada, case.case_id, case.etag, again, if_match='"2001-02-03T04:05:06Z"') == draft

    def test_the_same_typed_on_another_version_is_a_conflict(self, draft: Draft, case: Case, ada: Session) -> None:
        updated = update_case(ada, case.case_id, {"patient_age": 46})
        with pytest.raises(DraftConflict):
            keep_draft(ada, case.case_id, updated.etag, draft.changes.columns())

    def test_a_draft_that_was_discarded_elsewhere_is_stored_again(self, draft: Draft, case: Case, ada: Session) -> None:
        discard_draft(ada, case.case_id, if_match=draft.etag)
        kept = keep_draft(ada, case.case_id, case.etag, {"status": "completed"}, if_match=draft.etag)
        assert find_draft(ada, case.case_id) == kept

    def test_of_sixteen_devices_that_have_seen_none_exactly_one_keeps_its_draft(self, case: Case, ada: Session) -> None:
        def keep(number: int) -> Draft:
            try:
                return keep_draft(ada, case.case_id, case.etag, {"case_summary": f"Device {number}"})
            except DraftConflict as conflict:
                return conflict.stored

        with ThreadPoolExecutor(16) as devices:
            told = list(devices.map(keep, range(16)))
        assert told == [find_draft(ada, case.case_id)] * 16


class TestRefusing:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("patient_name", "x" * 201),
            ("patient_name", "nul\0"),
            ("patient_name", 5),
            ("patient_age", -1),
            ("patient_age", 151),
            ("patient_age", "45"),
            ("case_summary", "x" * 20_001),
            ("case_summary", "lone \udfff"),
            ("status", "done"),
            ("patient_gender", "male"),
            ("case_id", 5),
        ],
        ids=lambda part: repr(part)[:20],
    )
    def test_what_no_draft_may_hold_is_said_without_a_request(
        self, field: str, value: object, case: Case, ada: Session, proxy: FaultProxy
    ) -> None:
        with pytest.raises(InvalidChanges, match=rf"^{field}: "):
            keep_draft(ada, case.case_id, case.etag, {"status": "archived", field: value})
        assert proxy.requests() == []

    @pytest.mark.parametrize("base", ["", "garbage", 'W/"2001-02-03T04:05:06Z"', "*"])
    def test_a_draft_typed_on_no_version_is_refused(self, base: str, case: Case, ada: Session) -> None:
        with pytest.raises(InvalidChanges, match=r"^base: "):
            keep_draft(ada, case.case_id, base, TYPED)

    @pytest.mark.parametrize("nothing", [{}, {"status": None, "case_summary": None}])
    def test_nothing_typed_is_no_draft(self, nothing: dict[str, Any], case: Case, ada: Session) -> None:
        with pytest.raises(NoChanges):
            keep_draft(ada, case.case_id, case.etag, nothing)

    def test_a_strangers_case_answers_like_a_missing_one(self, draft: Draft, case: Case, ben: Session) -> None:
        for number in (case.case_id, NO_CASE, 2**63, 0):
            with pytest.raises(CaseNotFound):
                keep_draft(ben, number, case.etag, TYPED, if_match=draft.etag)
        assert find_draft(ben, case.case_id) is None
        assert find_draft(ben, NO_CASE) is None


class TestEnding:
    def test_a_discarded_draft_is_gone(self, draft: Draft, case: Case, ada: Session) -> None:
        discard_draft(ada, case.case_id, if_match=draft.etag)
        assert find_draft(ada, case.case_id) is None
        discard_draft(ada, case.case_id, if_match=draft.etag)

    @pytest.mark.parametrize("seen", ["", '"garbage"', '"2001-02-03T04:05:06Z"'])
    def test_a_newer_draft_is_not_discarded_unseen(self, seen: str, draft: Draft, case: Case, ada: Session) -> None:
        with pytest.raises(DraftConflict) as conflict:
            discard_draft(ada, case.case_id, if_match=seen)
        assert conflict.value.stored == draft == find_draft(ada, case.case_id)

    def test_a_stranger_discards_nothing(self, draft: Draft, case: Case, ada: Session, ben: Session) -> None:
        discard_draft(ben, case.case_id, if_match=draft.etag)
        assert find_draft(ada, case.case_id) == draft

    def test_a_draft_is_gone_with_the_update_that_saves_it(self, draft: Draft, case: Case, ada: Session) -> None:
        update_case(ada, case.case_id, {"status": "archived"})
        assert find_draft(ada, case.case_id) == draft
        update_case(ada, case.case_id, draft.changes.columns())
        assert find_draft(ada, case.case_id) is None

    def test_a_draft_that_arrives_after_it_was_saved_is_none(self, case: Case, ada: Session) -> None:
        update_case(ada, case.case_id, {"status": "completed"})
        with pytest.raises(NoChanges):
            keep_draft(ada, case.case_id, case.etag, {"status": "completed"})
        assert find_draft(ada, case.case_id) is None


class TestListing:
    def test_drafts_are_listed_latest_first_with_the_patients_name_and_nothing_typed(
        self, new_case: Callable[..., Case], ada: Session, ben: Session
    ) -> None:
        cases = [new_case(), new_case(patient_name="O’Brien-Søndergård")]
        kept = [keep_draft(ada, case.case_id, case.etag, {"case_summary": "Typed"}) for case in cases]
        marks = list_drafts(ada)[:2]
        assert [(mark.case_id, mark.patient_name) for mark in marks] == [
            (cases[1].case_id, "O’Brien-Søndergård"),
            (cases[0].case_id, "Testa Mäkinen"),
        ]
        assert [(mark.updated_at, write_etag(mark.base_version)) for mark in marks] == [
            (draft.updated_at, draft.base_etag) for draft in reversed(kept)
        ]
        assert "Typed" not in repr(marks)
        assert list_drafts(ben) == ()


def test_the_worklist_marks_a_case_as_long_as_it_has_a_draft(
    new_case: Callable[..., Case], ada: Session, proxy: FaultProxy
) -> None:
    case, latest = new_case(), WorklistQuery(statuses=tuple(CaseStatus), order="updated_at", descending=True, limit=2)
    new_case()
    kept = keep_draft(ada, case.case_id, case.etag, {"case_summary": "Typed"})
    proxy.forget()
    assert [row.has_draft for row in list_cases(ada, latest).cases] == [False, True]
    assert len(proxy.requests()) == 1
    discard_draft(ada, case.case_id, if_match=kept.etag)
    assert [row.has_draft for row in list_cases(ada, latest).cases] == [False, False]


def test_each_is_one_request_without_patient_text_in_its_url(case: Case, ada: Session, proxy: FaultProxy) -> None:
    kept = keep_draft(ada, case.case_id, case.etag, {"case_summary": "Canary", "patient_name": "Canary"})
    find_draft(ada, case.case_id)
    list_drafts(ada)
    discard_draft(ada, case.case_id, if_match=kept.etag)
    assert len(proxy.requests()) == 4
    assert not any("canary" in asked.path.lower() for asked in proxy.requests())


class TestRawRest:
    """What the database itself allows: the owner, a stranger, nobody."""

    def test_only_the_owner_reads_a_draft(
        self, draft: Draft, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        path = f"/case_drafts?case_id=eq.{draft.case_id}"
        assert len(owner.get(path).json()) == 1
        assert reached(stranger.get(path)) == []
        assert reached(anonymous.get(path)) == []

    def test_nobody_keeps_a_draft_of_a_case_that_is_not_theirs(
        self, case: Case, ada: Session, stranger: httpx.Client, anonymous: httpx.Client, owner: httpx.Client
    ) -> None:
        planted = {"case_id": case.case_id, "base_version": "2026-01-01T00:00:00Z", "changes": {"status": "archived"}}
        asked = {"of_case": case.case_id, "typed_on": "2026-01-01T00:00:00Z", "typed": {"status": "archived"}}
        for actor in (stranger, anonymous):
            assert actor.post("/case_drafts", json=planted).is_error
            assert actor.post("/case_drafts", json=planted | {"user_id": str(ada.user_id)}).is_error
            assert reached(actor.post("/rpc/keep_draft", json=asked)) == []
        assert owner.get(f"/case_drafts?case_id=eq.{case.case_id}").json() == []

    def test_nobody_moves_a_draft_to_a_case_that_is_not_theirs(
        self, case: Case, new_case: Callable[..., Case], ben: Session, stranger: httpx.Client, owner: httpx.Client
    ) -> None:
        bens = stranger.post("/cases", json={"patient_name": "B", "patient_age": 1, "patient_gender": "other"}).json()
        kept = keep_draft(ben, bens[0]["case_id"], '"2026-01-01T00:00:00Z"', {"status": "archived"})
        for change in ({"case_id": case.case_id}, {"user_id": str(case.user_id)}):
            assert stranger.patch(f"/case_drafts?case_id=eq.{kept.case_id}", json=change).is_error
        assert owner.get(f"/case_drafts?case_id=in.({case.case_id},{kept.case_id})").json() == []

    def test_only_the_owner_changes_or_discards_a_draft(
        self, draft: Draft, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        path = f"/case_drafts?case_id=eq.{draft.case_id}"
        seen = {"of_case": draft.case_id, "seen": draft.updated_at.isoformat()}
        for actor in (stranger, anonymous):
            assert reached(actor.patch(path, json={"changes": {"status": "archived"}})) == []
            assert reached(actor.delete(path)) == []
            assert reached(actor.post("/rpc/discard_draft", json=seen)) == []
        assert [Draft(**row) for row in owner.get(path).json()] == [draft]

    def test_not_even_the_owner_chooses_its_version(self, draft: Draft, owner: httpx.Client) -> None:
        path = f"/case_drafts?case_id=eq.{draft.case_id}"
        owner.patch(path, json={"updated_at": "2001-02-03T04:05:06Z"})
        assert Draft(**owner.get(path).json()[0]).updated_at >= draft.updated_at

    @pytest.mark.parametrize(
        "changes",
        [
            {},
            [],
            "text",
            5,
            None,
            {"diagnosis": "x"},
            {"patient_gender": "male"},
            {"patient_name": None},
            {"patient_name": 5},
            {"patient_name": "x" * 201},
            {"patient_age": -1},
            {"patient_age": 151},
            {"patient_age": 45.5},
            {"patient_age": "45"},
            {"patient_age": [45]},
            {"case_summary": "x" * 20_001},
            {"case_summary": "nul\0"},
            {"case_summary": {}},
            {"status": None},
            {"status": "done"},
        ],
        ids=lambda changes: repr(changes)[:30],
    )
    def test_not_even_the_owner_keeps_what_a_check_forbids(
        self, changes: object, draft: Draft, case: Case, owner: httpx.Client
    ) -> None:
        path = f"/case_drafts?case_id=eq.{draft.case_id}"
        assert owner.patch(path, json={"changes": changes}).is_error
        asked = {"of_case": case.case_id, "typed_on": "2026-01-01T00:00:00Z", "typed": changes}
        assert owner.post("/rpc/keep_draft", json=asked | {"seen": draft.updated_at.isoformat()}).is_error
        assert [Draft(**row) for row in owner.get(path).json()] == [draft]

    def test_the_limits_themselves_are_kept(self, case: Case, ada: Session) -> None:
        largest = {"patient_name": "𝒳" * 200, "patient_age": 150, "case_summary": "ä\n" * 10_000}
        kept = keep_draft(ada, case.case_id, case.etag, largest)
        smallest = {"patient_name": "", "patient_age": 0, "case_summary": "", "status": "completed"}
        assert kept.changes.columns() == largest
        assert keep_draft(ada, case.case_id, case.etag, smallest, if_match=kept.etag).changes.columns() == smallest


def reached(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows that a request reached; hosted Supabase refuses where the embedded default reaches none."""
    return answer.json() if answer.is_success else []
