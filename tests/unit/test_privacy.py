from __future__ import annotations

import pytest

from lib.ui.privacy import mask_name


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Jane Doe", "J•• D••"),
        ("  Zoë   Lindqvist-Aho ", "Z•• L••"),
        ("e\u0301lan", "e\u0301••"),
        ("नदी", "न••"),
        ("", ""),
    ],
)
def test_a_masked_name_is_the_first_letter_of_each_word(name: str, masked: str) -> None:
    assert mask_name(name) == masked
