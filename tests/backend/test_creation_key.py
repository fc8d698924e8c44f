"""Creating a case with a key of the client's own: nothing twice, and nobody's business but the clinician's."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lib import Case, Session, count_cases, create_case, update_case
from lib.cases.history import list_events
from lib.errors import BackendUnavailable, InvalidChanges
from tests.proxy import FaultProxy

NEW = {"patient_name": "Once Only", "patient_age": 30, "patient_gender": "unknown", "case_summary": "Once."}
GIVEN = NEW | {"status": "pending"}


@pytest.fixture
def key() -> str:
    return str(uuid4())


def create_raw(actor: httpx.Client, key: str, **fields: object) -> httpx.Response:
    """Create a case with a raw request."""
    return actor.post("/rpc/create_case", json={"creation_key": key, "given": GIVEN | fields})


def rows(answer: httpx.Response) -> list[dict[str, Any]]:
    """Return the rows that a request reached; hosted Supabase refuses where the embedded default reaches none."""
    reached: list[dict[str, Any]] = answer.json() if answer.is_success else []
    return reached


class TestTheSameKey:
    def test_a_new_case_is_created_as_without_a_key(self, key: str, ada: Session) -> None:
        with_key, without = create_case(ada, NEW, key=key), create_case(ada, NEW)
        own = {"case_id", "created_at", "updated_at"}
        assert with_key.model_dump(exclude=own) == without.model_dump(exclude=own)

    def test_the_first_case_is_the_answer_whatever_is_sent_again(self, key: str, ada: Session) -> None:
        first = create_case(ada, NEW, key=key)
        before = count_cases(ada)
        assert create_case(ada, NEW, key=key) == first
        assert create_case(ada, NEW | {"patient_name": "Another", "status": "archived"}, key=key) == first
        changed = update_case(ada, first.case_id, {"patient_age": 31})
        assert create_case(ada, NEW, key=key) == changed
        assert count_cases(ada) == before
        assert len(list_events(ada, first.case_id).events) == 2

    def test_after_a_lost_answer_the_same_sent_again_creates_nothing_more(
        self, key: str, ada: Session, owner: httpx.Client, proxy: FaultProxy
    ) -> None:
        name = {"patient_name": f"Lost {key}"}
        proxy.lose_answer("/rpc/create_case")
        with pytest.raises(BackendUnavailable):
            create_case(ada, NEW | name, key=key)
        proxy.forward()
        created = create_case(ada, NEW | name, key=key)
        found = owner.get("/cases", params={"patient_name": f"eq.Lost {key}"}).json()
        assert [Case(**row) for row in found] == [created]

    def test_sixteen_at_once_create_one_case(self, key: str, ada: Session) -> None:
        before = sum(count_cases(ada).values())
        with ThreadPoolExecutor(16) as clients:
            created = set(clients.map(lambda _: create_case(ada, NEW, key=key).case_id, range(16)))
        assert len(created) == 1
        assert sum(count_cases(ada).values()) == before + 1

    def test_two_clinicians_with_one_key_have_a_case_each(self, key: str, ada: Session, ben: Session) -> None:
        adas, bens = create_case(ada, NEW, key=key), create_case(ben, NEW, key=key)
        assert (adas.user_id, bens.user_id) == (ada.user_id, ben.user_id)
        assert adas.case_id != bens.case_id

    def test_a_creation_that_was_refused_leaves_the_key_unused(
        self, key: str, ada: Session, owner: httpx.Client
    ) -> None:
        assert create_raw(owner, key, patient_age=151).is_error
        assert create_case(ada, NEW, key=key).patient_age == NEW["patient_age"]

    @pytest.mark.parametrize("key", ["", " ", "two words", "x" * 129, "ä", "line\n", "\0"])
    def test_what_is_no_key_is_refused_without_a_request(self, key: str, ada: Session, proxy: FaultProxy) -> None:
        with pytest.raises(InvalidChanges, match=r"^key: "):
            create_case(ada, NEW, key=key)
        assert proxy.requests() == []

    def test_a_creation_is_one_request_without_patient_text_in_its_url(
        self, key: str, ada: Session, proxy: FaultProxy
    ) -> None:
        create_case(ada, NEW, key=key)
        assert [(asked.method, "Once" in asked.path) for asked in proxy.requests()] == [("POST", False)]


class TestRawRest:
    def test_a_created_case_belongs_to_whoever_creates_it(
        self, key: str, ada: Session, ben: Session, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        assert [row["user_id"] for row in rows(create_raw(owner, key))] == [str(ada.user_id)]
        assert [row["user_id"] for row in rows(create_raw(stranger, key))] == [str(ben.user_id)]
        assert create_raw(anonymous, key).is_error

    def test_nobody_sees_anothers_keys(
        self, key: str, owner: httpx.Client, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        create_raw(owner, key)
        assert len(rows(owner.get(f"/case_creations?key=eq.{key}"))) == 1
        assert rows(stranger.get(f"/case_creations?key=eq.{key}")) == []
        assert rows(anonymous.get(f"/case_creations?key=eq.{key}")) == []

    def test_nobody_names_a_key_of_a_case_that_is_not_theirs(
        self, key: str, case: Case, ada: Session, stranger: httpx.Client, anonymous: httpx.Client
    ) -> None:
        planted = {"key": key, "case_id": case.case_id}
        for actor in (stranger, anonymous):
            assert actor.post("/case_creations", json=planted).is_error
            assert actor.post("/case_creations", json=planted | {"user_id": str(ada.user_id)}).is_error
        assert create_case(ada, NEW, key=key).case_id != case.case_id

    def test_not_even_the_owner_changes_a_key_or_has_more_of_them_than_cases(
        self, key: str, new_case: Callable[..., Case], owner: httpx.Client
    ) -> None:
        [created] = rows(create_raw(owner, key))
        path, other = f"/case_creations?key=eq.{key}", new_case()
        assert owner.post("/case_creations", json={"key": f"{key}-2", "case_id": created["case_id"]}).is_error
        assert rows(owner.patch(path, json={"case_id": other.case_id})) == []
        assert rows(owner.delete(path)) == []
        assert rows(create_raw(owner, key)) == [created]

    @pytest.mark.parametrize("bad", ["", "two words", "x" * 129, "ä", None])
    def test_not_even_the_owner_names_what_is_no_key(self, bad: Any, owner: httpx.Client) -> None:
        before = rows(owner.get("/case_counts?order=status"))
        assert create_raw(owner, bad).is_error
        assert rows(owner.get("/case_counts?order=status")) == before
