"""The statuses, the JSON reader and the last resort of the HTTP API, without a network."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator

import httpx
import pytest

from lib import Session
from lib.cases.models import CaseChanges
from lib.errors import CaseDeskError, InvalidChanges
from lib.server.http_api import create_app
from lib.server.http_document import UPDATE
from lib.server.http_errors import STATUSES
from lib.server.strict_json import decode_object


def all_errors(base: type[CaseDeskError] = CaseDeskError) -> Iterator[type[CaseDeskError]]:
    yield base
    for kind in base.__subclasses__():
        yield from all_errors(kind)


def test_every_error_has_its_status() -> None:
    assert set(STATUSES) == set(all_errors())


def test_an_unexpected_error_is_500_and_its_text_stays_out_of_answer_and_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    patient = "Canaria"

    def fail(access_token: str) -> Session:
        raise LookupError(patient)

    with caplog.at_level(logging.INFO, "case_desk"):
        answer = ask(httpx.Request("GET", "http://server/cases/1", headers={"Authorization": "Bearer x"}), fail)
    reference = caplog.messages[-1].split()[0]
    assert [message.split()[0] for message in caplog.messages] == [reference, reference]
    assert answer.status_code == 500
    assert answer.json() == {"detail": f"Internal server error: an unexpected error (reference {reference})"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert caplog.messages[-1].endswith("LookupError")
    assert "test_http_api.py" in caplog.messages[-2]
    assert "Canaria" not in caplog.text


def test_what_supabase_says_is_answered_even_if_it_has_no_utf8(caplog: pytest.LogCaptureFixture) -> None:
    def fail(access_token: str) -> Session:
        raise InvalidChanges("body", "\ud800")

    answer = ask(httpx.Request("GET", "http://server/cases/1", headers={"Authorization": "Bearer x"}), fail)
    assert (answer.status_code, answer.json()) == (400, {"detail": "body: ?"})


@pytest.mark.parametrize("body", [b'{"a": {"b": 1, "b": 1}}', b'{"a": NaN}', b"\xff", b"[" * 60_000, b"9" * 5000])
def test_what_json_readers_differ_on_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidChanges, match=r"^body: is not valid JSON"):
        decode_object(body)


@pytest.mark.parametrize("text", ["Ada", " Ada ", "", "  ", "\u00a0", "a\nb", "a\u2028b", "a\x85b", "a\0b", "é👩‍⚕️"])
@pytest.mark.parametrize("field", ["patient_name", "case_summary"])
def test_the_document_allows_the_text_that_is_allowed(field: str, text: str) -> None:
    schema = UPDATE["requestBody"]["content"]["application/json"]["schema"]["properties"][field]["anyOf"][0]
    length = len(text) >= schema.get("minLength", 0)
    assert is_allowed({field: text}) == bool(length and re.search(schema["pattern"], text))


def is_allowed(changes: dict[str, str]) -> bool:
    try:
        CaseChanges.parse(changes)
    except InvalidChanges:
        return False
    return True


def ask(request: httpx.Request, verify: object) -> httpx.Response:
    async def answer() -> httpx.Response:
        app = create_app(verify)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
            return await client.send(request)

    return asyncio.run(answer())
