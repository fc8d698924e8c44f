"""The same request without Case Desk: plain httpx on a warm connection."""

from __future__ import annotations

import httpx

from lib import Session
from lib.backend.settings import Supabase


def open_rest(supabase: Supabase, session: Session) -> httpx.Client:
    """Open a client that speaks for a clinician."""
    headers = {
        "apikey": supabase.key,
        "Authorization": f"Bearer {session.access_token}",
        "Prefer": "return=representation",
    }
    return httpx.Client(base_url=f"{supabase.url}/rest/v1", headers=headers, timeout=60)


def patch(rest: httpx.Client, case_id: int, status: str) -> object:
    """Set the status of a case and read what it is now."""
    return rest.patch(f"/cases?case_id=eq.{case_id}&select=*", json={"status": status}).raise_for_status().json()


def get(rest: httpx.Client, case_id: int) -> object:
    """Read a case."""
    return rest.get(f"/cases?case_id=eq.{case_id}&select=*").raise_for_status().json()


def create_cases(rest: httpx.Client, number: int = 1) -> list[int]:
    """Create cases to measure on, in one request."""
    new = {"patient_name": "Bench", "patient_age": 1, "patient_gender": "unknown", "case_summary": "Cough.\n" * 60}
    created = rest.post("/cases", json=[new] * number).raise_for_status().json()
    return [int(case["case_id"]) for case in created]
