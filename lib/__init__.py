"""Case Desk's library: what the dashboard and the HTTP API both call."""

from lib.auth import Session, refresh, sign_in, sign_out
from lib.cases import count_cases, create_case, get_case, list_cases, update_case
from lib.models import Case, CaseChanges, CasePage, CaseStatus, NewCase, WorklistQuery

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
    "refresh",
    "sign_in",
    "sign_out",
    "update_case",
]
