"""A clock for tests, where time passes when they say so."""

from __future__ import annotations

import time


class Clock:
    """A clock that stands still at the present, until it is moved or somebody sleeps by it."""

    def __init__(self) -> None:
        self.now = time.time()
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def pass_by(self, seconds: float) -> None:
        """Let so much time pass."""
        self.now += seconds

    def sleep(self, seconds: float) -> None:
        """Let the time pass that somebody sleeps, and note it."""
        self.slept.append(seconds)
        self.pass_by(seconds)
