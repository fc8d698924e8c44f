"""What a page may send to have it kept as a draft, and whose draft it becomes."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import httpx
import pytest

from lib import Case, Session, update_case
from lib.backend.settings import Supabase
from lib.cases.drafts import discard_draft, find_draft, keep_draft
from lib.server import draft_routes
from lib.server.draft_routes import BODY_LIMIT
from tests.protocol.client import ask, foreign_origins
from tests.server import Server

Keep = Callable[..., httpx.Response]


@pytest.fixture
def keep(url: str, ada_cookie: str, case: Case) -> Keep:
    """Send what one form of Ada's holds, each time with the next number."""
    form, turns = uuid4().hex, iter(range(1, 100))

    def send(changes: dict[str, Any], *, cookie: str = ada_cookie, **other: Any) -> httpx.Response:
        note = a_note(case, changes) | {"form": form, "turn": next(turns)} | other
        return ask(url, "POST", "/session/draft", cookie=cookie, body=json.dumps(note, ensure_ascii=False).encode())

    return send


def a_note(case: Case, changes: dict[str, Any]) -> dict[str, Any]:
    """Return what a form sends first."""
    about = {"case_id": case.case_id, "base": case.etag, "changes": changes}
    return {"form": "a form", "turn": 1, "seen": None} | about


def find_changes(session: Session, case: Case) -> dict[str, Any] | None:
    draft = find_draft(session, case.case_id)
    return draft.changes.columns() if draft else None


def test_what_is_typed_is_kept_and_replaced_and_gone_when_typed_back(keep: Keep, ada: Session, case: Case) -> None:
    first = keep({"case_summary": "Cough f", "patient_age": None})
    assert first.status_code == 200
    assert first.headers["Cache-Control"] == "no-store"
    assert find_changes(ada, case) == {"case_summary": "Cough f", "patient_age": None}
    second = keep({"status": "completed"}).json()
    draft = find_draft(ada, case.case_id)
    assert draft
    assert second == {"version": draft.etag, "unkept": []}
    assert draft.changes.columns() == {"status": "completed"}
    assert draft.base_etag == case.etag
    assert keep({}).json() == {"version": None, "unkept": []}
    assert find_draft(ada, case.case_id) is None


def test_a_foreign_page_or_one_that_names_no_origin_keeps_nothing(
    url: str, ada_cookie: str, ada: Session, case: Case
) -> None:
    for origin in ["", *foreign_origins(url)]:
        refused = ask(url, "POST", "/session/draft", cookie=ada_cookie, body=b"{}", Origin=origin)
        assert refused.status_code == 403, origin
    assert find_draft(ada, case.case_id) is None


def test_without_a_session_nothing_is_kept_whatever_is_sent(url: str, keep: Keep, ada: Session, case: Case) -> None:
    for cookie in ("", "unknown"):
        assert keep({"case_summary": "Typed."}, cookie=cookie).status_code == 401
        assert ask(url, "POST", "/session/draft", cookie=cookie, body=b"x" * BODY_LIMIT * 2).status_code == 401
    assert find_draft(ada, case.case_id) is None


def test_another_clinicians_case_is_not_found_and_nobody_gets_a_draft(
    keep: Keep, ben_cookie: str, ada: Session, ben: Session, case: Case
) -> None:
    strangers = keep({"case_summary": "Not mine."}, cookie=ben_cookie)
    missing = keep({"case_summary": "Not mine."}, cookie=ben_cookie, case_id=2**53 - 1)
    assert strangers.status_code == missing.status_code == 404
    assert strangers.content == missing.content
    assert find_draft(ada, case.case_id) is None
    assert find_draft(ben, case.case_id) is None


@pytest.mark.parametrize("character", ["🩺", "é", "\x01", "\\"])
def test_the_longest_summary_is_kept_whatever_it_consists_of(
    character: str, keep: Keep, ada: Session, case: Case
) -> None:
    summary = character * 20_000
    assert keep({"case_summary": summary}).status_code == 200
    assert find_changes(ada, case) == {"case_summary": summary}


