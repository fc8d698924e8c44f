"""The update contract (docs/contract.md) row by row, as a client of the running server sees it."""

from __future__ import annotations

import ast
import http.client
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib import Case, NewCase, Session, get_case, sign_in
from tests.clinicians import PASSWORD
from tests.contract.document import FIELDS, ROWS, Field, code_in, expect_row
from tests.proxy import FaultProxy
from tests.server import Server

SCHEMA = NewCase.model_json_schema()
UNCHANGED = {field.name for field in FIELDS if not field.is_updatable} - {"updated_at"}

VALID: list[dict[str, Any]] = [
    {"patient_name": "Grace Hopper"},
    {"patient_age": 0},
    {"patient_age": 150},
    {"case_summary": ""},
    {"case_summary": "ä\n" * 10_000},
    {"status": "archived"},
    {"patient_name": None, "status": "completed"},
    {"case_summary": "Improving after initial treatment. Follow-up recommended.", "status": "completed"},
]
READ_ONLY: list[dict[str, Any]] = [
    {"case_id": 1},
    {"user_id": "x"},
    {"patient_gender": "male"},
    {"created_at": None},
    {"updated_at": 3},
]
INVALID = [
    (b"", "body: is not valid JSON"),
    (b"status=completed", "body: is not valid JSON"),
    (b'{"status": "completed"', "body: is not valid JSON"),
    (b'[{"status": "completed"}]', "body: is not an object"),
    (b"null", "body: is not an object"),
    (b'{"diagnosis": "x"}', "diagnosis: is not a field"),
    (b'{"patient_name": ""}', "patient_name: is empty"),
    (b'{"patient_name": "   "}', "patient_name: is empty"),
    (b'{"patient_name": "two\\nlines"}', "patient_name: has a line break"),
    (b'{"patient_name": "\\u200b"}', "patient_name: has a line break, a control character or nothing that can be seen"),
    (b'{"patient_name": "a\\u202eb"}', "patient_name: has a line break, a control character"),
    (json.dumps({"patient_name": "x" * 201}).encode(), "patient_name: is too long"),
    (b'{"patient_age": "45"}', "patient_age: is not a whole number"),
    (b'{"patient_age": 45.5}', "patient_age: is not a whole number"),
    (b'{"patient_age": true}', "patient_age: is not a whole number"),
    (b'{"patient_age": -4}', "patient_age: is too small"),
    (b'{"patient_age": 151}', "patient_age: is too large"),
    (json.dumps({"case_summary": "x" * 20_001}).encode(), "case_summary: is too long"),
    (b'{"case_summary": 5}', "case_summary: is not text"),
    (b'{"status": "closed"}', "status: is not allowed; allowed is pending, analyzing, completed, archived"),
    (b'{"status": "Completed"}', "status: is not allowed"),
]


def test_every_field_of_the_contract_has_its_tests() -> None:
    assert [field.name for field in FIELDS] == list(Case.model_fields)
    updatable = {field.name for field in FIELDS if field.is_updatable}
    assert {name for changes in VALID for name in changes} == updatable
    assert {name for body, _ in INVALID for name in updatable if name.encode() in body} == updatable
    assert {name for changes in READ_ONLY for name in changes} == {field.name for field in FIELDS} - updatable


@pytest.mark.parametrize(
    "field", [field for field in FIELDS if field.name in NewCase.model_fields], ids=lambda field: field.name
)
def test_the_contract_names_every_limit_and_every_choice_of_a_field(field: Field) -> None:
    rule = SCHEMA["properties"][field.name]
    rule |= SCHEMA["$defs"].get(rule.get("$ref", "").rpartition("/")[2], {})
    limits = {rule[name] for name in ("minLength", "maxLength", "minimum", "maximum") if name in rule}
    assert limits <= {int(number) for number in re.findall(r"\d+", field.rule.replace(",", ""))}
    assert "enum" not in rule or rule["enum"] == code_in(field.rule)


