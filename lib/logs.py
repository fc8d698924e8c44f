"""The log: time, level and one line; of an exception its type and where it came from, never its message.

Messages of exceptions can hold what a clinician typed. Streamlit logs every script error with its message, so the
rule is kept where all log records are made.
"""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

log = logging.getLogger("case_desk")

_FRAMES = 8
_CAUSES = 5
_PSEUDONYM_KEY = secrets.token_bytes(32)


def configure_logging() -> None:
    """Write the log to standard error, and keep the messages of exceptions out of it, whoever logs them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.setLogRecordFactory(_make_record)


@dataclass
class Action:
    """What a clinician does, for the log: whose, with which case, from which network address, as far as it is known."""

    name: str
    user: object = "-"
    case_id: object = "-"
    address: str = "-"


@contextmanager
def logged_action(action: Action) -> Iterator[Action]:
    """Leave one line about an action: a reference, who, which case, from where, how it ended, and milliseconds.

    What is known only later, such as who signed in, is set on the action inside.
    """
    started, outcome = time.perf_counter(), "stopped"
    try:
        yield action
        outcome = "ok"
    except Exception as error:
        outcome = name_error(error)
        raise
    finally:
        log.info(
            "%s %s user=%s case=%s from=%s outcome=%s %.0f ms",
            secrets.token_hex(6),
            action.name,
            action.user,
            action.case_id,
            re.sub(r"[^\w.:%]+", "-", action.address)[:60],
            outcome,
            (time.perf_counter() - started) * 1000,
        )


class Seldom:
    """Lets something into the log once a minute, however often it happens."""

    def __init__(self, seconds: float = 60, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds = seconds
        self._clock = clock
        self._next_at = 0.0

    def is_due(self) -> bool:
        """Tell whether it may be logged now; if so, not again for a minute."""
        now = self._clock()
        if now < self._next_at:
            return False
        self._next_at = now + self._seconds
        return True


def pseudonym(typed: str) -> str:
    """Return a name for what somebody typed as their address: the same for the same until the server starts again.

    It tells nothing else, because people type their password there at times.
    """
    digest = hashlib.blake2s(typed.strip().casefold().encode(errors="replace"), key=_PSEUDONYM_KEY, digest_size=6)
    return f"typed-{digest.hexdigest()}"


def name_error(error: BaseException) -> str:
    """Name an error and its cause; their texts could be about a patient."""
    cause = f" from {type(error.__cause__).__name__}" if error.__cause__ else ""
    return f"{type(error).__name__}{cause}"


def locate(error: BaseException) -> str:
    """Return the types of an exception and its causes, and the lines they came from; no message."""
    parts: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(parts) < _CAUSES:
        frames = reversed(traceback.extract_tb(cause.__traceback__)[-_FRAMES:])
        lines = " < ".join(f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames)
        parts.append(f"{type(cause).__qualname__} at {lines}")
        cause = cause.__cause__ or cause.__context__
    return " caused by ".join(parts)


_default_factory = logging.getLogRecordFactory()


def _make_record(*args: Any, **kwargs: Any) -> logging.LogRecord:
    record = _default_factory(*args, **kwargs)
    if isinstance(record.args, tuple):
        record.args = tuple(locate(value) if isinstance(value, BaseException) else value for value in record.args)
    if record.exc_info and record.exc_info[1] is not None:
        record.msg = f"{record.getMessage()} [{locate(record.exc_info[1])}]"
        record.args, record.exc_info = (), None
    return record
