"""What changed between two texts, word by word: complete, short, and quick on the worst of texts."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cases.word_diff import Piece, diff_words, plain_breaks

WORDS = st.lists(st.sampled_from(["no", "fever", " ", "\n", ",", "130/80", "咳", "ä", "\r\n", "👩‍⚕️"])).map("".join)
RANDOM = random.Random(0)


def random_words(vocabulary: int) -> str:
    return " ".join(f"w{RANDOM.randrange(vocabulary)}" for _ in range(9_000))[:20_000]


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", ()),
        ("", "Cough.", (("added", "Cough."),)),
        ("Cough.", "", (("removed", "Cough."),)),
        ("Cough.", "Cough.", (("same", "Cough."),)),
        (
            "BP 130/80, HR 72",
            "BP 130/85, HR 72",
            (("same", "BP "), ("removed", "130/80"), ("added", "130/85"), ("same", ", HR 72")),
        ),
        ("Cough.", "Cough. No fever.", (("same", "Cough."), ("added", " No fever."))),
        ("咳嗽三天", "咳嗽五天", (("same", "咳嗽"), ("removed", "三"), ("added", "五"), ("same", "天"))),
        ("One\r\nTwo\rThree", "One\nTwo\nThree", (("same", "One\nTwo\nThree"),)),
    ],
)
def test_whole_words_are_gone_or_came(before: str, after: str, pieces: tuple[tuple[str, str], ...]) -> None:
    assert diff_words(before, after) == pieces


def test_a_sentence_written_again_is_one_change_and_not_a_mosaic() -> None:
    before = "The patient came in with a cough and was sent home. Follow-up in a week."
    after = "She reports chest pain, was admitted and monitored overnight. Follow-up in a week."
    assert diff_words(before, after) == (
        Piece("removed", "The patient came in with a cough and was sent home"),
        Piece("added", "She reports chest pain, was admitted and monitored overnight"),
        Piece("same", ". Follow-up in a week."),
    )


def test_changes_on_two_lines_stay_two_changes() -> None:
    assert diff_words("Mild fatigue.\nBP 130/80", "Marked fatigue and night sweats.\nBP 145/95") == (
        Piece("removed", "Mild"),
        Piece("added", "Marked"),
        Piece("same", " fatigue"),
        Piece("added", " and night sweats"),
        Piece("same", ".\nBP "),
        Piece("removed", "130/80"),
        Piece("added", "145/95"),
    )


@given(WORDS | st.text(), WORDS | st.text())
def test_the_pieces_are_both_texts_and_nothing_else(before: str, after: str) -> None:
    pieces = diff_words(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == plain_breaks(before)
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == plain_breaks(after)
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in pairwise(pieces))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a b " * 5_000, "b a a " * 3_333),
        ("a " * 10_000, "b " * 10_000),
        ("!" * 20_000, "?!" * 10_000),
        ("咳" * 20_000, "嗽咳" * 10_000),
        (random_words(10), random_words(10)),
        (random_words(100), random_words(100)),
        (random_words(5_000), random_words(5_000)),
    ],
    ids=["repeating", "disjoint", "marks", "unspaced", "10 words", "100 words", "5000 words"],
)
def test_the_longest_summaries_are_compared_within_a_fraction_of_a_second(before: str, after: str) -> None:
    started = time.thread_time()
    diff_words(before, after)
    assert time.thread_time() - started < 0.5
