"""How often a password or a code may be tried: few failures for an account and for an address, and a growing wait."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from limits import parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from lib.errors import SignInRefused, TooManyAttempts

ALLOWED = "8/15 minutes;16/1 hour;24/6 hours;32/1 day"
"""Failures for one account, and for one address: who goes on after a wait waits longer the next time."""


class Attempts:
    """Counts failed tries; a session that exists already is never touched by them."""

    def __init__(self) -> None:
        self._limits = parse_many(ALLOWED)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._one_at_a_time = [threading.Lock() for _ in range(64)]

    @contextmanager
    def count_failures(self, account: str, address: str) -> Iterator[None]:
        """Try something for an account from an address; `SignInRefused` inside counts as a failure.

        Tries for one account wait for each other, so that a burst is counted one by one.

        Raises:
            TooManyAttempts: too many tries failed; nothing was tried.
        """
        account = account.strip().casefold()
        keys = (f"account:{account}", f"address:{address}")
        with self._one_at_a_time[hash(account) % len(self._one_at_a_time)]:
            self._refuse_excess(keys)
            try:
                yield
            except SignInRefused:
                self._count(keys)
                raise
            self._forgive(keys[0])

    def count_request(self, account: str, address: str) -> None:
        """Count a try whose outcome is not told, such as a request for a code.

        Raises:
            TooManyAttempts: there were too many.
        """
        keys = (f"mail-to:{account.strip().casefold()}", f"mail-from:{address}")
        self._refuse_excess(keys)
        self._count(keys)

    def _refuse_excess(self, keys: tuple[str, ...]) -> None:
        waits = [
            self._limiter.get_window_stats(limit, key).reset_time - time.time()
            for limit in self._limits
            for key in keys
            if not self._limiter.test(limit, key)
        ]
        if waits:
            raise TooManyAttempts(max(1, math.ceil(max(waits) / 60)))

    def _count(self, keys: tuple[str, ...]) -> None:
        for limit in self._limits:
            for key in keys:
                self._limiter.hit(limit, key)

    def _forgive(self, key: str) -> None:
        for limit in self._limits:
            self._limiter.clear(limit, key)
