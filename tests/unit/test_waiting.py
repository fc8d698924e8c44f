"""How long a case has been waiting, and when that is too long."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lib.cases.models import CaseStatus
from lib.cases.waiting import OVERDUE_AFTER, is_overdue, tell_waiting
from lib.cases.worklist import CaseRow
from lib.ui.worklist_table import tell_waiting_or_closing

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


@pytest.mark.parametrize(
    ("status", "closed_at", "told"),
    [
        (CaseStatus.PENDING, None, "44 d"),
        (CaseStatus.COMPLETED, datetime(2026, 10, 24, tzinfo=UTC), "closed 24 Oct"),
        (CaseStatus.ARCHIVED, datetime(2025, 10, 24, tzinfo=UTC), "closed 24 Oct 2025"),
        (CaseStatus.ARCHIVED, None, "changed 1 Nov"),
    ],
)
def test_a_closed_case_says_when_it_was_closed_and_where_nobody_knows_when_it_was_changed(
    status: CaseStatus, closed_at: datetime | None, told: str
) -> None:
    row = CaseRow(
        case_id=1,
        patient_name="Testa Mäkinen",
        patient_age=45,
        patient_gender="female",
        status=status,
        created_at=datetime(2026, 10, 10, tzinfo=UTC),
        updated_at=datetime(2026, 11, 1, tzinfo=UTC),
        first_line="",
        closed_at=closed_at,
    )
    assert tell_waiting_or_closing(row, NOW) == told
