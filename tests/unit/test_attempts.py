from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import time_machine

from lib.accounts.attempts import Attempts
from lib.errors import SignInRefused, TooManyAttempts

MINUTE = 60


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel("2026-03-04T10:00:00Z", tick=False) as traveller:
        yield traveller


@pytest.fixture
def attempts(clock: time_machine.Traveller) -> Attempts:
    return Attempts()


def fail(attempts: Attempts, account: str = "ada@demo.example", address: str = "192.0.2.1") -> None:
    with pytest.raises(SignInRefused), attempts.count_failures(account, address):
        raise SignInRefused


def succeed(attempts: Attempts, account: str = "ada@demo.example", address: str = "192.0.2.1") -> None:
    with attempts.count_failures(account, address):
        pass


def wait_of(attempts: Attempts, account: str = "ada@demo.example", address: str = "192.0.2.1") -> int:
    with pytest.raises(TooManyAttempts) as refusal, attempts.count_failures(account, address):
        pytest.fail("the ninth try was let through")
    return refusal.value.minutes


def test_eight_failures_in_15_minutes_lock_an_account(attempts: Attempts) -> None:
    for number in range(8):
        fail(attempts, address=f"192.0.2.{number}")
    assert wait_of(attempts, address="192.0.2.99") == 15


def test_the_account_is_the_same_however_it_is_written(attempts: Attempts) -> None:
    for number in range(8):
        fail(attempts, account=" ADA@demo.example ", address=f"192.0.2.{number}")
    assert wait_of(attempts, address="192.0.2.99") == 15


def test_eight_failures_in_15_minutes_lock_an_address(attempts: Attempts) -> None:
    for number in range(8):
        fail(attempts, account=f"clinician{number}@demo.example")
    assert wait_of(attempts, account="another@demo.example") == 15
    succeed(attempts, account="another@demo.example", address="192.0.2.99")


def test_the_wait_ends_when_it_said(attempts: Attempts, clock: time_machine.Traveller) -> None:
    for _ in range(8):
        fail(attempts)
    clock.shift(15 * MINUTE - 1)
    assert wait_of(attempts) == 1
    clock.shift(2)
    succeed(attempts)


def test_who_goes_on_failing_waits_longer(attempts: Attempts, clock: time_machine.Traveller) -> None:
    waits = []
    for _ in range(3):
        for _ in range(8):
            fail(attempts)
        waits.append(wait_of(attempts))
        clock.shift(waits[-1] * MINUTE + 1)
    assert waits == sorted(set(waits))
    assert waits[0] == 15


def test_a_success_forgives_the_account_but_not_the_address(attempts: Attempts) -> None:
    for _ in range(7):
        fail(attempts)
    succeed(attempts)
    fail(attempts)
    assert wait_of(attempts) == 15
    fail(attempts, address="192.0.2.99")


def test_successes_are_not_counted(attempts: Attempts) -> None:
    for _ in range(50):
        succeed(attempts)


def test_a_burst_is_counted_one_by_one(attempts: Attempts) -> None:
    def guess(number: int) -> str:
        try:
            with attempts.count_failures("ada@demo.example", f"192.0.2.{number}"):
                raise SignInRefused
        except (SignInRefused, TooManyAttempts) as error:
            return type(error).__name__

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(guess, range(20)))
    assert outcomes.count("SignInRefused") == 8


def test_requests_for_a_code_are_counted_apart_from_sign_ins(attempts: Attempts) -> None:
    for _ in range(8):
        attempts.count_request("ada@demo.example", "192.0.2.1")
    with pytest.raises(TooManyAttempts):
        attempts.count_request("ada@demo.example", "192.0.2.99")
    succeed(attempts)
