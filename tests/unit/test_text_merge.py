"""Two summaries made of one: no word of either is lost."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cases.text_merge import merge_texts

TEXTS = st.lists(st.sampled_from(["fever", "39", "cough", "ECG", "done.", "\n", " "]), max_size=20).map("".join)


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "merged"),
    [
        ("Fever.", "Fever.\nTheirs.", "Fever.\nMine.", "Fever.\nTheirs.\nMine."),
        ("Fever 39.", "Fever 38.", "Fever 40.", "Fever [38. | 40.]"),
        ("One two three", "1 two three", "One two 3", "1 two 3"),
        ("", "A b", "C d", "A b\nC d"),
        ("Same.", "Same.", "Mine.", "Mine."),
        ("Same.", "Both.", "Both.", "Both."),
        ("One\r\nTwo", "One\nTwo\nThree", "One\nTwo", "One\nTwo\nThree"),
    ],
)
def test_what_both_made_of_a_text_is_in_the_merged_one(base: str, theirs: str, mine: str, merged: str) -> None:
    assert merge_texts(base, theirs, mine) == merged


@given(TEXTS, TEXTS)
def test_who_alone_changed_a_text_has_it_as_typed(base: str, mine: str) -> None:
    assert merge_texts(base, base, mine) == mine
    assert merge_texts(base, mine, base) == mine


def test_texts_that_repeat_themselves_are_merged_in_time() -> None:
    started = time.perf_counter()
    merge_texts("a b " * 5000, "b a " * 5000, "a a " * 5000)
    assert time.perf_counter() - started < 5
