"""How long an answer takes tells nothing about an account: not one by one, not under load, not with slow mail."""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

from lib.accounts import credentials, fixed_moments
from lib.accounts.sign_in import sign_in
from lib.backend.client import connect
from lib.backend.settings import Supabase
from lib.errors import SignInRefused
from tests.proxy import FaultProxy

PASSWORD = "correct horse battery"
MAIL_SECONDS = 0.7
CHECK_SECONDS = 0.7
AT_ONCE = 8
HASTE = 0.5
"""How much faster everything is here than in earnest, as far as the tests wait for it."""


@pytest.fixture(scope="module")
def known(supabase_project: Supabase) -> str:
    """An address that has an account."""
    connect(supabase_project)
    email = new_address()
    credentials.sign_up(email, PASSWORD)
    return email


@pytest.fixture(autouse=True)
def proxy(known: str, connected: Supabase) -> Iterator[FaultProxy]:
    """Supabase with a slow mail server: a known address gets codes, and an unknown one gets mail about its account."""
    with FaultProxy(connected.url) as between:
        between.delay(MAIL_SECONDS, "/recover", body=known)
        between.delay(MAIL_SECONDS, "/signup", body="unknown-")
        connect(Supabase(between.url, connected.key))
        yield between
        connect(connected)


def new_address() -> str:
    return f"unknown-{uuid.uuid4().hex}@demo.example"


def guess_password(email: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Email or password is not right"):
        sign_in(email, "a guess of mine")


def guess_code(email: str) -> None:
    with pytest.raises(SignInRefused, match=r"^Email or code is not right"):
        credentials.prove_by_code(email, "000000")


def sign_up(email: str) -> None:
    credentials.sign_up(email, PASSWORD)


def seconds(ask: Callable[[str], object], email: str) -> float:
    started = time.perf_counter()
    ask(email)
    return time.perf_counter() - started


ASKS = [guess_password, guess_code, credentials.send_code, sign_up]


@pytest.mark.parametrize("ask", ASKS)
def test_one_by_one_every_answer_leaves_at_the_same_moment(
    ask: Callable[[str], None], known: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fixed_moments, "ANSWER_SECONDS", 1.0)
    times = [seconds(ask, email) for _ in range(2) for email in (known, new_address())]
    assert min(times) >= 1
    assert max(times) - min(times) < 0.15


@pytest.mark.parametrize("ask", ASKS)
def test_under_parallel_tries_every_answer_leaves_at_the_same_moment(
    ask: Callable[[str], None], known: str, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Auth checks one password or code after the other, and has some to check for known addresses alone."""
    monkeypatch.setattr(fixed_moments, "ANSWER_SECONDS", HASTE * fixed_moments.ANSWER_SECONDS)
    for door in ("/token", "/verify"):
        proxy.queue(HASTE * CHECK_SECONDS, door, body=known)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        of_known = list(pool.map(lambda _: seconds(ask, known), range(AT_ONCE)))
        of_unknown = list(pool.map(lambda _: seconds(ask, new_address()), range(AT_ONCE)))
    moment = fixed_moments.ANSWER_SECONDS * math.ceil(AT_ONCE / fixed_moments.ANSWERED_IN_TIME)
    assert HASTE * CHECK_SECONDS * AT_ONCE > fixed_moments.ANSWER_SECONDS
    assert min(of_known + of_unknown) >= moment
    assert max(of_known + of_unknown) < moment + 0.5


def test_an_answer_waits_for_others_no_longer_than_12_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fixed_moments.LATEST * fixed_moments.ANSWER_SECONDS == 12
    monkeypatch.setattr(fixed_moments, "ANSWER_SECONDS", 0.1)
    with ExitStack() as others:
        for _ in range(100):
            others.enter_context(fixed_moments.fixed_moment())
        started = time.perf_counter()
        with fixed_moments.fixed_moment() as moment:
            moment.wait_out()
        assert 0.4 <= time.perf_counter() - started < 0.7


def test_who_knows_the_password_waits_for_no_moment(known: str) -> None:
    with ExitStack() as others:
        for _ in range(AT_ONCE):
            others.enter_context(fixed_moments.fixed_moment())
        assert seconds(lambda email: sign_in(email, PASSWORD), known) < fixed_moments.ANSWER_SECONDS
