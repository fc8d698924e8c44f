"""Events of the history in words: when, by whom, from what to what."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from lib.cases.history import Change, Event
from lib.ui.events import change_html, creation_html, event_html
from lib.ui.moments import tell_exactly

NOW = datetime(2026, 11, 23, 10, 42, tzinfo=ZoneInfo("Europe/Helsinki"))
READER, COLLEAGUE = UUID(int=1), UUID(int=2)


def change(before: object, after: object) -> Change:
    return Change.model_validate({"from": before, "to": after})


@pytest.mark.parametrize(
    ("author", "words"), [(READER, "by you"), (None, "by an administrator"), (COLLEAGUE, "by another clinician")]
)
def test_an_event_says_who_and_when_with_the_exact_moment_under_the_pointer(author: UUID | None, words: str) -> None:
    moment = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)
    event = Event(event_id=1, case_id=29, kind="update", changed_by=author, changed_at=moment, changes={})
    html = event_html(event, READER, NOW)
    assert f'title="{tell_exactly(moment, NOW)}">1 hour ago</time> {words}</p>' in html
    assert "Changed " in html
    assert "Created " in event_html(event.model_copy(update={"kind": "creation"}), READER, NOW)


@pytest.mark.parametrize(
    ("field", "before", "after", "shown"),
    [
        ("status", "pending", "completed", "<strong>Status</strong> <bdi>Pending</bdi> → <bdi>Completed</bdi>"),
        ("patient_age", 0, 46, "<strong>Patient age</strong> <bdi>0</bdi> → <bdi>46</bdi>"),
        ("patient_name", "<b>", "&", "<strong>Patient name</strong> <bdi>&lt;b&gt;</bdi> → <bdi>&amp;</bdi>"),
    ],
)
def test_a_change_says_from_what_to_what_and_escapes_it(field: str, before: object, after: object, shown: str) -> None:
    assert change_html(field, change(before, after)) == f'<div class="change">{shown}</div>'


def test_a_changed_summary_is_shown_word_by_word() -> None:
    assert "<del>No</del><ins>Some</ins>" in change_html("case_summary", change("No fever.", "Some fever."))


def test_a_creation_says_what_the_case_was_created_with() -> None:
    given = {"status": "pending", "patient_name": "<i>", "patient_gender": "female", "patient_age": 45}
    html = creation_html({field: change(None, value) for field, value in given.items()})
    assert html == (
        '<div class="change"><bdi>&lt;i&gt;</bdi> · <bdi>45</bdi> · <bdi>Female</bdi> · <bdi>Pending</bdi></div>'
    )
    assert "Cough." in creation_html({"case_summary": change(None, "Cough.")})
