"""What the style may ask of a page: each selector is tried on few elements."""

from __future__ import annotations

import re

from lib.ui.look import HEAD_HEIGHT, ROW_HEIGHT, STYLE
from lib.ui.scripts import BENCH_SCRIPT


def test_no_selector_is_tried_on_every_element() -> None:
    assert [selector for selector in _selectors() if _last_part(selector).startswith((":", "[class", "*"))] == []


def test_scripts_know_how_high_rows_are() -> None:
    assert f"[HEAD, ROW] = [{HEAD_HEIGHT}, {ROW_HEIGHT}];" in BENCH_SCRIPT


def _selectors() -> list[str]:
    rules = re.sub(r"/\*.*?\*/|@(?:media|keyframes)[^{]*\{", "", STYLE, flags=re.DOTALL)
    heads = re.findall(r"([^{}]+)\{", rules.removeprefix("<style>"))
    # What stands in brackets is asked of the elements that the rest lets through.
    return [selector.strip() for head in heads for selector in _without_brackets(head).split(",")]


def _without_brackets(selector: str) -> str:
    while (shorter := re.sub(r"\([^()]*\)", "", selector)) != selector:
        selector = shorter
    return selector


def _last_part(selector: str) -> str:
    return re.split(r"[\s>~+]+", selector)[-1]
