"""Differences of texts as HTML: nothing is left out, and nothing of them is markup."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cases.word_diff import plain_breaks
from lib.ui.diff import diff_html, text_html

TEXTS = st.lists(st.sampled_from(["fever ", "<b>", "&amp;", "\n", "x" * 200, "a b c " * 100, "'\"`"])).map("".join)
OURS = {"div", "span", "del", "ins", "details", "summary", "em"}


class Reader(HTMLParser):
    """Read HTML as a browser does: its tags, and the text inside and outside of `del` and `ins`."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.before = self.after = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"summary", "em"} & set(self._open):
            self.before += "" if "ins" in self._open else data
            self.after += "" if "del" in self._open else data


@given(TEXTS, TEXTS)
def test_a_difference_shows_both_texts_whole_and_nothing_of_them_is_html(before: str, after: str) -> None:
    read = Reader(diff_html(before, after))
    assert read.tags <= OURS
    if plain_breaks(before) != plain_breaks(after):
        assert (read.before, read.after) == (plain_breaks(before), plain_breaks(after))


@given(TEXTS)
def test_a_text_is_shown_whole(text: str) -> None:
    read = Reader(text_html(text))
    assert read.tags <= OURS
    assert read.before == read.after == plain_breaks(text)


@pytest.mark.parametrize(
    ("before", "after", "html"),
    [
        ("No fever.", "Some fever.", "<del>No</del><ins>Some</ins><span> fever.</span>"),
        ("", "<script>", "<ins>&lt;script&gt;</ins>"),
    ],
)
def test_what_is_gone_and_what_came_is_marked(before: str, after: str, html: str) -> None:
    assert diff_html(before, after) == f'<div class="diff" dir="auto">{html}</div>'


def test_what_did_not_change_is_folded_but_for_the_words_around_a_change() -> None:
    same = "The same words again. " * 60
    html = diff_html(f"{same}Old. {same}", f"{same}New. {same}")
    assert html.count("<details>") == 2
    in_sight = html.replace("<details>", "\0<details>").split("\0")[1].split("</details>")[1]
    assert in_sight.startswith("<span> ")
    assert 80 <= in_sight.index("<del>Old</del><ins>New</ins>") <= 200


@pytest.mark.parametrize("text", ["short", "a word " * 60])
def test_a_text_of_a_few_lines_is_not_folded(text: str) -> None:
    assert "<details>" not in text_html(text)


def test_the_end_of_a_long_text_is_folded_between_words() -> None:
    html = text_html("word " * 4_000)
    assert html.count("<details>") == 1
    assert "… 19,596 characters" in html
    assert "word</span><details>" in html
