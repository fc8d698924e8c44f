"""Moments in the words and the time zone of the reader."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import streamlit as st

_MINUTE, _HOUR = 60, 3600


def local_zone() -> tzinfo:
    """Return the time zone of this browser, or UTC where it names none that is known here."""
    try:
        return ZoneInfo(st.context.timezone or "UTC")
    except (LookupError, ValueError, OSError):
        return UTC


def tell_since(moment: datetime, now: datetime) -> str:
    """Say how long ago a moment was; from the day before yesterday on, its day. `now` is in the reader's zone."""
    seconds = (now - moment).total_seconds()
    days = (now.date() - moment.astimezone(now.tzinfo).date()).days
    if seconds < _MINUTE:
        return "just now"
    if seconds < _HOUR:
        return _ago(int(seconds / _MINUTE), "minute")
    if days == 0:
        return _ago(int(seconds / _HOUR), "hour")
    if days == 1:
        return f"yesterday, {tell_time(moment, now)}"
    return f"{tell_date(moment, now)}, {tell_time(moment, now)}"


def tell_day(day: date, now: datetime) -> str:
    """Name a day of the reader's calendar: `Today`, `Yesterday`, or `Monday, 23 November 2026`."""
    if day == now.date():
        return "Today"
    if day == now.date() - timedelta(days=1):
        return "Yesterday"
    return f"{day:%A}, {day.day} {day:%B %Y}"


def tell_time(moment: datetime, now: datetime) -> str:
    """Write the time of day in the reader's zone, to the minute."""
    return f"{moment.astimezone(now.tzinfo):%H:%M}"


def tell_date(moment: datetime, now: datetime) -> str:
    """Write the day of a moment in the reader's zone: `9 Oct`, with the year where it is another one."""
    day = moment.astimezone(now.tzinfo).date()
    return f"{day.day} {day:%b}" if day.year == now.year else f"{day.day} {day:%b %Y}"


def tell_exactly(moment: datetime, now: datetime) -> str:
    """Write a moment to the second in the reader's zone, with the zone."""
    local = moment.astimezone(now.tzinfo)
    return f"{local:%A}, {local.day} {local:%B %Y, %H:%M:%S %Z}"


def _ago(number: int, unit: str) -> str:
    return f"{number} {unit} ago" if number == 1 else f"{number} {unit}s ago"
