"""A day of tries on an injected clock: guesses are few, and nobody but the guesser is refused."""

from __future__ import annotations

import heapq
import itertools
import random
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import pytest

from lib.accounts.attempts import HELD_SECONDS, LONGEST_HOLD, Attempts
from lib.errors import SignInRefused, TooManyAttempts

DAY = 24 * 3600.0
ROUND_TRIP = 0.05
"""Seconds that a try takes at least, which is all that keeps a guesser from trying faster."""

ADA = "ada@demo.example"
HOSPITAL = "192.0.2.1"
CLINICIANS = tuple(f"clinician{number}@demo.example" for number in range(300))
STRANGERS = tuple(f"stranger{number}@demo.example" for number in range(300))
MISTYPES = 0.05


class SignIn(NamedTuple):
    """Somebody who knows the password wants to sign in."""

    at: float
    account: str
    address: str


class Guesser(NamedTuple):
    """Somebody who tries passwords for these accounts in turn and never stops."""

    address: str
    accounts: tuple[str, ...]


class Day:
    """A day at the door: guessers who never stop, and people who sign in; `guesses` are those that were tried."""

    def __init__(self, *, seed: int = 1) -> None:
        self.now = 0.0
        self.held = 0.0
        self.guesses: Counter[str] = Counter()
        self.refused: list[SignIn] = []
        self.longest_wait = 0.0
        self._attempts = Attempts(lambda: self.now, self._hold)
        self._chance = random.Random(seed)

    def run(self, guessers: Iterable[Guesser], people: Iterable[SignIn]) -> None:
        """Let the guessers meet the people, in order of time."""
        queue: list[tuple[float, int, Guesser | SignIn]] = [(0.0, number, who) for number, who in enumerate(guessers)]
        queue += [(person.at, -number, person) for number, person in enumerate(people, 1)]
        heapq.heapify(queue)
        for turn in itertools.count():
            if not queue:
                break
            self.now, number, who = heapq.heappop(queue)
            if isinstance(who, SignIn):
                self._sign_in(who)
            elif (again_at := self._guess(who, turn)) < DAY:
                heapq.heappush(queue, (again_at, number, who))

    def _guess(self, guesser: Guesser, turn: int) -> float:
        account = guesser.accounts[turn % len(guesser.accounts)]
        wait = self._try(account, guesser.address, right=False)
        if wait <= HELD_SECONDS:
            self.guesses[account] += 1
            return self.now + wait + ROUND_TRIP
        # Against one account there is nothing to do but wait; among many, the next one may be free.
        return self.now + (wait if len(guesser.accounts) == 1 else 1.0)

    def _sign_in(self, person: SignIn) -> None:
        while self._chance.random() < MISTYPES:
            self._note(person, self._try(person.account, person.address, right=False))
        self._note(person, self._try(person.account, person.address, right=True))

    def _note(self, person: SignIn, wait: float) -> None:
        self.longest_wait = max(self.longest_wait, wait)
        if wait > HELD_SECONDS:
            self.refused.append(person)

    def _try(self, account: str, address: str, *, right: bool) -> float:
        """Try a password, and return the wait: up to the held seconds it was tried after it, else not at all."""
        self.held = 0.0
        try:
            with self._attempts.count_failures(account, address):
                if not right:
                    raise SignInRefused
        except SignInRefused:
            pass
        except TooManyAttempts as refusal:
            return refusal.seconds + ROUND_TRIP
        return self.held

    def _hold(self, seconds: float) -> None:
        self.held = seconds


def addresses(count: int) -> list[str]:
    return [f"198.51.{number // 256}.{number % 256}" for number in range(count)]


def owner_from_clean_addresses() -> list[SignIn]:
    """Ada at the door every quarter of an hour, each time from an address where nobody knows her."""
    return [SignIn(900.0 * number, ADA, f"203.0.113.{number}") for number in range(96)]


def hospital() -> list[SignIn]:
    """300 clinicians behind one address: all within the first quarter of an hour, then each every half hour."""
    chance = random.Random(2)
    return [
        SignIn(chance.uniform(0, 900) + 1800.0 * round_, account, HOSPITAL)
        for round_ in range(20)
        for account in CLINICIANS
    ]


@pytest.mark.parametrize(("count", "most"), [(1, 100), (1000, 100_000)])
def test_a_named_account_is_guessed_rarely_and_its_owner_is_never_refused(count: int, most: int) -> None:
    day = Day()
    day.run([Guesser(address, (ADA,)) for address in addresses(count)], owner_from_clean_addresses())
    assert 0 < day.guesses[ADA] <= most
    assert day.refused == []
    assert day.longest_wait <= LONGEST_HOLD


def test_three_hundred_clinicians_behind_one_address_are_never_refused() -> None:
    day = Day()
    day.run([], hospital())
    assert day.refused == []
    assert day.longest_wait <= 1


def test_one_who_guesses_behind_that_same_address_refuses_nobody_who_has_signed_in_there() -> None:
    day = Day()
    first_round, later = hospital()[: len(CLINICIANS)], hospital()[len(CLINICIANS) :]
    day.run([], first_round)
    day.run([Guesser(HOSPITAL, STRANGERS)], later)
    assert day.refused == []
    assert max(day.guesses.values()) <= 100


def test_one_who_guesses_at_a_colleague_behind_that_same_address_refuses_that_colleague_alone() -> None:
    day = Day()
    day.run([Guesser(HOSPITAL, CLINICIANS[:1])], hospital())
    assert {person.account for person in day.refused} == {CLINICIANS[0]}


def test_guessing_at_every_account_from_one_address_stays_within_the_limit_of_the_address() -> None:
    day = Day()
    day.run([Guesser(HOSPITAL, CLINICIANS)], [])
    assert max(day.guesses.values()) <= 100
    assert sum(day.guesses.values()) <= 3300
