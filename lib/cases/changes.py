"""What was changed, by whom of two: the changes of a form, and the two that meet in a conflict. No request is made."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz

from lib.cases.models import TRIMMED_FIELDS, Case, CaseChanges
from lib.cases.word_diff import plain_breaks

_NEARLY_THE_SAME = 70
"""Percent: `Erik` and `Eric`, `Muller` and `Mueller`, but not `John` and `Jane`."""


@dataclass(frozen=True)
class Conflict:
    """One field that two people changed, each to something else."""

    loaded: Any
    now: Any
    mine: Any


@dataclass(frozen=True)
class Merge:
    """What becomes of my changes where the case has moved on.

    `applies` can be saved on top of the current case, `conflicts` have to be decided field by field, and `theirs`
    are the fields that were changed meanwhile, as they are now. What is there already is in neither of the first two.
    """

    applies: dict[str, Any]
    conflicts: dict[str, Conflict]
    theirs: dict[str, Any]


def find_changes(case: Case, typed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields whose typed value differs from the case as it was loaded."""
    return {field: value for field, value in typed.items() if differs(field, value, getattr(case, field))}


def differs(field: str, one: Any, other: Any) -> bool:
    """Tell whether two values of a field differ.

    A browser writes line breaks its own way, and names are stored without blanks around them: neither is a change.
    """
    return bool(_plain(field, one) != _plain(field, other))


def merge_changes(base: Case, current: Case, mine: Mapping[str, Any]) -> Merge:
    """Merge what I typed on `base` into the case as it is now; what both made alike is no conflict."""
    theirs = find_changes(base, {field: getattr(current, field) for field in CaseChanges.model_fields})
    open_ones = find_changes(current, mine)
    return Merge(
        applies={field: value for field, value in open_ones.items() if field not in theirs},
        conflicts={
            field: Conflict(getattr(base, field), theirs[field], value)
            for field, value in open_ones.items()
            if field in theirs
        },
        theirs=theirs,
    )


def shares_little(old_name: str, new_name: str) -> bool:
    """Tell whether a new name could well be another patient's.

    A name shares little where at most half of the words of the shorter one are found in the other, spelled nearly
    the same; order, case, accents and hyphens do not count.
    """
    old, new = _name_words(old_name), _name_words(new_name)
    if "".join(old) == "".join(new):
        return False
    fewer, more = sorted((old, new), key=len)
    found = sum(any(_is_nearly(word, other) for other in more) for word in fewer)
    return found * 2 <= len(fewer)


def _is_nearly(word: str, other: str) -> bool:
    is_initial = min(len(word), len(other)) == 1 and word[0] == other[0]
    return is_initial or fuzz.ratio(word, other) >= _NEARLY_THE_SAME


def _plain(field: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return value.strip() if field in TRIMMED_FIELDS else plain_breaks(value)


def _name_words(name: str) -> list[str]:
    """Return the words of a name without accents, case and marks; a name of marks alone is one word."""
    letters = unicodedata.normalize("NFKD", name.replace("-", " ")).casefold()
    words = ["".join(filter(_counts, word)) for word in letters.split()]
    return [word for word in words if word] or letters.split()


def _counts(character: str) -> bool:
    return not unicodedata.combining(character) and unicodedata.category(character)[0] in "LMN"
