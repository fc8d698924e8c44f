"""Two editors of the same cases, in any order of what they can do, over a connection that breaks at times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any

import httpx
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from lib import Case, Session, get_case
from lib.cases.changes import find_changes
from lib.cases.drafts import Draft, discard_draft, find_draft, keep_draft
from lib.cases.editing import Saved, save_changes
from lib.errors import BackendUnavailable, DraftConflict, EditConflict, NoChanges, NotSaved, OutcomeUnknown
from tests.proxy import FaultProxy

PLACES = (0, 1)
"""There are two cases and two editors."""
FIELDS = {"patient_name", "patient_age", "case_summary", "status"}
TYPED: tuple[tuple[str, Any], ...] = (
    ("patient_name", "Ada King"),
    ("patient_age", 46),
    ("case_summary", "No fever."),
    ("case_summary", "Fever\nsince Monday."),
    ("case_summary", ""),
    ("status", "completed"),
    ("status", "pending"),
)
WRITING = ("updated_at=in", "keep_draft")
"""What the addresses of a save and of a draft hold, and no question does."""
BREAKS = ("never", "never", "before the commit", "after the commit", "for good")


@dataclass
class Editor:
    """One of two windows: the case that is open in it, what was typed about it, and what can be undone."""

    loaded: Case
    draft: Draft | None = None
    typed: dict[str, Any] = field(default_factory=dict)
    undoable: Saved | None = None


def has_typed(editor: Editor) -> bool:
    return bool(find_changes(editor.loaded, editor.typed))


def can_undo(editor: Editor) -> bool:
    return editor.undoable is not None


def one_can(able: Callable[[Editor], bool]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a rule where it can do something at all, so that most steps of most runs do something."""
    return precondition(lambda machine: any(map(able, machine.editors)))


