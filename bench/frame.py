"""A row of the bench, and how it is measured: subject and baseline in turn, so that both meet the same noise."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

Turn = Callable[[], list[float]]
"""One turn of a measurement: the figures it brings."""

Reading = Literal["median", "p95", "ratio", "difference"]


class CannotRun(Exception):
    """A measurement needs something that this machine does not have; the text says what."""


class OutOfTime(BaseException):
    """A subject takes longer than it may: its other rows are not measured, whatever else catches exceptions."""


@dataclass(frozen=True)
class Goal:
    """A limit to what is read off a row: `Goal("ratio", 1.4)` is at most 1.4 times the baseline's median."""

    reading: Reading
    limit: float
    at_least: bool = False

    def __str__(self) -> str:
        return f"{self.reading} {'≥' if self.at_least else '≤'} {self.limit:g}"


@dataclass(frozen=True)
class Row:
    """What is measured, by how many turns of each side, and the goal; without a goal it is there to compare with."""

    name: str
    subject: Turn
    baseline: Turn | None = None
    goal: Goal | None = None
    turns: int = 1
    unit: str = "ms"


Rows = Generator[Row, None, None]
"""What a subject's file yields; the parts that a row needs run until the next row is asked for."""


@dataclass(frozen=True)
class Figures:
    """What the turns of one side brought."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the middle one."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """Return the one that 95 of 100 do not exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, len(ordered) * 95 // 100)]


@dataclass(frozen=True)
class Result:
    """A row and what was measured for it; `missing` says why it could not be."""

    name: str
    unit: str = ""
    goal: Goal | None = None
    subject: Figures | None = None
    baseline: Figures | None = None
    missing: str = ""

    @property
    def reading(self) -> float | None:
        """Return the figure that the goal is about."""
        if self.goal is None or self.subject is None:
            return None
        match self.goal.reading:
            case "p95":
                return self.subject.p95
            case "median":
                return self.subject.median
            case "ratio":
                return self.ratio
            case "difference":
                return self.subject.median - self.baseline.median if self.baseline else None

    @property
    def ratio(self) -> float | None:
        """Return how many times the baseline's median the subject takes."""
        return self.subject.median / self.baseline.median if self.subject and self.baseline else None

    @property
    def used(self) -> float | None:
        """Return which part of its goal a row uses up: more than 1 misses it."""
        if self.goal is None or self.reading is None:
            return None
        part, whole = (self.goal.limit, self.reading) if self.goal.at_least else (self.reading, self.goal.limit)
        return part / whole if whole else math.inf if part else 0.0


def measure(row: Row) -> Result:
    """Measure a row."""
    subject: list[float] = []
    baseline: list[float] = []
    for _ in range(row.turns):
        subject += row.subject()
        baseline += row.baseline() if row.baseline else []
    return Result(
        row.name,
        row.unit,
        row.goal,
        Figures(tuple(subject)),
        Figures(tuple(baseline)) if baseline else None,
    )


def measure_all(name: str, rows: Rows) -> Iterator[Result]:
    """Measure the rows of a subject one by one; one that fails says why, and the others are measured all the same."""
    try:
        while row := _next(name, rows):
            yield _measure(row)
    except OutOfTime as reason:
        yield Result(f"{name}: the rest", missing=str(reason))


def each(parts: Mapping[str, Rows]) -> Rows:
    """Go through the parts of a subject; where one fails, a row of its name says why, and the next one follows."""
    for name, rows in parts.items():
        while row := _next(name, rows):
            yield row


def _next(name: str, rows: Rows) -> Row | None:
    """Return the next row; where what it needs cannot be had, one that fails for the same reason."""
    try:
        return next(rows, None)
    except Exception as error:
        return Row(name, partial(_fail, error))


def _fail(error: Exception) -> list[float]:
    raise error


def _measure(row: Row) -> Result:
    try:
        return measure(row)
    except Exception as error:
        return Result(row.name, row.unit, row.goal, missing=_tell(error))


def _tell(error: Exception) -> str:
    first_line = next(iter(str(error).splitlines()), "")
    return first_line if isinstance(error, CannotRun) else f"{type(error).__name__} {first_line}".strip()


def timed(call: Callable[[], object]) -> Turn:
    """Make a turn of a call: the milliseconds that it takes."""

    def turn() -> list[float]:
        started = time.perf_counter()
        call()
        return [(time.perf_counter() - started) * 1000]

    return turn


def known(*values: float) -> Turn:
    """Make a turn of figures that are there already."""
    return lambda: list(values)
