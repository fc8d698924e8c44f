"""Hostile bodies: refused by the contract, never a 500, and the case stays as it was."""

from __future__ import annotations

import json

import httpx
import pytest

from lib import Case, Session, get_case

BODIES = {
    "NUL in a name": b'{"patient_name": "a\\u0000b"}',
    "NUL in a summary": b'{"case_summary": "a\\u0000b"}',
    "a raw NUL": b'{"case_summary": "a\x00b"}',
    "half a surrogate pair": b'{"case_summary": "\\ud800"}',
    "half a surrogate pair in an unknown field": b'{"\\udfff": 1}',
    "bytes that are not UTF-8": b'{"case_summary": "\xff\xfe"}',
    "UTF-16": '{"status": "completed"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"status": "completed"}',
    "20,001 characters": json.dumps({"case_summary": "x" * 20_001}).encode(),
    "a status twice": b'{"status": "pending", "status": "archived"}',
    "a name twice, deep down": b'{"status": "archived", "case_id": {"a": 1, "a": 2}}',
    "NaN": b'{"patient_age": NaN}',
    "Infinity in an ignored field": b'{"status": "archived", "case_id": -Infinity}',
    "an infinite number": b'{"patient_age": 1e999}',
    "a number past 2^63": b'{"patient_age": 9223372036854775808}',
    "a number of 5,000 digits": b'{"patient_age": ' + b"9" * 5000 + b"}",
    "deeply nested arrays": b"[" * 60_000,
    "deeply nested objects": b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
    "an object as status": b'{"status": {"eq": "archived"}}',
    "a list as summary": b'{"case_summary": ["a"]}',
    "a field named like a Python attribute": b'{"__class__": 1}',
    "two documents": b'{"status": "archived"}{"status": "pending"}',
    "a comment": b'{"status": "archived" /* now */}',
    "a trailing comma": b'{"status": "archived",}',
    "10 MB": b'{"case_summary": "' + b"x" * 10_000_000 + b'"}',
}


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_body_is_refused_and_changes_nothing(
    kind: str, api: httpx.Client, ada: Session, case: Case, path: str
) -> None:
    answer = api.put(path, content=BODIES[kind])
    assert answer.status_code == (413 if kind == "10 MB" else 400)
    assert list(answer.json()) == ["detail"]
    assert get_case(ada, case.case_id) == case


def test_a_body_is_json_whatever_its_content_type(api: httpx.Client, path: str) -> None:
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded", ""):
        answer = api.put(path, content=b'{"patient_age": 3}', headers={"Content-Type": content_type})
        assert answer.status_code == 200
