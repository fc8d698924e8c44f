"""Many at a time: one of many guarded updates wins, clinicians never cross, and a stalled request holds up no other."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import jwt

from lib import Case, Session, create_case
from lib.server.http_api import CHECKS_AT_A_TIME
from tests.proxy import FaultProxy
from tests.server import Server

PATIENT = {"patient_age": 1, "patient_gender": "other"}


def test_of_twenty_updates_of_one_version_exactly_one_is_made(api: httpx.Client, case: Case, path: str) -> None:
    def update(age: int) -> int:
        return api.put(path, json={"patient_age": age}, headers={"If-Match": case.etag}).status_code

    with ThreadPoolExecutor(20) as crowd:
        assert Counter(crowd.map(update, range(20))) == {200: 1, 412: 19}


def test_a_hundred_interleaved_requests_of_two_clinicians_never_cross(
    ada: Session, ben: Session, browse: Callable[[Session | None], httpx.Client]
) -> None:
    clients = [browse(ada), browse(ben)]
    owned = [create_case(session, PATIENT | {"patient_name": session.email}) for session in (ada, ben)]

    def update(number: int) -> tuple[int, str | None]:
        case = owned[number // 2 % 2]
        answer = clients[number % 2].put(f"/cases/cases/{case.case_id}", json={"patient_age": number})
        return answer.status_code, answer.json().get("case", {}).get("patient_name")

    with ThreadPoolExecutor(10) as crowd:
        answers = list(crowd.map(update, range(100)))
    foreign = (404, None)
    assert answers == [(200, ada.email), foreign, foreign, (200, ben.email)] * 25


def test_while_one_update_waits_for_the_database_others_are_answered(
    api: httpx.Client, new_case: Callable[..., Case], path: str, case: Case, proxy: FaultProxy, server: Server
) -> None:
    others = [f"/cases/cases/{new_case().case_id}" for _ in range(3)]
    proxy.stall(f"case_id=eq.{case.case_id}")
    with ThreadPoolExecutor(1) as waiting:
        stalled = waiting.submit(api.put, path, json={"status": "archived"})
        proxy.wait_for(f"case_id=eq.{case.case_id}")
        assert [api.put(other, json={"patient_age": 5}).status_code for other in others] == [200] * 3
        dashboard = ["/", "/_stcore/health", "/case?case_id=1"]
        assert [api.get(page).status_code for page in dashboard] == [200] * 3
        assert not stalled.done()
        proxy.forward()
        answer = stalled.result()
    assert answer.status_code == 500
    assert re.search(r"\(reference \w{12}\)$", answer.json()["detail"])


def test_while_auth_is_silent_forged_tokens_hold_up_nobody_whose_token_is_known(
    ada: Session, api: httpx.Client, browse: Callable[[Session | None], httpx.Client], path: str, proxy: FaultProxy
) -> None:
    assert api.get(path).status_code == 200
    proxy.stall("/auth/")
    claims = jwt.decode(ada.access_token, options={"verify_signature": False})
    forged = [jwt.encode(claims | {"number": number}, "another secret of thirty-two bytes") for number in range(60)]

    def ask(token: str) -> int:
        return browse(None).get(path, headers={"Authorization": f"Bearer {token}"}).status_code

    with ThreadPoolExecutor(len(forged)) as crowd:
        refused = [crowd.submit(ask, token) for token in forged]
        proxy.wait_for("/auth/v1/user", CHECKS_AT_A_TIME)
        started = time.monotonic()
        assert api.put(path, json={"patient_age": 5}).status_code == 200
        assert time.monotonic() - started < 3
        proxy.forward()
        assert {each.result() for each in refused} <= {401, 500}
