"""Run the bench: `python -m bench [--quick] [subject…]`.

All of it takes less than ten minutes and renews `docs/performance.md` and its plot; `--quick` takes less than two and
prints alone.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench import report
from bench.frame import OutOfTime, Result, Rows, measure_all

SUBJECTS = (
    "http_api",
    "update_case",
    "worklist",
    "finding",
    "sessions",
    "growth",
    "opening",
    "triage",
    "first_load",
    "cold_start",
)
MOST_SECONDS = 200
"""A subject takes less than 140 on a machine that has nothing else to do."""


def main() -> None:
    """Measure what was asked for, and report it."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure Case Desk beside baselines.")
    parser.add_argument("--quick", action="store_true", help="fewer turns and sizes; nothing is written")
    parser.add_argument("subjects", nargs="*", default=SUBJECTS, help=f"some of {', '.join(SUBJECTS)}")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    started = time.monotonic()
    results = [result for name in asked.subjects for result in measure_subject(name, quick=asked.quick)]
    print(f"\n{report.describe_machine()}\nIt took {time.monotonic() - started:.0f} s.")
    if asked.subjects is SUBJECTS and not asked.quick:
        report.write(results)


def measure_subject(name: str, *, quick: bool) -> Iterator[Result]:
    """Measure each row of a subject and print it at once."""
    print(f"\n{name}", flush=True)
    rows = importlib.import_module(f"bench.{name}").rows(quick=quick)
    with within(MOST_SECONDS, rows):
        for result in measure_all(name, rows):
            print(report.line(result), flush=True)
            yield result


@contextmanager
def within(seconds: int, rows: Rows) -> Iterator[None]:
    """Stop what takes longer, so that one part that hangs does not keep the others from being measured."""

    def stop(*_: object) -> None:
        raise OutOfTime(f"it took longer than {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        rows.close()


if __name__ == "__main__":
    main()
