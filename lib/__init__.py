"""Case Desk's library: what the dashboard and the HTTP API both call."""

from lib.accounts.sign_in import Session, refresh, sign_in, sign_out
from lib.cases.models import Case, CaseChanges, CaseStatus, NewCase
from lib.cases.update import create_case, get_case, update_case
from lib.cases.worklist import CasePage, WorklistQuery, count_cases, list_cases, list_with_counts

__all__ = [
    "Case",
    "CaseChanges",
    "CasePage",
    "CaseStatus",
    "NewCase",
    "Session",
    "WorklistQuery",
    "count_cases",
    "create_case",
    "get_case",
    "list_cases",
    "list_with_counts",
    "refresh",
    "sign_in",
    "sign_out",
    "update_case",
]
