"""The log: time, level and one line; of an exception its type and where it came from, never its message.

Messages of exceptions can hold what a clinician typed. Streamlit logs every script error with its message, so the
rule is kept where all log records are made.
"""

from __future__ import annotations

import logging
import sys
import traceback
from typing import Any

_FRAMES = 8
_CAUSES = 5


def configure_logging() -> None:
    """Write the log to standard error, and keep the messages of exceptions out of it, whoever logs them."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("case_desk")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False
    logging.setLogRecordFactory(_make_record)


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
