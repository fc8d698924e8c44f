"""A Supabase whose answers come byte by byte: nobody waits for them longer than was promised."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import httpx
import pytest

from lib import Case, sign_in
from tests.clinicians import PASSWORD
from tests.protocol import client
from tests.proxy import FaultProxy
from tests.server import Server

ADA = "ada@demo.example"
TRICKLE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000
PROMISED, NEARLY = 8.0, 1.5

pytestmark = pytest.mark.timeout(120)


def seconds(act: Callable[[], object]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def test_an_update_waits_for_eight_seconds_in_all_though_every_step_is_slow(
    server: Server, case: Case, proxy: FaultProxy
) -> None:
    token = sign_in(ADA, PASSWORD).access_token
    proxy.delay(5, "/auth/v1/user")
    proxy.trickle(TRICKLE, "/rest/")

    def put() -> None:
        headers = {"Authorization": f"Bearer {token}", "If-Match": f'"2001-02-03T04:05:06Z", {case.etag}'}
        path = f"{server.url}/cases/cases/{case.case_id}"
        answer = httpx.put(path, headers=headers, json={"patient_age": 46}, timeout=60, verify=False)
        assert answer.status_code == 500

    assert PROMISED - 0.1 < seconds(put) < PROMISED + NEARLY


def test_a_page_is_drawn_after_eight_seconds_at_most_with_a_sentence_and_goes_on_when_supabase_is_back(
    server: Server, case: Case, proxy: FaultProxy
) -> None:
    cookie = client.sign_in(server.url, ADA)
    proxy.trickle(TRICKLE)
    took = {}
    for page in ("", "case", "activity"):
        with client.open_tab(server.url, cookie) as tab:
            took[page] = seconds(partial(tab.visit, page, f"case_id={case.case_id}"))
            assert tab.is_signed_in()
            assert tab.shows("The connection to the server failed."), page
    assert max(took.values()) < PROMISED + NEARLY, took
    proxy.forward()
    with client.open_tab(server.url, cookie) as tab:
        tab.visit("case", f"case_id={case.case_id}")
        assert tab.shows(case.patient_name)