class TwoEditors(RuleBasedStateMachine):
    """Two editors, what they were told that was saved, and what was on its way when the connection broke."""

    session: Session
    proxy: FaultProxy
    rest: httpx.Client
    create: Callable[..., Case]

    def __init__(self) -> None:
        super().__init__()
        cases = [self.create(**mark(place, {"patient_name": "Ada", "patient_age": 45})) for place in PLACES]
        self.numbers = [case.case_id for case in cases]
        self.editors = [Editor(cases[0]) for _ in PLACES]
        self.told: list[tuple[int, datetime, dict[str, Any]]] = []
        self.unanswered: list[tuple[int, dict[str, Any]]] = []
        self._look()

    @rule(at=st.sampled_from(PLACES), which=st.sampled_from(PLACES))
    def load(self, at: int, which: int) -> None:
        """Open a case with its draft, leaving whatever was open."""
        case_id = self.numbers[which]
        draft = find_draft(self.session, case_id)
        editor = self.editors[at] = Editor(get_case(self.session, case_id), draft)
        if draft and draft.base_etag == editor.loaded.etag:
            editor.typed = draft.changes.columns()

    @rule(at=st.sampled_from(PLACES), typed=st.sampled_from(TYPED))
    def edit(self, at: int, typed: tuple[str, Any]) -> None:
        """Type into a field of the case that is open."""
        editor = self.editors[at]
        editor.typed |= mark(self.numbers.index(editor.loaded.case_id), dict([typed]))

    @one_can(has_typed)
    @rule(at=st.sampled_from(PLACES), breaks=st.sampled_from(BREAKS))
    def keep(self, at: int, breaks: str) -> None:
        """Keep what is typed as a draft; where the other editor keeps a newer one, see that one instead."""
        editor = self._choose(at, has_typed)
        case, seen = editor.loaded, editor.draft.etag if editor.draft else None
        try:
            changes = find_changes(case, editor.typed)
            with self._connection_that_breaks(breaks):
                editor.draft = keep_draft(self.session, case.case_id, case.etag, changes, if_match=seen)
        except DraftConflict as conflict:
            editor.draft = conflict.stored
        except (NoChanges, BackendUnavailable):
            pass
        self._look()

    @one_can(has_typed)
    @rule(at=st.sampled_from(PLACES))
    def discard(self, at: int) -> None:
        """Let go of what is typed and of its draft, unless the other editor keeps a newer one."""
        editor = self._choose(at, has_typed)
        if editor.draft:
            with suppress(DraftConflict):
                discard_draft(self.session, editor.loaded.case_id, if_match=editor.draft.etag)
        editor.draft, editor.typed = None, {}
        self._look()

    @one_can(has_typed)
    @rule(at=st.sampled_from(PLACES), keep_mine=st.booleans(), breaks=st.sampled_from(BREAKS))
    def save(self, at: int, keep_mine: bool, breaks: str) -> None:
        """Save what is typed; where the case has moved on, merge it and save over that; without an answer, keep it."""
        editor = self._choose(at, has_typed)
        while changes := find_changes(editor.loaded, editor.typed):
            try:
                self._update(editor, changes, breaks)
            except (NotSaved, OutcomeUnknown):
                break
            except EditConflict as conflict:
                merge = conflict.merge
                mine = {name: each.mine for name, each in merge.conflicts.items()} if keep_mine else {}
                editor.loaded, editor.typed = conflict.current, merge.applies | mine
        self._look()

    @one_can(can_undo)
    @rule(at=st.sampled_from(PLACES), breaks=st.sampled_from(BREAKS))
    def undo(self, at: int, breaks: str) -> None:
        """Take the last save back; where the case has moved on since, overwrite nothing."""
        editor = self._choose(at, can_undo)
        assert editor.undoable
        undoable, editor.loaded, editor.undoable = editor.undoable, editor.undoable.case, None
        with suppress(EditConflict, NotSaved, OutcomeUnknown):
            self._update(editor, undoable.earlier_values, breaks)
        self._look()

    @invariant()
    def every_acknowledged_change_is_in_the_history_once_and_in_order(self) -> None:
        recorded = [
            (case["case_id"], datetime.fromisoformat(event["changed_at"]), event["changes"])
            for case in self.stored
            for event in case["case_events"]
            if event["kind"] == "update"
        ]
        assert sorted((event for event in recorded if event in self.told), key=itemgetter(1)) == self.told
        self._explain_unanswered([event for event in recorded if event not in self.told])

    @invariant()
    def replaying_the_history_gives_the_cases(self) -> None:
        for case in self.stored:
            replayed: dict[str, Any] = {}
            for event in case["case_events"]:
                assert {name: replayed.get(name) for name in event["changes"]} == {
                    name: change["from"] for name, change in event["changes"].items()
                }
                replayed |= {name: change["to"] for name, change in event["changes"].items()}
            assert replayed == pick(case, *FIELDS, "patient_gender")

    @invariant()
    def no_case_holds_what_was_typed_for_the_other_one(self) -> None:
        for place, case in enumerate(self.stored):
            assert pick(case, *FIELDS) == mark(place, pick(case, *FIELDS))

    def _choose(self, at: int, able: Callable[[Editor], bool]) -> Editor:
        """Return this editor, or the other one where only that one can."""
        return self.editors[at if able(self.editors[at]) else 1 - at]

    def _explain_unanswered(self, recorded: list[tuple[int, datetime, dict[str, Any]]]) -> None:
        """Assert that each was sent over a connection that broke, and is recorded once for each time at most."""
        sent = list(self.unanswered)
        for case_id, _, changes in recorded:
            values = {name: change["to"] for name, change in changes.items()}.items()
            sent.remove(
                min(
                    (each for each in sent if each[0] == case_id and values <= each[1].items()),
                    key=lambda each: len(each[1]),
                )
            )

    @contextmanager
    def _connection_that_breaks(self, when: str) -> Iterator[None]:
        """Lose requests that write, their answers, or every answer, so that the next question has none, either."""
        fault = self.proxy.reset if when == "before the commit" else self.proxy.lose_answer
        for path in () if when == "never" else ("",) if when == "for good" else WRITING:
            fault(path)
        try:
            yield
        finally:
            self.proxy.forward()

    def _update(self, editor: Editor, changes: dict[str, Any], breaks: str) -> None:
        if breaks != "never":
            self.unanswered.append((editor.loaded.case_id, changes))
        with self._connection_that_breaks(breaks):
            saved = save_changes(self.session, editor.loaded, changes)
        assert find_changes(saved.case, changes) == {}
        editor.loaded, editor.typed, editor.undoable = saved.case, {}, saved
        if saved.was_there:
            # The answer was lost, or the other editor had made the same change: there was nothing left to write.
            return
        old, new = (case.model_dump(mode="json") for case in (saved.before, saved.case))
        changed = {name: {"from": old[name], "to": new[name]} for name in FIELDS if old[name] != new[name]}
        self.told.append((saved.case.case_id, saved.case.updated_at, changed))

    def _look(self) -> None:
        """Read both cases with their histories, oldest first: after everything that could have written."""
        asked = {
            "select": "*,case_events(*)",
            "case_id": f"in.({self.numbers[0]},{self.numbers[1]})",
            "order": "case_id",
            "case_events.order": "changed_at,event_id",
        }
        self.stored = self.rest.get("/cases", params=asked).raise_for_status().json()


def mark(place: int, typed: dict[str, Any]) -> dict[str, Any]:
    """Return what is typed in words that only this case can hold; marked twice, it stays as it is."""
    marked = dict(typed)
    for name in {"patient_name", "case_summary"} & {name for name in typed if typed[name]}:
        marked[name] = typed[name].removesuffix(f" (case {place})") + f" (case {place})"
    if "patient_age" in typed:
        marked["patient_age"] = typed["patient_age"] % 50 + 50 * place
    return marked


def pick(row: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


@pytest.mark.timeout(180)
def test_two_editors_lose_nothing_repeat_nothing_and_mix_up_nothing(
    ada: Session, owner: httpx.Client, new_case: Callable[..., Case], proxy: FaultProxy
) -> None:
    actors = {"session": ada, "rest": owner, "create": staticmethod(new_case), "proxy": proxy}
    run_state_machine_as_test(
        type("TwoEditors", (TwoEditors,), actors),
        settings=settings(max_examples=18, stateful_step_count=30),
    )
