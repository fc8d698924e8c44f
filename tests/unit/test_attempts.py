"""Tries of passwords and codes on an injected clock: who waits, who is refused, and for how long."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from lib.accounts import attempts as module
from lib.accounts.attempts import ADDRESS_LIMIT, Attempts
from lib.errors import BackendUnavailable, SignInRefused, TooManyAttempts
from tests.clock import Clock

HOUR = 3600.0
ADA, HOME = "ada@demo.example", "192.0.2.1"


@pytest.fixture
def attempts(clock: Clock) -> Attempts:
    return Attempts(clock, clock.sleep)


def fail(attempts: Attempts, account: str = ADA, address: str = HOME, of: str = "password") -> None:
    with pytest.raises(SignInRefused), attempts.count_failures(account, address, of=of):
        raise SignInRefused


def succeed(attempts: Attempts, account: str = ADA, address: str = HOME, of: str = "password") -> None:
    with attempts.count_failures(account, address, of=of):
        pass


def refused_for(attempts: Attempts, account: str = ADA, address: str = HOME) -> float:
    with pytest.raises(TooManyAttempts) as refusal, attempts.count_failures(account, address):
        pytest.fail("it was let through")
    return refusal.value.seconds


def test_three_mistypes_cost_nothing_and_the_next_a_growing_delay(attempts: Attempts, clock: Clock) -> None:
    for _ in range(7):
        fail(attempts)
    assert clock.slept == [1, 2, 4, 8]


def test_a_delay_that_has_passed_by_itself_is_not_waited_for(attempts: Attempts, clock: Clock) -> None:
    for _ in range(7):
        fail(attempts)
        clock.pass_by(9)
    assert clock.slept == []


def test_after_the_delays_come_short_refusals_that_grow_to_20_minutes(attempts: Attempts, clock: Clock) -> None:
    for _ in range(7):
        fail(attempts)
    refusals = []
    for _ in range(8):
        refusals.append(round(refused_for(attempts)))
        clock.pass_by(refusals[-1])
        fail(attempts)
    assert refusals[:6] == [30, 60, 120, 240, 480, 960]
    assert max(refusals) == refusals[-1] == 1200


def test_a_refusal_is_not_prolonged_by_trying(attempts: Attempts, clock: Clock) -> None:
    for _ in range(7):
        fail(attempts)
    for _ in range(50):
        refused_for(attempts)
    clock.pass_by(30)
    succeed(attempts)


def test_a_night_forgives(attempts: Attempts, clock: Clock) -> None:
    for _ in range(7):
        fail(attempts)
    clock.pass_by(8 * HOUR)
    clock.slept.clear()
    for _ in range(3):
        fail(attempts)
    assert clock.slept == []


def test_the_account_is_the_same_however_it_is_written(attempts: Attempts) -> None:
    for _ in range(7):
        fail(attempts, account=" ADA@demo.example ")
    assert refused_for(attempts) > 0


@pytest.mark.parametrize(
    ("one", "other"),
    [("2001:db8:1:2::3", "2001:db8:1:2:ffff::9"), ("::ffff:192.0.2.1", "192.0.2.1")],
)
def test_addresses_of_one_subscriber_are_one(attempts: Attempts, one: str, other: str) -> None:
    for _ in range(7):
        fail(attempts, address=one)
    assert refused_for(attempts, address=other) > 0
    fail(attempts, address="2001:db8:1:3::3")


def test_failures_elsewhere_never_refuse_a_clean_address(attempts: Attempts, clock: Clock) -> None:
    for number in range(1000):
        fail(attempts, address=f"198.51.100.{number}")
    clock.slept.clear()
    succeed(attempts)
    assert clock.slept == [module.LONGEST_HOLD]


def test_who_has_signed_in_from_an_address_is_not_slowed_by_strangers(attempts: Attempts, clock: Clock) -> None:
    succeed(attempts)
    for number in range(1000):
        fail(attempts, address=f"198.51.100.{number}")
    clock.slept.clear()
    succeed(attempts)
    assert clock.slept == []


def test_colleagues_behind_one_address_do_not_refuse_each_other(attempts: Attempts, clock: Clock) -> None:
    for number in range(ADDRESS_LIMIT - 1):
        fail(attempts, account=f"colleague{number}@demo.example")
    succeed(attempts)
    assert clock.slept == []


def test_an_address_is_refused_far_later_but_not_who_has_signed_in_from_it(attempts: Attempts) -> None:
    succeed(attempts, account="known@demo.example")
    for number in range(ADDRESS_LIMIT):
        fail(attempts, account=f"guessed{number}@demo.example")
    assert refused_for(attempts) == pytest.approx(30)
    succeed(attempts, account="known@demo.example")
    succeed(attempts, address="203.0.113.9")


def test_a_success_clears_what_belongs_to_it_alone(attempts: Attempts, clock: Clock) -> None:
    for _ in range(7):
        fail(attempts)
        fail(attempts, address="203.0.113.9")
    clock.pass_by(30)
    succeed(attempts)
    clock.slept.clear()
    for _ in range(3):
        fail(attempts)
    assert clock.slept == []
    assert fails_freely(attempts, address="203.0.113.9") is False


def fails_freely(attempts: Attempts, address: str) -> bool:
    for _ in range(2):
        try:
            fail(attempts, address=address)
        except TooManyAttempts:
            return False
    return True


def test_successes_are_not_counted(attempts: Attempts, clock: Clock) -> None:
    for _ in range(2 * ADDRESS_LIMIT):
        succeed(attempts)
    succeed(attempts, account="another@demo.example")
    assert clock.slept == []


def test_codes_have_counters_of_their_own(attempts: Attempts) -> None:
    for _ in range(7):
        fail(attempts, of="code")
    succeed(attempts)
    for _ in range(5):
        attempts.count_request("ben@demo.example", HOME, of="mail")
    succeed(attempts, account="ben@demo.example", of="code")


def test_requests_of_a_stranger_do_not_refuse_the_owners_own(attempts: Attempts) -> None:
    for number in range(100):
        attempts.count_request(ADA, f"198.51.100.{number}", of="mail")
    attempts.count_request(ADA, HOME, of="mail")


def test_where_supabase_failed_nothing_is_counted(attempts: Attempts, clock: Clock) -> None:
    for _ in range(50):
        with pytest.raises(BackendUnavailable), attempts.count_failures(ADA, HOME):
            raise BackendUnavailable
    assert clock.slept == []


def test_where_supabase_failed_the_next_try_is_not_delayed(attempts: Attempts, clock: Clock) -> None:
    for _ in range(3):
        fail(attempts)
    clock.pass_by(60)
    with pytest.raises(BackendUnavailable), attempts.count_failures(ADA, HOME):
        raise BackendUnavailable
    succeed(attempts)
    assert clock.slept == []


def test_tries_at_the_same_moment_are_counted_before_they_are_made(clock: Clock) -> None:
    attempts = Attempts(clock, lambda seconds: None)

    def guess(_: int) -> str:
        try:
            fail(attempts)
        except TooManyAttempts:
            return "refused"
        return "tried"

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(guess, range(40))).count("tried") == 6


def test_tries_on_many_accounts_at_the_same_moment_stay_within_the_limit_of_their_address(clock: Clock) -> None:
    attempts = Attempts(clock, lambda seconds: None)

    def guess(number: int) -> str:
        try:
            fail(attempts, account=f"guessed{number}@demo.example")
        except TooManyAttempts:
            return "refused"
        return "tried"

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(guess, range(2 * ADDRESS_LIMIT))).count("tried") == ADDRESS_LIMIT


def test_no_address_is_kept_in_plain_text_and_memory_is_bounded(
    attempts: Attempts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "REMEMBERED", 50)
    for number in range(200):
        fail(attempts, account=f"guessed{number}@demo.example", address=f"198.51.100.{number}")
    kept = [counts._kept for counts in (attempts._pairs, attempts._accounts, attempts._addresses)]
    assert [len(keys) for keys in kept] == [50, 50, 50]
    assert {len(key) for keys in kept for key in keys} == {16}
