"""Whatever goes wrong on the way to Supabase reaches the caller as one of Case Desk's own errors."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable, Iterator
from uuid import UUID

import httpx
import postgrest
import pytest
import supabase
import supabase_auth
from pydantic import ValidationError

from lib import (
    Case,
    Session,
    count_cases,
    create_case,
    get_case,
    list_cases,
    list_with_counts,
    refresh,
    sign_in,
    sign_out,
    update_case,
)
from lib.accounts.credentials import send_code
from lib.backend.client import DEADLINES, auth_settings, connect
from lib.backend.foreign_errors import FOREIGN_ERRORS, own_errors
from lib.backend.settings import Supabase
from lib.cases.drafts import discard_draft, find_draft, keep_draft, list_drafts
from lib.cases.history import find_changes_since, list_activity, list_events
from lib.cases.opening import open_case
from lib.cases.unseen import list_unseen, mark_all_seen, mark_seen
from lib.errors import BackendBusy, BackendRefused, BackendUnavailable, CaseDeskError, KeyRefused, NotAuthenticated
from tests.proxy import FaultProxy

Fault = Callable[[FaultProxy], None]

HTML = "<html><body>Canary of a gateway</body></html>"
ERROR = '{"code": "PGRST100", "message": "Parse error in the filter", "details": "Canary row", "hint": "Canary"}'

SOMEBODY = Session(UUID(int=0), "somebody@test.example", "token", "refresh", 0)

UNAVAILABLE: dict[str, Fault] = {
    "refused": lambda proxy: proxy.refuse(),
    "reset": lambda proxy: proxy.reset(),
    "stalled": lambda proxy: proxy.stall(),
    "500": lambda proxy: proxy.answer(500, ERROR),
    "503": lambda proxy: proxy.answer(503, HTML, "text/html"),
    "520": lambda proxy: proxy.answer(520),
    "redirect": lambda proxy: proxy.answer(302, HTML, "text/html"),
    "HTML with 200": lambda proxy: proxy.answer(200, HTML, "text/html"),
    "broken JSON": lambda proxy: proxy.answer(200, '[{"case_id": 1, "patient_name": "Cana'),
    "half a case": lambda proxy: proxy.answer(200, '[{"case_id": 1, "patient_name": "Canary"}]'),
    "not a list": lambda proxy: proxy.answer(200, "true"),
    "not UTF-8": lambda proxy: proxy.answer(200, b'"\xff\xfe"'),
}

NOT_MEANT_FOR_REQUESTS = {
    "CookieConflict": "raised where one cookie of several is asked for by name; no cookie is read",
    "SupabaseException": "raised for an empty URL or key; lib.backend.settings refuses both before",
}


@pytest.fixture
def faulty(proxy: FaultProxy, connected: Supabase, monkeypatch: pytest.MonkeyPatch) -> FaultProxy:
    """A proxy to fail, where whoever stalls is given up after half a second instead of 8."""
    monkeypatch.setattr("lib.backend.client.DEADLINES", httpx.Timeout(0.5))
    connect(Supabase(proxy.url, connected.key))
    return proxy


@pytest.fixture
def rules(case: Case, ada: Session) -> list[Callable[[], object]]:
    """Every rule of `lib.cases`, ready to be called with text that must not come back."""
    new = {"patient_name": "Canary", "patient_age": 1, "patient_gender": "other"}
    return [
        lambda: update_case(ada, case.case_id, {"case_summary": "Canary"}),
        lambda: get_case(ada, case.case_id),
        lambda: open_case(ada, case.case_id),
        lambda: list_cases(ada),
        lambda: list_with_counts(ada),
        lambda: count_cases(ada),
        lambda: create_case(ada, new),
        lambda: create_case(ada, new, key="made-by-the-client"),
        lambda: keep_draft(ada, case.case_id, case.etag, {"case_summary": "Canary"}),
        lambda: find_draft(ada, case.case_id),
        lambda: list_drafts(ada),
        lambda: discard_draft(ada, case.case_id, if_match=case.etag),
        lambda: list_events(ada, case.case_id),
        lambda: list_activity(ada),
        lambda: find_changes_since(ada, case.case_id, case.etag),
        lambda: list_unseen(ada),
        lambda: mark_seen(ada, case),
        lambda: mark_all_seen(ada, until=case.created_at),
    ]


@pytest.mark.parametrize("fault", UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_no_answer_or_an_unreadable_one_is_unavailable(
    fault: Fault, rules: list[Callable[[], object]], faulty: FaultProxy
) -> None:
    fault(faulty)
    for ask in rules:
        faulty.forget()
        with pytest.raises(BackendUnavailable) as failure:
            ask()
        assert "Canary" not in str(failure.value)
        assert len(faulty.requests()) <= 1


def test_a_new_case_that_does_not_come_back_is_unavailable(ada: Session, proxy: FaultProxy) -> None:
    proxy.answer(201, "[]")
    with pytest.raises(BackendUnavailable):
        create_case(ada, {"patient_name": "Canary", "patient_age": 1, "patient_gender": "other"})


@pytest.mark.parametrize("status", [400, 403, 404, 406, 409, 415, 422])
def test_any_other_refusal_is_told_in_supabases_own_sentence_alone(
    status: int, rules: list[Callable[[], object]], proxy: FaultProxy
) -> None:
    proxy.answer(status, ERROR)
    for ask in rules:
        with pytest.raises(BackendRefused) as refusal:
            ask()
        assert str(refusal.value) == refusal.value.message == "Parse error in the filter"


@pytest.mark.parametrize(("retry_after", "seconds"), [("7", 7), ("100000", 300), ("-1", 5), ("soon", 5), ("", 5)])
def test_429_is_busy_for_as_long_as_supabase_says_within_reason(
    retry_after: str, seconds: float, rules: list[Callable[[], object]], proxy: FaultProxy
) -> None:
    proxy.answer(429, ERROR, headers={"Retry-After": retry_after})
    asks: list[Callable[[], object]] = [*rules, auth_settings, lambda: refresh(SOMEBODY)]
    for ask in asks:
        with pytest.raises(BackendBusy) as refusal:
            ask()
        assert refusal.value.seconds == seconds


def test_html_with_404_is_refused_without_its_text(rules: list[Callable[[], object]], proxy: FaultProxy) -> None:
    proxy.answer(404, HTML, "text/html")
    for ask in rules:
        with pytest.raises(BackendRefused, match=r"^Not Found$"):
            ask()


@pytest.mark.parametrize("body", [ERROR, HTML, ""], ids=["JSON", "HTML", "empty"])
def test_401_is_not_authenticated(body: str, rules: list[Callable[[], object]], proxy: FaultProxy) -> None:
    proxy.answer(401, body)
    for ask in rules:
        with pytest.raises(NotAuthenticated) as refusal:
            ask()
        assert "Canary" not in str(refusal.value)


@pytest.mark.parametrize("words", ["Invalid API key", "Unregistered API key", "No API key found in request"])
def test_401_about_the_key_is_a_matter_of_settings(
    words: str, rules: list[Callable[[], object]], proxy: FaultProxy
) -> None:
    proxy.answer(401, f'{{"message": "{words}", "hint": "Canary"}}')
    asks: list[Callable[[], object]] = [
        *rules,
        auth_settings,
        lambda: refresh(SOMEBODY),
        lambda: sign_in("a@b.example", "x"),
        lambda: send_code("a"),
    ]
    for ask in asks:
        with pytest.raises(KeyRefused, match=r"^Supabase does not accept SUPABASE_KEY\. Set it"):
            ask()


def test_a_token_of_nobodys_is_not_authenticated(case: Case, ada: Session) -> None:
    forged = Session(ada.user_id, ada.email, ada.access_token[:-8] + "AAAAAAAA", "", ada.expires_at)
    with pytest.raises(NotAuthenticated):
        update_case(forged, case.case_id, {"status": "archived"})


@pytest.mark.parametrize("fault", UNAVAILABLE.values(), ids=UNAVAILABLE)
def test_sign_in_tells_an_unavailable_supabase_from_a_wrong_password(fault: Fault, faulty: FaultProxy) -> None:
    fault(faulty)
    with pytest.raises(BackendUnavailable) as failure:
        sign_in("ada@demo.example", "casedesk-demo")
    assert "Canary" not in str(failure.value)


@pytest.mark.parametrize("act", [refresh, sign_out])
@pytest.mark.parametrize("fault", ["refused", "reset", "stalled", "500", "503"])
def test_refresh_and_sign_out_tell_an_unavailable_supabase(
    act: Callable[[Session], object], fault: str, ada: Session, faulty: FaultProxy
) -> None:
    UNAVAILABLE[fault](faulty)
    with pytest.raises(BackendUnavailable):
        act(ada)


@pytest.mark.parametrize("fault", ["reset", "stalled", "500", "503", "520", "HTML with 200"])
def test_an_update_whose_outcome_is_unknown_is_never_sent_again(
    fault: str, case: Case, ada: Session, owner: httpx.Client, faulty: FaultProxy
) -> None:
    UNAVAILABLE[fault](faulty)
    with pytest.raises(BackendUnavailable):
        update_case(ada, case.case_id, {"status": "archived"}, if_match=case.etag)
    assert [asked.method for asked in faulty.requests()] == ["PATCH"]
    assert Case(**owner.get(f"/cases?case_id=eq.{case.case_id}").json()[0]) == case


def test_after_the_fault_the_next_request_succeeds(case: Case, ada: Session, proxy: FaultProxy) -> None:
    proxy.refuse()
    with pytest.raises(BackendUnavailable):
        get_case(ada, case.case_id)
    proxy.forward()
    assert get_case(ada, case.case_id) == case


def test_a_stall_ends_at_the_deadline(case: Case, ada: Session, faulty: FaultProxy) -> None:
    faulty.stall()
    began = time.monotonic()
    with pytest.raises(BackendUnavailable) as failure:
        get_case(ada, case.case_id)
    assert 0.4 < time.monotonic() - began < 4
    assert isinstance(failure.value.__cause__, httpx.ReadTimeout)


@pytest.mark.parametrize(
    "text",
    [b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + b" " * 100],
    ids=["head", "body"],
)
def test_an_answer_that_comes_byte_by_byte_ends_at_the_deadline_too(
    text: bytes, case: Case, ada: Session, faulty: FaultProxy
) -> None:
    faulty.trickle(text)
    began = time.monotonic()
    with pytest.raises(BackendUnavailable):
        get_case(ada, case.case_id)
    assert 0.4 < time.monotonic() - began < 4
    faulty.forward()
    assert get_case(ada, case.case_id) == case


def test_the_deadlines_are_3_seconds_to_connect_and_8_to_answer() -> None:
    assert DEADLINES.as_dict() == {"connect": 3.0, "read": 8.0, "write": 8.0, "pool": 8.0}


def foreign_errors() -> Iterator[type[Exception]]:
    """Find every exception class that the libraries define."""
    for package in (httpx, postgrest, supabase, supabase_auth):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
                if issubclass(kind, Exception) and kind.__module__.split(".")[0] == package.__name__:
                    yield kind


FOREIGN = sorted({*foreign_errors(), ValidationError}, key=lambda kind: (kind.__module__, kind.__name__))


def an_error(kind: type[Exception]) -> Exception:
    """Make an error of any class: each wants other arguments, while what is read of them is the same."""
    if kind is ValidationError:
        return ValidationError.from_exception_data("Canary", [])
    error = kind.__new__(kind, "Canary")
    error.__dict__.update(message="No.", code="400", status=400)
    return error


def test_the_libraries_define_the_errors_that_were_looked_at() -> None:
    assert {"HTTPError", "APIError", "AuthError", "AuthApiError", *NOT_MEANT_FOR_REQUESTS} <= {
        kind.__name__ for kind in FOREIGN
    }


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_every_error_of_the_libraries_becomes_one_of_ours(kind: type[Exception]) -> None:
    if kind.__name__ in NOT_MEANT_FOR_REQUESTS:
        assert not issubclass(kind, FOREIGN_ERRORS)
        return
    foreign = an_error(kind)
    with pytest.raises(CaseDeskError) as own, own_errors():
        raise foreign
    assert own.value.__cause__ is foreign
    assert "Canary" not in str(own.value)
