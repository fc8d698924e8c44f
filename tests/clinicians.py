"""Clinicians as the tests know them: signed in for real, and able to speak to Supabase past Case Desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx

from lib import Session, sign_in
from lib.accounts.sign_in import session_of
from lib.backend.client import auth, connect, current
from lib.backend.settings import Supabase
from lib.errors import NotStarted

PASSWORD = "casedesk-demo"
"""Everybody's in the tests, as in the demo."""

PATIENT = {"patient_name": "Testa Mäkinen", "patient_age": 45, "patient_gender": "female"}


@dataclass(frozen=True)
class Clinician(Session):
    """A signed-in clinician; `rest` speaks to Supabase with their own token, past Case Desk."""

    rest: httpx.Client = field(repr=False, compare=False)

    def create_case(self, **fields: Any) -> int:
        """Create a case and return its number."""
        created = self.rest.post("/cases", json=PATIENT | fields).raise_for_status().json()
        return int(created[0]["case_id"])

    def find_case(self, case_id: int) -> dict[str, Any] | None:
        """Return the row as the database holds it, where this clinician may see it."""
        found = self.rest.get("/cases", params={"case_id": f"eq.{case_id}"}).raise_for_status().json()
        return found[0] if found else None

    def find_draft(self, case_id: int) -> dict[str, Any] | None:
        """Return what is kept as typed and not saved, by field."""
        found = self.rest.get("/case_drafts", params={"case_id": f"eq.{case_id}"}).raise_for_status().json()
        return dict(found[0]["changes"]) if found else None

    def read_history(self, case_id: int) -> list[dict[str, Any]]:
        """Return what was changed since the case was created, oldest first."""
        updates = {"case_id": f"eq.{case_id}", "kind": "eq.update", "order": "event_id"}
        answer = self.rest.get("/case_events", params=updates)
        return [event["changes"] for event in answer.raise_for_status().json()]


def connect_to(supabase: Supabase) -> Supabase:
    """Connect Case Desk, unless it is: what the test before was connected to may be gone."""
    with suppress(NotStarted):
        if current() == supabase:
            return supabase
    connect(supabase)
    return supabase


@contextmanager
def known_clinician(name: str) -> Iterator[Clinician]:
    """Sign in one of those whom the demo knows: `ada` or `ben`."""
    with _speaking_for(sign_in(f"{name}@demo.example", PASSWORD)) as clinician:
        yield clinician


@contextmanager
def new_clinician() -> Iterator[Clinician]:
    """Sign up a clinician whom no other test knows, who has no cases."""
    email = f"newcomer-{uuid4().hex}@test.example"
    with _speaking_for(session_of(auth().sign_up({"email": email, "password": PASSWORD}))) as clinician:
        yield clinician


@contextmanager
def _speaking_for(session: Session) -> Iterator[Clinician]:
    with open_rest(session) as rest:
        yield Clinician(**vars(session), rest=rest)


def open_rest(session: Session | None) -> httpx.Client:
    """Open a raw REST client with a clinician's own token, or with none."""
    supabase = current()
    headers = {"apikey": supabase.key, "Prefer": "return=representation"}
    if session:
        headers["Authorization"] = f"Bearer {session.access_token}"
    # Without TLS roots, which plain HTTP never asks for, a client opens in no time.
    return httpx.Client(base_url=f"{supabase.url}/rest/v1", headers=headers, timeout=10, verify=False)
