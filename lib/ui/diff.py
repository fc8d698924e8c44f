"""Texts and their differences as HTML: patient text is escaped, what did not change is folded, nothing is left out."""

from __future__ import annotations

import re
from html import escape

from lib.cases.word_diff import Piece, diff_words, plain_breaks

_CONTEXT = 80
"""Characters that stay in sight on either side of a change."""
_SHOWN = 400
"""Characters of a long text that stay in sight."""
_FOLD_FROM = 120
"""Characters that are worth a fold."""
_BLANK = re.compile(r"\s")
_TAGS = {"same": "span", "removed": "del", "added": "ins"}


def diff_html(before: str, after: str) -> str:
    """Return the difference of two summaries as HTML; long stretches that did not change are folded."""
    if plain_breaks(before) == plain_breaks(after):
        return '<div class="diff"><em>No word is different.</em></div>'
    pieces = diff_words(before, after)
    last = len(pieces) - 1
    shown = [_piece_html(piece, is_first=at == 0, is_last=at == last) for at, piece in enumerate(pieces)]
    return f'<div class="diff" dir="auto">{"".join(shown)}</div>'


def text_html(text: str) -> str:
    """Return a summary as HTML; the end of a long one is folded."""
    return f'<div class="diff" dir="auto">{_head_html(plain_breaks(text), "span") or "<em>(empty)</em>"}</div>'


def _piece_html(piece: Piece, *, is_first: bool, is_last: bool) -> str:
    if piece.kind != "same":
        return _head_html(piece.text, _TAGS[piece.kind])
    head = 0 if is_first else _cut(piece.text, _CONTEXT)
    tail = len(piece.text) if is_last else _cut(piece.text, len(piece.text) - 2 * _CONTEXT)
    return _fold_html(piece.text, head, tail, "span") if tail - head > _FOLD_FROM else _wrap(piece.text, "span")


def _head_html(text: str, tag: str) -> str:
    if len(text) <= _SHOWN + _FOLD_FROM:
        return _wrap(text, tag)
    return _fold_html(text, _cut(text, _SHOWN), len(text), tag)


def _fold_html(text: str, start: int, end: int, tag: str) -> str:
    folded = text[start:end]
    label = f"{len(folded):,} more characters" if tag != "span" else f"{len(folded):,} characters"
    fold = f"<details><summary>… {label}</summary>{_wrap(folded, tag)}</details>"
    return _wrap(text[:start], tag) + fold + _wrap(text[end:], tag)


def _wrap(text: str, tag: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""


def _cut(text: str, at: int) -> int:
    """Return where a word ends, soon after `at`; a text without blanks is cut just there."""
    blank = _BLANK.search(text, max(at, 0), max(at, 0) + _CONTEXT)
    return blank.start() if blank else max(at, 0)
