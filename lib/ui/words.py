"""The words that the dashboard shows for fields, statuses and genders."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from lib.cases.models import FIELDS, Case, CaseStatus
from lib.errors import InvalidChanges
from lib.ui.privacy import shown_name

FIELD_LABELS = {name: str(field.title) for name, field in FIELDS.items()}

STATUS_COLORS = {
    CaseStatus.PENDING: "#f2c14e",
    CaseStatus.ANALYZING: "#b5d4f4",
    CaseStatus.COMPLETED: "#a5dcb4",
    CaseStatus.ARCHIVED: "#b9c2c6",
}


def capitalize(value: str) -> str:
    """Write a status or a gender as a label."""
    return value.capitalize()


def name_fields(fields: Iterable[str]) -> str:
    """List fields by their labels: `Case summary, Status`."""
    named = set(fields)
    return ", ".join(FIELD_LABELS[field] for field in FIELD_LABELS if field in named)


def say_were(fields: Collection[str]) -> str:
    """Begin a sentence about what became of fields: `Case summary was`, `Patient age, Case summary were`."""
    return f"{name_fields(fields)} {'was' if len(fields) == 1 else 'were'}"


def tell_changes(before: Case, after: Case, fields: Iterable[str]) -> str:
    """Say what became of fields, with both values where they are short: `Case summary · Status: Pending → Archived`."""
    named = set(fields)
    return " · ".join(_tell_change(before, after, field) for field in FIELD_LABELS if field in named)


def tell_changed_again(case: Case, fields: Iterable[str]) -> str:
    """Say which fields were changed again, and to what: `Status was changed again since, and is Completed now`."""
    named = set(fields)
    return "; ".join(
        f"{FIELD_LABELS[field]} was changed again since{_tell_now(case, field)}"
        for field in FIELD_LABELS
        if field in named
    )


def _tell_now(case: Case, field: str) -> str:
    if field == "case_summary":
        return ""
    return f", and is {_tell_value(case, field)} now"


def _tell_change(before: Case, after: Case, field: str) -> str:
    if field == "case_summary":
        return FIELD_LABELS[field]
    return f"{FIELD_LABELS[field]}: {_tell_value(before, field)} → {_tell_value(after, field)}"


def _tell_value(case: Case, field: str) -> str:
    value = str(getattr(case, field))
    return capitalize(value) if field == "status" else shown_name(value) if field == "patient_name" else value


def explain_invalid(error: InvalidChanges) -> str:
    """Say which field is wrong, how, and what is allowed; no value is repeated."""
    return f"{FIELD_LABELS.get(error.field, error.field)} {error.problem}. Nothing was saved."


def tell_count(number: int) -> str:
    """Say how many cases: `1 case`, `7 cases`."""
    return "1 case" if number == 1 else f"{number} cases"