def test_a_field_that_cannot_be_kept_is_named_and_keeps_no_other_from_it(keep: Keep, ada: Session, case: Case) -> None:
    typed = {"patient_name": "", "patient_age": 200, "case_summary": "x" * 20_001, "status": "unheard of"}
    answer = keep(typed)
    assert answer.status_code == 200
    assert set(answer.json()["unkept"]) == {"patient_age", "case_summary", "status"}
    assert find_changes(ada, case) == {"patient_name": ""}
    assert keep({"patient_age": 200}).json() == {"version": answer.json()["version"], "unkept": ["patient_age"]}
    assert find_changes(ada, case) == {"patient_name": ""}


def test_only_so_many_forms_are_remembered(
    monkeypatch: pytest.MonkeyPatch, connected: Supabase, ada: Session, case: Case
) -> None:
    monkeypatch.setattr(draft_routes, "OPEN_FORMS", 3)
    keeper = draft_routes.DraftKeeper()
    for number in range(5):
        keeper.keep(ada, draft_routes._parse(a_note(case, {}) | {"form": f"form {number}"}))
    assert [form for _, form in keeper._forms] == ["form 2", "form 3", "form 4"]


def test_a_body_over_the_limit_is_refused(keep: Keep, ada: Session, case: Case) -> None:
    assert keep({"case_summary": "x" * BODY_LIMIT}).status_code == 413
    assert find_draft(ada, case.case_id) is None


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"a": 1, "a": 1}', b'{"form": NaN}', b"\xff", b"[" * 60_000],
)
def test_what_no_form_sends_is_refused(url: str, ada_cookie: str, body: bytes) -> None:
    assert ask(url, "POST", "/session/draft", cookie=ada_cookie, body=body).status_code == 400


@pytest.mark.parametrize(
    ("other", "status"),
    [
        ({"case_id": "1"}, 400),
        ({"case_id": True}, 400),
        ({"case_id": -1}, 404),
        ({"turn": "1"}, 400),
        ({"form": "x" * 65}, 400),
        ({"base": "yesterday"}, 400),
        ({"base": "*"}, 400),
        ({"seen": 1}, 400),
        ({"user_id": "x"}, 400),
    ],
)
def test_a_form_that_says_something_else_is_refused(
    keep: Keep, ada: Session, case: Case, other: dict[str, Any], status: int
) -> None:
    assert keep({"case_summary": "Typed."}, **other).status_code == status
    assert keep({"case_summary": "Typed.", "user_id": str(ada.user_id)}).status_code == 400
    assert find_draft(ada, case.case_id) is None


def test_a_second_device_is_told_and_nothing_of_the_first_is_lost(keep: Keep, ada: Session, case: Case) -> None:
    version = keep({"case_summary": "From the first."}).json()["version"]
    refused = keep({"case_summary": "From the second."}, form="second")
    assert refused.status_code == 412
    assert refused.headers["ETag"] == version
    assert "From the first" not in refused.text
    assert find_changes(ada, case) == {"case_summary": "From the first."}
    assert keep({"case_summary": "From the second."}, form="second", seen=version).status_code == 200
    assert find_changes(ada, case) == {"case_summary": "From the second."}
    assert keep({"case_summary": "From the first again."}).status_code == 412


def test_what_is_typed_just_before_leaving_is_kept_beside_a_newer_draft(keep: Keep, ada: Session, case: Case) -> None:
    before, form = case.case_summary, uuid4().hex
    keep({"case_summary": f"{before} First.", "patient_age": 46})
    typed_last = {"case_summary": f"{before} Second.", "patient_age": 47, "status": "completed"}
    assert keep(typed_last, form=form, is_leaving=True).status_code == 200
    both = {"case_summary": f"{before} First. Second.", "patient_age": 46, "status": "completed"}
    assert find_changes(ada, case) == both
    assert keep({"case_summary": "Typed on."}).status_code == 412
    assert keep({"case_summary": "The page came back."}, form=form).status_code == 412
    assert find_changes(ada, case) == both


def test_what_is_put_beside_a_newer_draft_counts_as_typed_on_the_older_version(
    keep: Keep, ada: Session, case: Case
) -> None:
    now = update_case(ada, case.case_id, {"case_summary": "Cough. Fever."})
    keep({"case_summary": "Cough. Fever. First."}, base=now.etag)
    assert keep({"case_summary": "Second."}, form=uuid4().hex, is_leaving=True).status_code == 200
    draft = find_draft(ada, case.case_id)
    assert draft
    assert draft.base_etag == case.etag
    assert "First." in str(draft.changes.case_summary)
    assert "Second." in str(draft.changes.case_summary)


