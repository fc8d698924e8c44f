"""What the database keeps about changes: who, when, from what to what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from lib import Case, Session, update_case
from lib.errors import CaseNotFound


def events(owner: httpx.Client, case: Case) -> list[dict[str, Any]]:
    """Return the history of a case, oldest first."""
    answer = owner.get(f"/case_events?case_id=eq.{case.case_id}&order=event_id").raise_for_status()
    found: list[dict[str, Any]] = answer.json()
    return found


def write(owner: httpx.Client, case: Case, **fields: object) -> Case:
    """Update a case with a raw request, which may repeat what is there already."""
    answer = owner.patch(f"/cases?case_id=eq.{case.case_id}", json=fields).raise_for_status()
    return Case(**answer.json()[0])


def test_a_new_case_has_no_history(case: Case, owner: httpx.Client) -> None:
    assert events(owner, case) == []
    assert case.created_at == case.updated_at


def test_an_update_is_recorded_with_who_when_and_every_changed_field(
    case: Case, ada: Session, owner: httpx.Client
) -> None:
    updated = update_case(ada, case.case_id, {"status": "completed", "patient_age": 46, "patient_name": "New Name"})
    [event] = events(owner, case)
    assert event["changed_by"] == str(ada.user_id)
    assert datetime.fromisoformat(event["changed_at"]) == updated.updated_at
    assert event["changes"] == {
        "status": {"from": "pending", "to": "completed"},
        "patient_age": {"from": 45, "to": 46},
        "patient_name": {"from": "Testa Mäkinen", "to": "New Name"},
    }


def test_a_field_sent_again_unchanged_is_not_recorded(case: Case, ada: Session, owner: httpx.Client) -> None:
    update_case(ada, case.case_id, {"status": "archived", "case_summary": case.case_summary})
    assert [list(event["changes"]) for event in events(owner, case)] == [["status"]]


def test_an_update_that_changes_nothing_is_a_new_version_without_history(case: Case, owner: httpx.Client) -> None:
    written = write(owner, case, status=case.status, case_summary=case.case_summary)
    assert written.updated_at > case.updated_at
    assert written == case.model_copy(update={"updated_at": written.updated_at})
    assert events(owner, case) == []


def test_a_refused_update_is_not_recorded(case: Case, ben: Session, owner: httpx.Client) -> None:
    with pytest.raises(CaseNotFound):
        update_case(ben, case.case_id, {"status": "archived"})
    assert owner.patch(f"/cases?case_id=eq.{case.case_id}", json={"status": "done"}).is_error
    assert events(owner, case) == []


def test_versions_only_ever_grow_however_fast_updates_follow(case: Case, owner: httpx.Client) -> None:
    versions = [case.updated_at] + [write(owner, case, patient_age=age).updated_at for age in range(40)]
    assert versions == sorted(set(versions))
    assert [datetime.fromisoformat(event["changed_at"]) for event in events(owner, case)] == versions[1:]
