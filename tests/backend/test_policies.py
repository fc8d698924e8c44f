"""What the database allows to whom, asked with raw REST: the owner, a stranger, nobody.

A blocked read, update or delete is no rows, not an error. Where hosted Supabase has no grant either, it refuses
instead; `rows` reads both as no rows. What raises is a 4xx there and a 500 in the embedded default: refused.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from lib import Case, Session, create_case
from lib.cases.models import iso_utc

NEW = {"patient_name": "Raw Rest", "patient_age": 7, "patient_gender": "other"}
LONG_AGO = "2001-02-03T04:05:06+00:00"


def one(case: Case) -> str:
    """Return the path of one case."""
    return f"/cases?case_id=eq.{case.case_id}"


def history(case: Case) -> str:
    """Return the path of the history of one case."""
    return f"/case_events?case_id=eq.{case.case_id}"


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows that a request reached."""
    return answer.json() if answer.is_success else []


def numbers(answer: httpx.Response) -> set[int]:
    """Return the numbers of the cases that a request reached."""
    return {row["case_id"] for row in rows(answer)}


def refused(answer: httpx.Response) -> bool:
    """Tell whether a request was refused aloud."""
    return answer.status_code >= 400 and "message" in answer.json()


def stands_as_it_was(case: Case, owner: httpx.Client) -> bool:
    """Tell whether the owner reads the case as it was created, with the same version and nothing since."""
    events = [row["kind"] for row in rows(owner.get(history(case)))]
    return [Case(**row) for row in rows(owner.get(one(case)))] == [case] and events == ["creation"]


@pytest.fixture
def changed_case(case: Case, owner: httpx.Client) -> Case:
    """A case that was updated once."""
    return Case(**rows(owner.patch(one(case), json={"status": "analyzing"}))[0])


def test_requests_at_the_same_time_are_each_answered_for_who_asks(
    case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
) -> None:
    askers = (owner, stranger, anonymous)
    own = [numbers(asker.get("/cases?select=case_id")) for asker in askers]
    assert case.case_id in own[0]
    assert own[1]
    assert not own[0] & own[1]
    assert not own[2]

    def ask(turn: int) -> tuple[set[int], set[int], bool]:
        asker = askers[turn % 3]
        listed = numbers(asker.post("/rpc/list_worklist", json={"asked": {"limit": 500}}))
        is_refused = refused(asker.patch(one(case), json={"status": "nonsense"}))
        return listed, numbers(asker.get("/cases?select=case_id")), is_refused

    with ThreadPoolExecutor(12) as hands:
        answers = list(hands.map(ask, range(90)))
    for turn, (listed, read, is_refused) in enumerate(answers):
        assert read == own[turn % 3]
        assert listed <= read
        assert bool(listed) == bool(read)
        assert is_refused == (turn % 3 == 0)