def test_every_row_of_the_contract_has_a_test() -> None:
    calls = [
        node
        for file in Path(__file__).parent.glob("test_*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "expect_row"
    ]
    tested = [ast.literal_eval(call.args[1]) for call in calls]
    assert [row.situation for row in ROWS if not any(words in row.situation for words in tested)] == []


@pytest.mark.parametrize("changes", VALID, ids=lambda changes: ",".join(changes))
def test_valid_fields_are_saved_and_nothing_else_changes(
    changes: dict[str, Any], api: httpx.Client, path: str, case: Case
) -> None:
    answer = api.put(path, json=changes)
    expect_row(answer, "at least one updatable field, valid")
    before, after = case.model_dump(mode="json"), answer.json()["case"]
    given = {name: value for name, value in changes.items() if value is not None}
    assert after == before | given | {"updated_at": after["updated_at"]}
    assert api.get(path).json() == {"case": after}


def test_a_case_has_nine_fields_in_order_and_its_version_as_etag(api: httpx.Client, path: str) -> None:
    for answer in (api.get(path), api.put(path, json={"patient_age": 46})):
        case = answer.json()["case"]
        assert list(case) == [field.name for field in FIELDS]
        assert answer.headers["ETag"] == f'"{case["updated_at"]}"'
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", case["created_at"])


def test_a_later_version_is_strictly_later(api: httpx.Client, path: str) -> None:
    versions = [api.put(path, json={"patient_age": 7}).json()["case"]["updated_at"] for _ in range(3)]
    assert versions == sorted(set(versions))


def test_a_fetched_case_can_be_sent_back(api: httpx.Client, path: str) -> None:
    fetched = api.get(path).json()["case"]
    answer = api.put(path, json=fetched | {"status": "analyzing"})
    assert answer.status_code == 200
    assert {name: answer.json()["case"][name] for name in UNCHANGED} == {name: fetched[name] for name in UNCHANGED}


@pytest.mark.parametrize("changes", [{}, {"status": None, "patient_age": None}, *READ_ONLY], ids=str)
def test_nothing_to_update_is_400(changes: dict[str, Any], api: httpx.Client, path: str) -> None:
    expect_row(api.put(path, json=changes), "only nulls")


@pytest.mark.parametrize(("body", "detail"), INVALID, ids=lambda given: str(given)[:40])
def test_an_invalid_body_is_400_and_names_the_field(body: bytes, detail: str, api: httpx.Client, path: str) -> None:
    answer = api.put(path, content=body)
    expect_row(answer, "not JSON")
    assert answer.json()["detail"].startswith(detail)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    "case_id", ["0", "-1", "+1", "01", "1e3", "1.0", "abc", "1%0A", "1%0A2", "%2e%2e", "%5C", "%D9%A1", "1%00"]
)
def test_a_case_id_that_is_no_positive_integer_is_400(case_id: str, method: str, api: httpx.Client) -> None:
    answer = api.request(method, f"/cases/cases/{case_id}", content=b'{"status": "pending"}')
    expect_row(answer, "`case_id` not a positive integer")
    assert answer.json() == {"detail": "case_id: must be a positive integer"}


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_what_supabase_refuses_is_400_with_its_message_alone(
    method: str, api: httpx.Client, path: str, proxy: FaultProxy
) -> None:
    refusal = {"code": "PGRST1", "message": "Not this way.", "details": "Failing row contains (Canary).", "hint": "x"}
    proxy.answer(409, json.dumps(refusal), path="/rest/v1/cases")
    answer = api.request(method, path, content=b'{"status": "pending"}')
    expect_row(answer, "Supabase refuses the request")
    assert answer.json() == {"detail": "Not this way."}


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_strangers_case_answers_like_a_missing_one(
    method: str, browse: Callable[[Session | None], httpx.Client], ben: Session, path: str
) -> None:
    stranger = browse(ben)
    foreign = stranger.request(method, path, content=b'{"status": "archived"}')
    missing = [
        stranger.request(method, f"/cases/cases/{number}", content=b'{"status": "archived"}')
        for number in ("999999", 2**53, 2**63 - 1, 2**63, "9" * 5000)
    ]
    expect_row(foreign, "another clinician's")
    assert [(answer.status_code, answer.content) for answer in missing] == [(404, foreign.content)] * 5


