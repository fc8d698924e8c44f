"""How long a case has been waiting, and when that is too long: the thresholds are here alone."""

from __future__ import annotations

from datetime import datetime, timedelta

from lib.cases.models import CaseStatus

OVERDUE_AFTER = {CaseStatus.PENDING: timedelta(hours=24), CaseStatus.ANALYZING: timedelta(hours=72)}
"""How long a case may wait in a status; closed ones do not wait."""


def is_overdue(status: CaseStatus, created_at: datetime, now: datetime) -> bool:
    """Tell whether a case has been waiting for too long."""
    return status in OVERDUE_AFTER and now - created_at > OVERDUE_AFTER[status]


def tell_waiting(created_at: datetime, now: datetime) -> str:
    """Say how long a case has been waiting: in minutes, from an hour on in hours, from two days on in days."""
    minutes = max(0, int((now - created_at).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} d"
