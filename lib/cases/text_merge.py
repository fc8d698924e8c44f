"""Two summaries made of one: what each of two people wrote, in one text for a person to correct."""

from __future__ import annotations

import re
from collections.abc import Sequence

from merge3 import Merge3
from rapidfuzz.distance import Indel

from lib.cases.word_diff import plain_breaks

_WORDS = re.compile(r"\s+|\S+")


class _Matcher:
    """Where two texts agree, by a minimal diff whose time is bounded: difflib's is quadratic."""

    def __init__(self, _: object, one: Sequence[str], other: Sequence[str]) -> None:
        self._found = Indel.opcodes(one, other)

    def get_matching_blocks(self) -> list[tuple[int, int, int]]:
        """Return the stretches that both have: where they begin in each, and how long they are."""
        return [(block.a, block.b, block.size) for block in self._found.as_matching_blocks()]


def merge_texts(base: str, theirs: str, mine: str) -> str:
    """Return what both made of a text: what both added one after the other, what both replaced as `[theirs | mine]`."""
    merge = Merge3(_split(base), _split(theirs), _split(mine), sequence_matcher=_Matcher)
    return "".join(_join(*group) for group in merge.merge_groups())


def _join(kind: str, *parts: Sequence[str]) -> str:
    if kind != "conflict":
        return "".join(parts[0])
    replaced, theirs, mine = ("".join(part) for part in parts)
    if replaced.strip():
        return f"[{theirs} | {mine}]"
    between = "" if theirs[-1:].isspace() or mine[:1].isspace() else "\n"
    return f"{theirs}{between}{mine}"


def _split(text: str) -> list[str]:
    return _WORDS.findall(plain_breaks(text))