def test_a_strangers_guarded_update_is_404_too(
    browse: Callable[[Session | None], httpx.Client], ben: Session, case: Case, path: str
) -> None:
    answer = browse(ben).put(path, json={"status": "archived"}, headers={"If-Match": case.etag})
    expect_row(answer, "another clinician's")


@pytest.mark.parametrize("if_match", ["{etag}", '"x", {etag}', "*"])
def test_if_match_with_the_current_version_updates(if_match: str, api: httpx.Client, case: Case, path: str) -> None:
    answer = api.put(path, json={"patient_age": 46}, headers={"If-Match": if_match.format(etag=case.etag)})
    assert answer.status_code == 200


@pytest.mark.parametrize("if_match", ["{etag}", "W/{etag}", '"unknown"', "", "nonsense"])
def test_if_match_with_another_version_is_412_with_the_current_etag(
    if_match: str, api: httpx.Client, ada: Session, case: Case, path: str
) -> None:
    current = api.put(path, json={"patient_age": 46}).headers["ETag"]
    answer = api.put(path, json={"patient_age": 47}, headers={"If-Match": if_match.format(etag=case.etag)})
    expect_row(answer, "`If-Match` names an older version")
    assert answer.headers["ETag"] == current
    assert get_case(ada, case.case_id).patient_age == 46


@pytest.mark.parametrize("count", [2, 400, 1500])
def test_many_versions_are_compared_without_an_address_that_is_too_long(
    count: int, api: httpx.Client, case: Case, path: str, proxy: FaultProxy
) -> None:
    others = [f'"2026-03-04T10:{number // 60:02}:{number % 60:02}Z"' for number in range(count - 1)]
    for versions, status in ([*others, case.etag], 200), ([*others, case.etag], 412):
        lines = [("If-Match", ", ".join(versions[start : start + 100])) for start in range(0, count, 100)]
        assert api.put(path, json={"patient_age": 46}, headers=lines).status_code == status
    assert max(len(asked.path) for asked in proxy.requests("/rest/")) < 1000


def test_two_if_match_lines_count_as_one_list(api: httpx.Client, case: Case, path: str) -> None:
    lines = [("If-Match", '"x"'), ("If-Match", case.etag)]
    assert api.put(path, json={"patient_age": 46}, headers=lines).status_code == 200


@pytest.mark.parametrize("length", [64 * 1024, 64 * 1024 + 1, 10_000_000])
@pytest.mark.parametrize("is_chunked", [False, True], ids=["declared", "chunked"])
def test_a_body_over_64_kib_is_413(length: int, is_chunked: bool, api: httpx.Client, path: str) -> None:
    body = b'{"status": "completed"}'.ljust(length)
    answer = api.put(path, content=iter([body]) if is_chunked else body)
    if length > 64 * 1024:
        expect_row(answer, "body over 64 KiB")
    else:
        assert answer.status_code == 200


def test_a_body_that_is_announced_as_too_long_is_413_before_it_is_sent(api: httpx.Client, path: str) -> None:
    connection = http.client.HTTPConnection(api.base_url.host, api.base_url.port, timeout=5)
    connection.putrequest("PUT", path)
    connection.putheader("Authorization", api.headers["Authorization"])
    connection.putheader("Content-Length", "10000000")
    connection.endheaders()
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("fault", ["refuse", "reset", "answer 503", "answer HTML"])
def test_a_failing_supabase_is_500_with_a_reference_that_is_in_the_log(
    fault: str, method: str, api: httpx.Client, path: str, proxy: FaultProxy, server: Server
) -> None:
    provoke: dict[str, Callable[[], None]] = {
        "refuse": proxy.refuse,
        "reset": lambda: proxy.reset("/rest/"),
        "answer 503": lambda: proxy.answer(503, '{"message": "secret"}', path="/rest/"),
        "answer HTML": lambda: proxy.answer(200, "<html>secret</html>", "text/html", path="/rest/"),
    }
    provoke[fault]()
    assert_internal_error(api.request(method, path, content=b'{"status": "pending"}'), server)


