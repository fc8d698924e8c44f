"""Run the soak: `python -m bench.soak [--seconds 600] [--clinicians 50]`.

It ends with 1 where something was lost, somebody was locked out, or memory grew. Ten minutes or more with everybody
renew the table in `docs/operations.md`.
"""

from __future__ import annotations

import argparse
import logging
import os
import platform
import re
import sys
import textwrap
from datetime import UTC, datetime

from bench.places import embedded_supabase
from bench.soak.run import Outcome, soak
from lib.backend.settings import ROOT

PAGE = ROOT / "docs" / "operations.md"
FIGURES = re.compile(r"(<!-- soak -->\n).*(<!-- end of soak -->)", re.DOTALL)
SECONDS, CLINICIANS = 600, 50


def main() -> int:
    """Run it and tell what came of it."""
    parser = argparse.ArgumentParser(prog="bench.soak", description="Everything at once, for a while.")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--clinicians", type=int, default=CLINICIANS)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with embedded_supabase() as supabase:
        outcome = soak(supabase, seconds=asked.seconds, clinicians=asked.clinicians)
    print(f"\n{tell(outcome)}", *outcome.failures, sep="\n")
    if asked.seconds >= SECONDS and asked.clinicians >= CLINICIANS:
        text = PAGE.read_text("utf-8")
        PAGE.write_text(FIGURES.sub(lambda found: f"{found[1]}{tell(outcome)}\n{found[2]}", text), "utf-8")
    return 0 if outcome.holds else 1


def tell(outcome: Outcome) -> str:
    """Write what came of it as a table in Markdown."""
    rows = [("what", "figure", "goal", ""), ("---", "--:", "---", "---")]
    rows += [(row.name, row.figure, row.goal, row.verdict) for row in outcome.rows]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    return f"{_describe_run()}\n\n{table}"


def _describe_run() -> str:
    cores, load = os.cpu_count(), ", ".join(f"{load:.1f}" for load in os.getloadavg())
    return textwrap.fill(
        f"Measured on {datetime.now(UTC):%Y-%m-%d}, server, Supabase and attackers on the same {cores} cores, "
        f"Python {platform.python_version()}; load at the end, over 1, 5 and 15 minutes: {load}.",
        120,
    )


if __name__ == "__main__":
    sys.exit(main())
