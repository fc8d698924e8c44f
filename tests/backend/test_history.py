"""What the database keeps about cases, from their creation on: who, when, from what to what; and how `lib` tells it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

import httpx
import pytest

from lib import Case, NewCase, Session, update_case
from lib.cases.history import (
    Activity,
    Event,
    EventPage,
    find_changes_since,
    list_activity,
    list_events,
)
from lib.errors import CaseNotFound
from tests.clinicians import Clinician
from tests.proxy import FaultProxy

NO_CASE = 2**53 - 1
FIELDS = set(NewCase.model_fields)


def updates(owner: httpx.Client, case: Case) -> list[dict[str, Any]]:
    """Return what was recorded of a case since its creation, oldest first."""
    answer = owner.get(f"/case_events?case_id=eq.{case.case_id}&kind=eq.update&order=event_id")
    found: list[dict[str, Any]] = answer.raise_for_status().json()
    return found


def write(owner: httpx.Client, case: Case, **fields: object) -> Case:
    """Update a case with a raw request, which may repeat what is there already."""
    answer = owner.patch(f"/cases?case_id=eq.{case.case_id}", json=fields).raise_for_status()
    return Case(**answer.json()[0])


def replay(events: Iterable[Event]) -> dict[str, object]:
    """Return what the events, oldest first, make of nothing; each starts where the one before ended."""
    fields: dict[str, object] = {}
    for event in events:
        for name, change in event.changes.items():
            assert fields.get(name) == change.before
            fields[name] = change.after
    return fields


def all_pages(read: Callable[[Any], EventPage[Any]]) -> list[Any]:
    """Read page after page and return the events, latest first."""
    page = read(None)
    events = list(page.events)
    while page.next:
        page = read(page.next)
        events += page.events
    return events


class TestRecording:
    def test_the_creation_is_the_first_event(self, case: Case, ada: Session) -> None:
        [created] = list_events(ada, case.case_id).events
        assert (created.kind, created.changed_by, created.changed_at) == ("creation", ada.user_id, case.created_at)
        assert replay([created]) == case.model_dump(include=FIELDS)
        assert {change.before for change in created.changes.values()} == {None}
        assert case.created_at == case.updated_at

    def test_events_replayed_from_the_creation_give_the_case(self, case: Case, ada: Session) -> None:
        update_case(ada, case.case_id, {"patient_age": 46, "case_summary": ""})
        update_case(ada, case.case_id, {"status": "archived", "patient_name": "New Name"})
        current = update_case(ada, case.case_id, {"status": "pending", "case_summary": "Well."})
        events = list_events(ada, case.case_id).events
        assert replay(reversed(events)) == current.model_dump(include=FIELDS)
        assert (events[0].changed_at, events[-1].changed_at) == (current.updated_at, current.created_at)

    def test_an_update_is_recorded_with_who_when_and_every_changed_field(
        self, case: Case, ada: Session, owner: httpx.Client
    ) -> None:
        updated = update_case(ada, case.case_id, {"status": "completed", "patient_age": 46, "patient_name": "New Name"})
        [event] = updates(owner, case)
        assert event["changed_by"] == event["user_id"] == str(ada.user_id)
        assert datetime.fromisoformat(event["changed_at"]) == updated.updated_at
        assert event["changes"] == {
            "status": {"from": "pending", "to": "completed"},
            "patient_age": {"from": 45, "to": 46},
            "patient_name": {"from": "Testa Mäkinen", "to": "New Name"},
        }

    def test_a_field_sent_again_unchanged_is_not_recorded(self, case: Case, ada: Session, owner: httpx.Client) -> None:
        update_case(ada, case.case_id, {"status": "archived", "case_summary": case.case_summary})
        assert [list(event["changes"]) for event in updates(owner, case)] == [["status"]]

    def test_an_update_that_changes_nothing_is_a_new_version_without_an_event(
        self, case: Case, owner: httpx.Client
    ) -> None:
        written = write(owner, case, status=case.status, case_summary=case.case_summary)
        assert written.updated_at > case.updated_at
        assert written == case.model_copy(update={"updated_at": written.updated_at})
        assert updates(owner, case) == []

    def test_a_refused_update_is_not_recorded(self, case: Case, ben: Session, owner: httpx.Client) -> None:
        with pytest.raises(CaseNotFound):
            update_case(ben, case.case_id, {"status": "archived"})
        assert owner.patch(f"/cases?case_id=eq.{case.case_id}", json={"status": "done"}).is_error
        assert updates(owner, case) == []

    def test_versions_only_ever_grow_however_fast_updates_follow(self, case: Case, owner: httpx.Client) -> None:
        versions = [case.updated_at] + [write(owner, case, patient_age=age).updated_at for age in range(40)]
        assert versions == sorted(set(versions))
        assert [datetime.fromisoformat(event["changed_at"]) for event in updates(owner, case)] == versions[1:]


class TestListEvents:
    def test_pages_by_key_visit_each_event_once_latest_first_though_others_are_added(
        self, case: Case, ada: Session
    ) -> None:
        versions = [update_case(ada, case.case_id, {"patient_age": age}).updated_at for age in range(7)]

        def read(after: Any) -> EventPage[Event]:
            if after:
                update_case(ada, case.case_id, {"patient_name": f"Behind {after.event_id}"})
            return list_events(ada, case.case_id, after=after, limit=3)

        seen = all_pages(read)
        assert [event.changed_at for event in seen] == [*reversed(versions), case.created_at]

    def test_a_last_page_that_is_full_has_no_next(self, case: Case, ada: Session) -> None:
        update_case(ada, case.case_id, {"patient_age": 1})
        assert list_events(ada, case.case_id, limit=2).next is None

    def test_a_strangers_case_answers_like_a_missing_one(self, case: Case, ben: Session) -> None:
        assert list_events(ben, case.case_id) == list_events(ben, NO_CASE)
        assert find_changes_since(ben, case.case_id, "") == ()
        with pytest.raises(CaseNotFound):
            list_events(ben, 2**63)


class TestListActivity:
    def test_it_holds_what_the_clinician_changed_over_all_cases_with_the_present_names(
        self, new_case: Callable[..., Case], ada: Session
    ) -> None:
        first, second = new_case(), new_case()
        update_case(ada, first.case_id, {"status": "completed"})
        update_case(ada, second.case_id, {"patient_name": "New Name"})
        latest = list_activity(ada, limit=4).events
        assert [(event.case_id, event.kind, event.patient_name) for event in latest] == [
            (second.case_id, "update", "New Name"),
            (first.case_id, "update", first.patient_name),
            (second.case_id, "creation", "New Name"),
            (first.case_id, "creation", first.patient_name),
        ]
        assert {event.changed_by for event in latest} == {ada.user_id}

    def test_it_is_filtered_by_field_without_creations(self, newcomer: Clinician) -> None:
        case_id = newcomer.create_case()
        aged = update_case(newcomer, case_id, {"patient_age": 46, "status": "analyzing"})
        update_case(newcomer, case_id, {"status": "completed"})
        [only] = list_activity(newcomer, field="patient_age").events
        assert (only.changed_at, only.kind) == (aged.updated_at, "update")
        assert {"patient_age", "status"} == only.changes.keys()

    def test_it_holds_nothing_that_somebody_else_changed(
        self, newcomer: Clinician, administrator: httpx.Client
    ) -> None:
        case_id = newcomer.create_case()
        administrator.patch(f"/cases?case_id=eq.{case_id}", json={"patient_age": 46}).raise_for_status()
        assert [event.kind for event in list_activity(newcomer).events] == ["creation"]
        assert list_activity(newcomer, field="patient_age").events == ()
        assert list_events(newcomer, case_id).events[0].changed_by is None

    def test_pages_by_key_visit_each_event_once_though_moments_tie(self, owner: httpx.Client, ada: Session) -> None:
        new = {"patient_name": "Tie", "patient_age": 1, "patient_gender": "other"}
        created = {row["case_id"] for row in owner.post("/cases", json=[new] * 7).raise_for_status().json()}
        page = list_activity(ada, limit=3)
        visited: list[Activity] = []
        for _ in range(3):
            visited += page.events
            page = list_activity(ada, after=page.next, limit=3)
        assert created == {event.case_id for event in visited[:7]}
        assert len({event.event_id for event in visited}) == len(visited) == 9

    def test_nobody_sees_the_activity_of_another(self, case: Case, ben: Session) -> None:
        assert case.case_id not in {event.case_id for event in all_pages(lambda after: list_activity(ben, after=after))}


class TestChangesSince:
    def test_the_changes_since_a_version_are_told_oldest_first(self, case: Case, ada: Session) -> None:
        read = update_case(ada, case.case_id, {"patient_age": 46})
        update_case(ada, case.case_id, {"status": "analyzing"})
        update_case(ada, case.case_id, {"status": "completed"})
        since = find_changes_since(ada, case.case_id, read.etag)
        assert [event.changes["status"].after for event in since] == ["analyzing", "completed"]
        assert all(event.changed_by for event in since)

    def test_nothing_has_changed_since_the_present_version(self, case: Case, ada: Session) -> None:
        assert find_changes_since(ada, case.case_id, case.etag) == ()


def test_each_is_one_request(case: Case, ada: Session, proxy: FaultProxy) -> None:
    list_events(ada, case.case_id)
    list_activity(ada, field="status")
    find_changes_since(ada, case.case_id, case.etag)
    assert [asked.method for asked in proxy.requests()] == ["GET"] * 3