def test_a_supabase_that_answers_too_late_is_500(
    api: httpx.Client, path: str, proxy: FaultProxy, server: Server
) -> None:
    proxy.stall("/rest/")
    assert_internal_error(api.put(path, json={"status": "pending"}), server)


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_a_page_of_another_site_is_403(method: str, api: httpx.Client, path: str, proxy: FaultProxy) -> None:
    answer = api.request(method, path, content=b'{"status": "pending"}', headers={"Origin": "http://evil.example"})
    expect_row(answer, "a page of another site asks")
    assert proxy.requests() == []


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("refuses", ["/rest/", "/auth/v1/user"])
@pytest.mark.parametrize(("retry_after", "told"), [("7", "7"), ("", "5"), ("Wed, 21 Oct 2026 07:28:00 GMT", "5")])
def test_a_supabase_that_takes_no_more_requests_is_503_and_says_when_to_try_again(
    method: str,
    refuses: str,
    retry_after: str,
    told: str,
    browse: Callable[[Session | None], httpx.Client],
    path: str,
    proxy: FaultProxy,
) -> None:
    newcomer = browse(sign_in("ada@demo.example", PASSWORD))
    proxy.answer(429, '{"message": "slow down"}', path=refuses, headers={"Retry-After": retry_after})
    answer = newcomer.request(method, path, content=b'{"status": "pending"}')
    expect_row(answer, "Supabase takes no more requests")
    assert answer.headers["Retry-After"] == told


@pytest.mark.parametrize("method", ["HEAD", "POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "FETCH"])
def test_another_method_is_405_and_says_which_are_allowed(method: str, api: httpx.Client, path: str) -> None:
    answer = api.request(method, path)
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, PUT")
    assert answer.headers["Content-Type"] == "application/json"
    assert method == "HEAD" or answer.json() == {"detail": "Method not allowed"}


@pytest.mark.parametrize(
    "unknown",
    [
        "/cases",
        "/cases/",
        "/cases/x",
        "/cases/%00",
        "/cases//x",
        "/cases/cases",
        "/cases/cases/",
        "/cases/cases/1/",
        "/cases/docs",
    ],
)
def test_an_unknown_path_is_a_404_in_json(unknown: str, api: httpx.Client) -> None:
    answer = api.get(unknown)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found"})
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    ("method", "where"),
    [("GET", "{path}"), ("PUT", "{path}"), ("POST", "{path}"), ("GET", "/cases/x"), ("GET", "/cases/openapi.json")],
)
@pytest.mark.parametrize("is_signed_in", [True, False])
def test_no_answer_is_ever_stored(
    method: str,
    where: str,
    is_signed_in: bool,
    browse: Callable[[Session | None], httpx.Client],
    ada: Session,
    path: str,
) -> None:
    answer = browse(ada if is_signed_in else None).request(method, where.format(path=path))
    assert answer.headers["Cache-Control"] == "no-store"


def test_one_update_is_one_request_to_the_database(api: httpx.Client, path: str, proxy: FaultProxy) -> None:
    assert api.put(path, json={"status": "completed"}).status_code == 200
    assert [asked.method for asked in proxy.requests("/rest/")] == ["PATCH"]


def assert_internal_error(answer: httpx.Response, server: Server) -> None:
    expect_row(answer, "Supabase unreachable, too slow, or 5xx")
    told = re.fullmatch(r"Internal server error: Supabase does not answer \(reference (\w+)\)", answer.json()["detail"])
    assert told
    assert len(server.logged(told[1])) == 1
