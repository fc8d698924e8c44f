"""How long a case has been waiting, and when that is too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lib.cases.models import CaseStatus
from lib.cases.waiting import OVERDUE_AFTER, is_overdue, tell_waiting

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("waited", "told"),
    [
        (timedelta(seconds=-5), "0 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=47, minutes=59), "47 h"),
        (timedelta(hours=48), "2 d"),
        (timedelta(days=54, hours=23), "54 d"),
    ],
)
def test_waiting_is_told_exactly(waited: timedelta, told: str) -> None:
    assert tell_waiting(NOW - waited, NOW) == told


@pytest.mark.parametrize("status", CaseStatus)
def test_a_case_is_overdue_past_the_threshold_of_its_status_and_a_closed_one_never(status: CaseStatus) -> None:
    threshold = OVERDUE_AFTER.get(status, timedelta(days=1000))
    assert not is_overdue(status, NOW - threshold, NOW)
    assert is_overdue(status, NOW - threshold - timedelta(seconds=1), NOW) is (status in OVERDUE_AFTER)
