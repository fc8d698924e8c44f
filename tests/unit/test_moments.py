"""Moments in the words and the time zone of the reader."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lib.ui.moments import tell_day, tell_exactly, tell_since

HELSINKI = ZoneInfo("Europe/Helsinki")
NOW = datetime(2026, 11, 23, 10, 42, tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        ("2026-11-23T08:42:00Z", "just now"),
        ("2026-11-23T08:43:00Z", "just now"),
        ("2026-11-23T08:41:00Z", "1 minute ago"),
        ("2026-11-23T07:43:00Z", "59 minutes ago"),
        ("2026-11-23T07:42:00Z", "1 hour ago"),
        ("2026-11-22T22:00:00Z", "10 hours ago"),
        ("2026-11-22T21:59:00Z", "yesterday, 23:59"),
        ("2026-11-22T08:00:00Z", "yesterday, 10:00"),
        ("2026-10-09T08:00:00Z", "9 Oct, 11:00"),
        ("2025-10-09T08:00:00Z", "9 Oct 2025, 11:00"),
    ],
)
def test_how_long_ago_is_told_in_the_readers_own_days(moment: str, words: str) -> None:
    assert tell_since(datetime.fromisoformat(moment), NOW) == words


def test_a_change_of_the_last_hour_is_minutes_old_over_midnight() -> None:
    after_midnight = datetime(2026, 11, 23, 0, 5, tzinfo=HELSINKI)
    assert tell_since(datetime(2026, 11, 22, 21, 55, tzinfo=UTC), after_midnight) == "10 minutes ago"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2026, 11, 23), "Today"),
        (date(2026, 11, 22), "Yesterday"),
        (date(2026, 11, 21), "Saturday, 21 November 2026"),
    ],
)
def test_days_have_names(day: date, words: str) -> None:
    assert tell_day(day, NOW) == words


def test_the_exact_moment_names_its_zone() -> None:
    moment = datetime(2026, 3, 4, 10, 30, 7, tzinfo=UTC)
    assert tell_exactly(moment, NOW) == "Wednesday, 4 March 2026, 12:30:07 EET"
