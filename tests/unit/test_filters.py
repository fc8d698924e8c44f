"""Filters as an address names them, and the days of the reader's calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.cases.filters import SHOWN, Filters
from lib.cases.models import CaseStatus
from lib.ui.empty_list import _NAMES
from lib.ui.worklist_state import TEXT

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 30, 12, tzinfo=BERLIN)


AGES = st.none() | st.integers(0, 150)
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2999, 12, 31))
FILTERS = st.builds(
    Filters,
    youngest=AGES,
    oldest=AGES,
    waiting_hours=st.none() | st.integers(0, 10_000),
    changed_from=DAYS,
    changed_until=DAYS,
)


@given(filters=FILTERS)
def test_filters_come_back_from_an_address_as_they_were(filters: Filters) -> None:
    written = {name: str(value) for name, value in filters.write().items()}
    assert Filters.read(written) == filters


@pytest.mark.parametrize(
    "given",
    [
        {"show": "everything", "overdue": "perhaps", "youngest": "-1", "changed_from": "yesterday", "order": "user_id"},
        {"waiting_hours": "9" * 400, "oldest": "151", "gender": "', drop", "text": "Ann", "case_id": "7"},
    ],
)
def test_what_is_wrong_or_unknown_in_an_address_is_passed_over(given: dict[str, str]) -> None:
    assert Filters.read(given) == Filters()
    assert Filters.read(given | {"flagged": "true"}) == Filters(flagged=True)


def test_days_are_those_of_the_reader_with_both_ends_in_also_where_a_day_has_23_hours() -> None:
    query = Filters(changed_from=date(2026, 3, 29), changed_until=date(2026, 3, 29)).query(NOW)
    assert query.updated_from == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert query.updated_before == datetime(2026, 3, 29, 22, tzinfo=UTC)


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@given(filters=FILTERS)
def test_every_day_of_an_address_can_be_asked_for_in_every_time_zone(zone: str, filters: Filters) -> None:
    filters.query(NOW.astimezone(ZoneInfo(zone))).ask()


def test_a_day_that_some_time_zone_does_not_have_is_passed_over() -> None:
    assert Filters.read({"changed_from": "0001-01-01", "changed_until": "9999-12-31"}) == Filters()


@pytest.mark.parametrize("show", SHOWN)
def test_open_and_pending_are_by_urgency_and_the_others_by_the_latest_change(show: str) -> None:
    query = Filters.read({"show": show}).query(NOW)
    expected = ("urgency", False) if show in ("open", "pending") else ("updated_at", True)
    assert (query.order, query.descending) == expected


def test_waiting_and_overdue_together_ask_for_the_longer_wait_also_where_clocks_change() -> None:
    asked = Filters(overdue=True, waiting_hours=48).query(NOW).ask()["waiting"]
    assert {status: NOW.astimezone(UTC) - datetime.fromisoformat(moment) for status, moment in asked.items()} == {
        CaseStatus.PENDING: timedelta(hours=48),
        CaseStatus.ANALYZING: timedelta(hours=72),
    }


def test_without_what_is_shown_everything_is() -> None:
    filters = Filters(show="completed", overdue=True, oldest=5)
    assert filters.without("show", "oldest") == Filters(show="all", overdue=True)
    assert filters.set_ones == ("overdue", "oldest")


def test_every_filter_has_a_name_that_an_empty_list_tells() -> None:
    assert _NAMES.keys() == Filters.model_fields.keys() - {"show", "order", "descending"} | {TEXT}
