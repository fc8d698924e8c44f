"""Answers that could tell whether an address has an account leave at a fixed moment, while the work goes on behind."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from lib.errors import BackendBusy, PasswordRefused
from lib.logs import name_error

ANSWER_SECONDS = 3.0
"""Longer than Supabase takes for a password, and than a mail server takes for a mail, on a busy day."""
AT_A_TIME = 64

log = logging.getLogger("case_desk")
_workers = ThreadPoolExecutor(AT_A_TIME, "account")
_places = threading.BoundedSemaphore(AT_A_TIME)


def wait_out(started: float) -> None:
    """Wait for the next multiple of the fixed moment since `started`."""
    time.sleep(-(time.monotonic() - started) % ANSWER_SECONDS)


def do_behind(work: Callable[[], object], *, after: Callable[[], object]) -> None:
    """Start some work and return at the fixed moment, whether it is done, has failed, or still goes on.

    What comes before has nothing to do with any account: whatever it raises is told at once.

    Raises:
        PasswordRefused: the new password is too weak, whoever it is for.
        BackendBusy: too much is under way already, for whomever.
    """
    started = time.monotonic()
    after()
    if not _places.acquire(blocking=False):
        raise BackendBusy
    outcome = _workers.submit(work)
    outcome.add_done_callback(_finish)
    wait_out(started)
    if outcome.done() and isinstance(error := outcome.exception(), PasswordRefused):
        raise error


def _finish(outcome: Future[object]) -> None:
    _places.release()
    if (error := outcome.exception()) and not isinstance(error, PasswordRefused):
        # Told to nobody: a mail that could not be sent would tell that there is an account.
        log.warning("A request about an account failed unseen by its sender: %s.", name_error(error))