class TestCases:
    def test_only_the_owner_reads_a_case(
        self, case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        assert [row["case_id"] for row in rows(owner.get(one(case)))] == [case.case_id]
        assert rows(stranger.get(one(case))) == []
        assert rows(anonymous.get(one(case))) == []

    def test_without_a_filter_everyone_reads_their_own_alone(
        self,
        ada: Session,
        ben: Session,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        assert {row["user_id"] for row in rows(owner.get("/cases"))} == {str(ada.user_id)}
        assert {row["user_id"] for row in rows(stranger.get("/cases"))} == {str(ben.user_id)}
        assert rows(anonymous.get("/cases")) == []

    def test_a_new_case_belongs_to_whoever_creates_it(
        self,
        ada: Session,
        ben: Session,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        assert [row["user_id"] for row in rows(owner.post("/cases", json=NEW))] == [str(ada.user_id)]
        assert [row["user_id"] for row in rows(stranger.post("/cases", json=NEW))] == [str(ben.user_id)]
        assert refused(anonymous.post("/cases", json=NEW))

    def test_nobody_creates_a_case_for_another(
        self,
        ada: Session,
        ben: Session,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        name = {"patient_name": "Planted"}
        assert refused(owner.post("/cases", json=NEW | name | {"user_id": str(ben.user_id)}))
        assert refused(stranger.post("/cases", json=NEW | name | {"user_id": str(ada.user_id)}))
        assert refused(anonymous.post("/cases", json=NEW | name | {"user_id": str(ada.user_id)}))
        assert rows(owner.get("/cases?patient_name=eq.Planted")) == []
        assert rows(stranger.get("/cases?patient_name=eq.Planted")) == []

    def test_nobody_overwrites_a_case_by_creating_it_again(
        self, case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        again = NEW | {"case_id": case.case_id}
        merge = {"Prefer": "return=representation,resolution=merge-duplicates"}
        assert refused(owner.post("/cases", json=again, headers=merge))
        assert refused(stranger.post("/cases", json=again, headers=merge))
        assert refused(anonymous.post("/cases", json=again, headers=merge))
        assert stands_as_it_was(case, owner)

    @pytest.mark.parametrize(
        "change",
        [{"patient_name": "Other"}, {"patient_age": 46}, {"case_summary": ""}, {"status": "archived"}],
        ids=lambda change: next(iter(change)),
    )
    def test_only_the_owner_updates_a_case(
        self,
        change: dict[str, Any],
        case: Case,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        assert rows(stranger.patch(one(case), json=change)) == []
        assert rows(anonymous.patch(one(case), json=change)) == []
        assert stands_as_it_was(case, owner)
        updated = [Case(**row) for row in rows(owner.patch(one(case), json=change))]
        assert updated == [case.model_copy(update=change | {"updated_at": updated[0].updated_at})]

    def test_a_strangers_update_is_no_rows_and_no_error(self, case: Case, stranger: httpx.Client) -> None:
        answer = stranger.patch(one(case), json={"status": "archived"})
        assert (answer.status_code, answer.json()) == (200, [])

    def test_nobody_deletes_a_case(
        self, case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        assert rows(owner.delete(one(case))) == []
        assert rows(stranger.delete(one(case))) == []
        assert rows(anonymous.delete(one(case))) == []
        assert stands_as_it_was(case, owner)

    @pytest.mark.parametrize("field", ["case_id", "user_id", "patient_gender", "created_at"])
    def test_nobody_changes_what_never_changes(
        self,
        field: str,
        case: Case,
        ben: Session,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        forbidden = {
            "case_id": case.case_id + 1_000_000,
            "user_id": str(ben.user_id),
            "patient_gender": "unknown",
            "created_at": LONG_AGO,
        }
        change = {"status": "completed", field: forbidden[field]}
        assert refused(owner.patch(one(case), json=change))
        assert rows(stranger.patch(one(case), json=change)) == []
        assert rows(anonymous.patch(one(case), json=change)) == []
        assert stands_as_it_was(case, owner)

    def test_nobody_chooses_the_version_of_a_case(
        self, case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        assert rows(stranger.patch(one(case), json={"updated_at": LONG_AGO})) == []
        assert rows(anonymous.patch(one(case), json={"updated_at": LONG_AGO})) == []
        assert stands_as_it_was(case, owner)
        owner.patch(one(case), json={"updated_at": LONG_AGO})
        kept = Case(**rows(owner.get(one(case)))[0])
        assert kept.updated_at >= case.updated_at
        assert kept == case.model_copy(update={"updated_at": kept.updated_at})

    @pytest.mark.parametrize("field", ["created_at", "updated_at"])
    def test_nobody_backdates_a_new_case(
        self,
        field: str,
        case: Case,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        backdated = NEW | {field: LONG_AGO}
        created = [Case(**row) for actor in (owner, stranger) for row in rows(actor.post("/cases", json=backdated))]
        # Where there are column grants, nothing is created; tests/database shows those.
        assert [new.created_at >= case.created_at for new in created] == [True, True]
        assert [new.updated_at for new in created] == [new.created_at for new in created]
        assert refused(anonymous.post("/cases", json=backdated))

    def test_nobody_chooses_the_number_of_a_new_case(
        self, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        numbered = NEW | {"case_id": 2_000_000}
        assert refused(owner.post("/cases", json=numbered))
        assert refused(stranger.post("/cases", json=numbered))
        assert refused(anonymous.post("/cases", json=numbered))

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("patient_name", None),
            ("patient_name", ""),
            ("patient_name", "  "),
            ("patient_name", "x" * 201),
            ("patient_name", "two\nlines"),
            ("patient_name", "two\u2028lines"),
            ("patient_name", "a\u0085b"),
            ("patient_name", "nul\0"),
            ("patient_name", "\u200b\ufeff\u3164"),
            ("patient_name", "turned\u202eround"),
            ("patient_name", "turned\u2066round"),
            ("patient_age", None),
            ("patient_age", -1),
            ("patient_age", 151),
            ("patient_age", 45.5),
            ("patient_age", 2**31),
            ("patient_age", "old"),
            ("patient_gender", None),
            ("patient_gender", ""),
            ("patient_gender", "Male"),
            ("case_summary", None),
            ("case_summary", "x" * 20_001),
            ("case_summary", "nul\0"),
            ("status", None),
            ("status", ""),
            ("status", "done"),
        ],
        ids=lambda part: repr(part)[:20],
    )
    def test_not_even_the_owner_writes_what_a_check_forbids(
        self, field: str, value: object, case: Case, owner: httpx.Client
    ) -> None:
        before = [row["case_id"] for row in rows(owner.get("/cases?order=case_id.desc&limit=1"))]
        assert refused(owner.patch(one(case), json={field: value}))
        assert refused(owner.post("/cases", json=NEW | {field: value}))
        assert stands_as_it_was(case, owner)
        assert [row["case_id"] for row in rows(owner.get("/cases?order=case_id.desc&limit=1"))] == before

    def test_the_limits_themselves_are_allowed(self, owner: httpx.Client) -> None:
        largest = {"patient_name": "𝒳" * 200, "patient_age": 150, "case_summary": "ä\n" * 10_000}
        smallest = {"patient_name": "B", "patient_age": 0, "case_summary": ""}
        for limits in (largest, smallest):
            [created] = rows(owner.post("/cases", json=NEW | limits))
            assert limits.items() <= created.items()


class TestCaseEvents:
    def test_only_the_owner_reads_the_history(
        self, changed_case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        assert len(rows(owner.get(history(changed_case)))) == 2
        assert rows(stranger.get(history(changed_case))) == []
        assert rows(anonymous.get(history(changed_case))) == []

    def test_nobody_writes_history(
        self,
        changed_case: Case,
        ada: Session,
        owner: httpx.Client,
        stranger: httpx.Client,
        anonymous: httpx.Client,
    ) -> None:
        event = {
            "case_id": changed_case.case_id,
            "user_id": str(ada.user_id),
            "changed_by": str(ada.user_id),
            "changed_at": iso_utc(changed_case.updated_at),
            "changes": {"status": {"from": "pending", "to": "archived"}},
        }
        before = rows(owner.get(history(changed_case)))
        assert refused(owner.post("/case_events", json=event))
        assert refused(stranger.post("/case_events", json=event))
        assert refused(anonymous.post("/case_events", json=event))
        assert rows(owner.get(history(changed_case))) == before

    def test_nobody_rewrites_history(
        self, changed_case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        before = rows(owner.get(history(changed_case)))
        assert refused(owner.patch(history(changed_case), json={"changes": {}}))
        assert refused(stranger.patch(history(changed_case), json={"changes": {}}))
        assert refused(anonymous.patch(history(changed_case), json={"changes": {}}))
        assert rows(owner.get(history(changed_case))) == before

    def test_nobody_deletes_history(
        self, changed_case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        before = rows(owner.get(history(changed_case)))
        assert refused(owner.delete(history(changed_case)))
        assert refused(stranger.delete(history(changed_case)))
        assert refused(anonymous.delete(history(changed_case)))
        assert rows(owner.get(history(changed_case))) == before


class TestCaseCounts:
    def test_everyone_counts_their_own_cases_alone(
        self, ada: Session, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        def counted(actor: httpx.Client) -> int:
            return sum(row["cases"] for row in rows(actor.get("/case_counts")))

        before = counted(owner), counted(stranger)
        create_case(ada, NEW)
        assert (counted(owner), counted(stranger)) == (before[0] + 1, before[1])
        assert counted(stranger) == len(rows(stranger.get("/cases")))
        assert counted(anonymous) == 0

    def test_nobody_writes_counts(
        self, ada: Session, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        before = rows(owner.get("/case_counts"))
        count = {"user_id": str(ada.user_id), "status": "pending", "cases": 1}
        for actor in (owner, stranger, anonymous):
            assert refused(actor.post("/case_counts", json=count | {"status": "unheard of"}))
            assert rows(actor.patch("/case_counts?status=eq.pending", json={"cases": 1})) == []
            assert rows(actor.delete("/case_counts?status=eq.pending")) == []
        assert rows(owner.get("/case_counts")) == before


class TestWorklist:
    def test_everyone_lists_their_own_cases_alone(
        self, case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        listed = f"/worklist?case_id=eq.{case.case_id}"
        assert [row["first_line"] for row in rows(owner.get(listed))] == [case.case_summary]
        assert rows(stranger.get(listed)) == []
        assert rows(anonymous.get(listed)) == []

    def test_nobody_reaches_anothers_case_through_the_worklist(
        self, case: Case, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        listed = f"/worklist?case_id=eq.{case.case_id}"
        for actor in (stranger, anonymous):
            assert rows(actor.patch(listed, json={"status": "archived"})) == []
            assert rows(actor.delete(listed)) == []
        assert stands_as_it_was(case, owner)


def test_a_token_signed_with_another_secret_reads_nothing(case: Case, ada: Session, rest: Any) -> None:
    header, claims, signature = ada.access_token.split(".")
    forged = Session(ada.user_id, ada.email, f"{header}.{claims}.{signature[::-1]}", "", ada.expires_at)
    unsigned = Session(ada.user_id, ada.email, f"eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{claims}.", "", ada.expires_at)
    assert rows(rest(forged).get(one(case))) == []
    assert rows(rest(unsigned).get(one(case))) == []
