"""Answers that could tell whether an address has an account leave at a fixed moment, while the work goes on behind.

The moment is later where more such questions are under way, because then Supabase takes longer for those that make it
work. How many there are is known whatever they are about: each counts from its start to the moment of its answer.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager

from lib.errors import BackendBusy, PasswordRefused
from lib.logs import name_error

ANSWER_SECONDS = 3.0
"""Longer than Supabase takes for a password, and than a mail server takes for a mail, on a busy day."""
ANSWERED_IN_TIME = 3
"""Questions at the same time that Supabase answers within that, even if it takes a second for each in turn."""
LATEST = 4
"""Times that long, an answer waits at most for others: who mistypes during a flood is not held for ever."""
AT_A_TIME = 64

log = logging.getLogger("case_desk")
_workers = ThreadPoolExecutor(AT_A_TIME, "account")
_places = threading.BoundedSemaphore(AT_A_TIME)


class Moment:
    """When the answer to one question leaves."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._most = 0

    def note(self, under_way: int) -> None:
        """Take notice of how many questions are under way."""
        self._most = max(self._most, under_way)

    def wait_out(self) -> None:
        """Wait for the moment, or for its next multiple where the work took longer."""
        worked = time.monotonic() - self._started
        # Others may come meanwhile.
        while (left := self._started + self._due(worked) - time.monotonic()) > 0:
            time.sleep(left)

    def _due(self, worked: float) -> float:
        step = ANSWER_SECONDS * min(LATEST, math.ceil(self._most / ANSWERED_IN_TIME))
        return step * max(1, math.ceil(worked / step))


_under_way: set[Moment] = set()
_lock = threading.Lock()


@contextmanager
def fixed_moment() -> Iterator[Moment]:
    """Count a question about an account until it is answered."""
    mine = Moment()
    with _lock:
        _under_way.add(mine)
        for moment in _under_way:
            moment.note(len(_under_way))
    try:
        yield mine
    finally:
        with _lock:
            _under_way.discard(mine)


def do_behind(work: Callable[[], object], *, after: Callable[[], object]) -> None:
    """Start some work and return at the fixed moment, whether it is done, has failed, or still goes on.

    What comes before has nothing to do with any account: whatever it raises is told at once.

    Raises:
        PasswordRefused: the new password is too weak, whoever it is for.
        BackendBusy: too much is under way already, for whomever.
    """
    with fixed_moment() as moment:
        after()
        if not _places.acquire(blocking=False):
            raise BackendBusy
        outcome = _workers.submit(work)
        outcome.add_done_callback(_finish)
        moment.wait_out()
    if outcome.done() and isinstance(error := outcome.exception(), PasswordRefused):
        raise error


def _finish(outcome: Future[object]) -> None:
    _places.release()
    if (error := outcome.exception()) and not isinstance(error, PasswordRefused):
        # Told to nobody: a mail that could not be sent would tell that there is an account.
        log.warning("A request about an account failed unseen by its sender: %s.", name_error(error))