def test_a_newer_draft_beside_which_there_is_no_room_stays(keep: Keep, ada: Session, case: Case) -> None:
    keep({"case_summary": "x" * 20_000})
    assert keep({"case_summary": "Typed."}, form=uuid4().hex, is_leaving=True).status_code == 412
    assert find_changes(ada, case) == {"case_summary": "x" * 20_000}


def write_older(version: str) -> str:
    return version.replace("20", "19", 1)


def test_a_form_never_stands_in_its_own_way_in_whatever_order_its_requests_arrive(
    keep: Keep, ada: Session, case: Case
) -> None:
    """When a page is left, its last request names what it has seen before the one that is not answered yet."""
    assert keep({"case_summary": "C"}, turn=1).status_code == 200
    last = keep({"case_summary": "Cough"}, turn=3)
    late = keep({"case_summary": "Co"}, turn=2)
    assert late.status_code == 200
    assert late.json() == last.json()
    assert find_changes(ada, case) == {"case_summary": "Cough"}
    with ThreadPoolExecutor(8) as hands:
        answers = list(
            hands.map(lambda turn: keep({"case_summary": f"Cough {turn}"}, turn=turn).status_code, range(4, 24))
        )
    assert set(answers) == {200}
    assert find_changes(ada, case) == {"case_summary": "Cough 23"}


def test_a_request_whose_answer_was_lost_is_sent_again_without_a_conflict(keep: Keep, ada: Session, case: Case) -> None:
    stored = keep_draft(ada, case.case_id, case.etag, {"case_summary": "Typed."})
    assert keep({"case_summary": "Typed."}, form="after a restart").json()["version"] == stored.etag


def test_a_form_that_holds_nothing_any_more_leaves_a_newer_draft_alone_and_is_in_nobodys_way(
    keep: Keep, ada: Session, case: Case
) -> None:
    """What it had kept went with its save; what stands there now was typed in another window."""
    keep({"case_summary": "Saved."})
    update_case(ada, case.case_id, {"case_summary": "Saved."})
    version = keep({"case_summary": "From another window."}, form="other").json()["version"]
    assert keep({}).json() == {"version": None, "unkept": []}
    assert keep({}, form="third", seen=write_older(version)).json() == {"version": None, "unkept": []}
    assert find_changes(ada, case) == {"case_summary": "From another window."}
    assert keep({"case_summary": "Typed on."}).status_code == 412


def test_what_the_case_holds_already_is_no_draft(keep: Keep, ada: Session, case: Case) -> None:
    update_case(ada, case.case_id, {"case_summary": "Typed."})
    assert keep({"case_summary": "Typed."}).json() == {"version": None, "unkept": []}
    assert find_draft(ada, case.case_id) is None


def test_a_draft_that_was_discarded_elsewhere_is_kept_again(keep: Keep, ada: Session, case: Case) -> None:
    version = keep({"case_summary": "Typed."}).json()["version"]
    discard_draft(ada, case.case_id, if_match=version)
    assert keep({"case_summary": "Typed on."}).status_code == 200
    assert find_changes(ada, case) == {"case_summary": "Typed on."}


def test_nothing_that_is_typed_is_ever_logged(
    url: str, ada_cookie: str, keep: Keep, server: Server, case: Case
) -> None:
    for changes in (
        {"case_summary": "Canaria"},
        {"patient_name": "Canaria" * 50},
        {"Canaria": 1},
        {"status": "Canaria"},
    ):
        keep(changes)
    keep({"case_summary": "Canaria"}, base="Canaria")
    keep({"case_summary": "Canaria"}, form="Canaria")
    keep({"case_summary": "Canaria"}, seen="Canaria", case_id=1)
    ask(url, "POST", "/session/draft", cookie=ada_cookie, body=b'{"case_summary": "Canaria')
    assert server.logged("keep-draft outcome=InvalidChanges")
    assert "Canaria" not in server.output
