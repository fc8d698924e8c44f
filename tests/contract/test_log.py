"""What the server writes down about a request: who, which case, how it ended; never what is in it."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx

from lib import Case, Session
from tests.server import Server


def test_each_request_is_one_line_with_who_what_and_how_it_ended(
    api: httpx.Client, ada: Session, new_case: Callable[..., Case], server: Server
) -> None:
    case = new_case()
    api.put(f"/cases/cases/{case.case_id}", json={"status": "archived"})
    (line,) = server.logged(f"case={case.case_id} ")
    assert re.fullmatch(
        rf"\d{{4}}-\d\d-\d\d [\d:,]+ INFO [0-9a-f]{{12}} PUT user={ada.user_id} case={case.case_id} "
        r"status=200 \d+ ms",
        line,
    )


def test_no_name_note_or_token_is_ever_logged(
    api: httpx.Client, ada: Session, new_case: Callable[..., Case], server: Server
) -> None:
    case = new_case(patient_name="Canaria Before")
    path = f"/cases/cases/{case.case_id}"
    api.put(path, json={"patient_name": "Canaria After", "case_summary": "Canaria sings."})
    api.put(path, json={"status": "Canaria", "Canaria": 1})
    api.put(path, content=b'{"case_summary": "Canaria')
    api.get(path, headers={"If-Match": "Canaria", "X-Canaria": "Canaria"})
    assert server.logged(f"GET user={ada.user_id} case={case.case_id} ")
    assert "Canaria" not in server.output
    assert ada.access_token.rsplit(".")[-1] not in server.output
