"""How the bench reads its figures and writes its page."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import SUBJECTS
from bench.frame import CannotRun, Goal, OutOfTime, Result, Row, Rows, each, known, measure, measure_all
from lib.backend.settings import ROOT


def test_subject_and_baseline_take_turns() -> None:
    turns: list[str] = []

    def note(side: str, figure: float) -> list[float]:
        turns.append(side)
        return [figure]

    result = measure(Row("a row", lambda: note("ours", 2), lambda: note("theirs", 4), Goal("ratio", 0.8), turns=2))
    assert turns == ["ours", "theirs", "ours", "theirs"]
    assert (result.ratio, result.reading, result.used) == (0.5, 0.5, 0.625)


@pytest.mark.parametrize(
    ("goal", "used"),
    [
        (Goal("median", 10), 0.2),
        (Goal("p95", 10), 0.9),
        (Goal("difference", 10), 0.1),
        (Goal("median", 1, at_least=True), 0.5),
        (Goal("median", 0), math.inf),
        (None, None),
    ],
)
def test_a_goal_says_which_figure_it_is_about(goal: Goal | None, used: float | None) -> None:
    assert measure(Row("a row", known(2, 2, 9), known(1), goal)).used == used


def test_the_page_keeps_its_text_around_new_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page, plot = tmp_path / "performance.md", tmp_path / "performance.svg"
    page.write_text("Before.\n<!-- figures -->\nold\n<!-- end of figures -->\nAfter.\n", "utf-8")
    monkeypatch.setattr(report, "PAGE", page)
    monkeypatch.setattr(report, "PLOT", plot)
    missing = Result("no browser", missing="there is no Chromium")
    for _ in range(2):
        report.write([measure(Row("a <row>", known(3), known(2), Goal("ratio", 1.4))), missing])
    text = page.read_text("utf-8")
    assert text.startswith("Before.\n<!-- figures -->\nMeasured on ")
    assert "| a <row> | 3 ms | 3 ms | 2 ms | 2 ms | 1.50× | ratio ≤ 1.4 | missed |" in text
    assert "not measured: there is no Chromium" in text
    assert "old" not in text
    assert text.endswith("<!-- end of figures -->\nAfter.\n")
    assert "a &lt;row></text>" in plot.read_text("utf-8")


def test_every_file_that_measures_is_a_subject() -> None:
    files = {file.stem for file in (ROOT / "bench").glob("*.py") if "def rows(" in file.read_text("utf-8")}
    assert files == set(SUBJECTS)


def rows_of(*rows: Row, then: BaseException | None = None) -> Rows:
    yield from rows
    if then:
        raise then


def test_a_row_that_fails_says_why_and_the_others_are_measured() -> None:
    def fail() -> list[float]:
        raise ValueError("no figure\nand more")

    parts = {
        "browser": rows_of(Row("before", known(1)), then=CannotRun("there is no Chromium")),
        "server": rows_of(Row("fails", fail), Row("goes on", known(2))),
    }
    told = {result.name: result.missing for result in measure_all("subject", each(parts))}
    assert told == {
        "before": "",
        "browser": "there is no Chromium",
        "fails": "ValueError no figure",
        "goes on": "",
    }


def test_a_subject_that_takes_too_long_ends_with_what_was_measured() -> None:
    slow = rows_of(Row("before", known(1)), then=OutOfTime("it took too long"))
    results = list(measure_all("subject", each({"slow": slow, "never": rows_of(Row("never", known(1)))})))
    assert [result.missing for result in results] == ["", "it took too long"]
