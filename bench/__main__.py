"""Run the bench: `python -m bench [--quick] [subject…]`.

All of it takes less than ten minutes and renews `docs/performance.md` and its plot; `--quick` takes less than two and
prints alone.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import time
from collections.abc import Iterator

from bench import report
from bench.frame import CannotRun, Result, measure

SUBJECTS = ("http_api", "update_case", "worklist", "sessions", "growth", "opening", "first_load", "cold_start")


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
    rows = importlib.import_module(f"bench.{name}").rows(quick=quick)
    print(f"\n{name}", flush=True)
    try:
        for row in rows:
            result = measure(row)
            print(report.line(result), flush=True)
            yield result
    except CannotRun as reason:
        print(f"  cannot run here: {reason}", flush=True)
        yield Result(name, missing=str(reason))


if __name__ == "__main__":
    main()
