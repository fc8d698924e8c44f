"""When a case that was read ahead may be shown: lately asked for, by the same clinician, and not in vain."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any
from uuid import UUID

import pytest

from lib import Session
from lib.ui.read_ahead import GOOD_SECONDS, Ahead

ADA = Session(UUID(int=1), "ada@test.example", "", "", 0)
BEN = Session(UUID(int=2), "ben@test.example", "", "", 0)


@pytest.mark.parametrize(
    ("session", "case_id", "seconds", "failing", "is_good"),
    [
        (ADA, 7, 0, False, True),
        (ADA, 7, GOOD_SECONDS, False, True),
        (ADA, 7, GOOD_SECONDS + 1, False, False),
        (ADA, 8, 0, False, False),
        (BEN, 7, 0, False, False),
        (ADA, 7, 0, True, False),
    ],
    ids=["at once", "at the limit", "too old", "another case", "another clinician", "in vain"],
)
def test_what_was_read_ahead_is_taken_for_that_case_and_clinician_alone_and_for_a_minute(
    session: Session, case_id: int, seconds: float, failing: bool, is_good: bool
) -> None:
    answer: Future[Any] = Future()
    if failing:
        answer.set_exception(OSError())
    else:
        answer.set_result(None)
    assert Ahead(ADA.user_id, 7, answer, asked_at=100).is_good(session, case_id, 100 + seconds) is is_good


def test_what_is_still_on_its_way_is_taken_too() -> None:
    assert Ahead(ADA.user_id, 7, Future(), asked_at=100).is_good(ADA, 7, 100)
