"""What the panel remembers: the open case and what came of the last save, under one key of the session state."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal, NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from lib.cases.changes import Conflict
from lib.cases.drafts import Draft
from lib.cases.editing import Saved
from lib.cases.history import Event
from lib.cases.models import Case, CaseChanges, CaseStatus
from lib.cases.namesakes import Namesake
from lib.cases.opening import Opening

PANEL = "panel"
"""The key of the fragment that shows the open case."""

Level = Literal["success", "info", "warning", "error"]

_KEY = "panel"
_IN_URL = "case_id"


@dataclass(frozen=True)
class Clash:
    """Fields that the clinician and somebody else changed, each to something else, and that are to be decided.

    `events` are what was done to the case meanwhile. `draft` is what was typed in another window or device, where it is
    that and not the case that differs.
    """

    conflicts: dict[str, Conflict]
    is_archived: bool = False
    events: tuple[Event, ...] = ()
    draft: Draft | None = None

    @property
    def is_decided(self) -> bool:
        """Tell whether nothing is left to decide."""
        return not self.conflicts and not self.is_archived


@dataclass(frozen=True)
class TakenBack:
    """Earlier values that fields are to have again: of a save, whose version `undone` names, or out of the history."""

    action: Literal["undo", "restore"]
    changes: dict[str, Any]
    undone: str = ""

    @property
    def done(self) -> str:
        """Return the word for what was done."""
        return "undone" if self.action == "undo" else "restored"


@dataclass(frozen=True)
class Result:
    """What came of a save, for the clinician to read, and of which case.

    `saved` is what `Undo` takes back; `taken` was not taken back, because the case was changed again since; `typed` is
    what was not saved, and `field` the one of it that is wrong.
    """

    case: Case
    level: Level
    text: str
    saved: Saved | None = None
    taken: TakenBack | None = None
    typed: dict[str, Any] | None = None
    field: str | None = None


@dataclass
class Drafted:
    """What the script in the page is told, which keeps what is typed: see `draw_draft_keeper`.

    `base` stays the version that was typed on while a clash with a newer one is undecided. `notice` says that the form
    holds what was typed earlier and not saved.
    """

    base: Case
    seen: Draft | None
    filled: dict[str, Any]
    decisions: int = 0
    notice: str = ""

    def decide(self, base: Case, filled: dict[str, Any], seen: Draft | None = None) -> None:
        """Have the stored draft become what the clinician decided to have in the form."""
        self.base, self.filled, self.seen = base, filled, seen or self.seen
        self.decisions += 1

    def go_on(self, base: Case) -> None:
        """Compare what is typed with another version from here on."""
        self.base, self.filled, self.notice = base, {}, ""


@dataclass
class OpenCase:
    """The case that is highlighted in the table and named in the banner, and whose fields are in the form.

    `case` is the version that the form is compared with and saved over; None until it is read, and `failure` says why
    it could not be. `asked` is what is on its way. `own` are the versions that saves of this form have replaced. `fill`
    is to be written into the fields before they are drawn. `unsaved` is an earlier try whose text the form is to begin
    with. `new_name` waits for a word that it is still the same patient's. `namesakes` are other patients whom this one
    could be mistaken for. `again` is the second reading of a case that was read before it was shown. `is_brief`: of its
    fields, only the summary is drawn.
    """

    case_id: int
    case: Case | None = None
    failure: Exception | None = None
    asked: Future[Opening] | None = None
    again: Future[Case] | None = None
    own: set[str] = field(default_factory=set)
    fill: dict[str, Any] = field(default_factory=dict)
    opening: str = field(default_factory=lambda: secrets.token_hex(8))
    drafted: Drafted | None = None
    unsaved: Result | None = None
    clash: Clash | None = None
    new_name: str | None = None
    shows_history: bool = False
    namesakes: tuple[Namesake, ...] = ()
    is_flagged: bool = False
    is_brief: bool = False

    @property
    def is_answered(self) -> bool:
        """Tell whether what was asked for is there."""
        return self.asked is not None and self.asked.done()

    @property
    def left_out(self) -> frozenset[str]:
        """Return the fields that are not drawn."""
        return frozenset(CaseChanges.model_fields.keys() - {"case_summary"} if self.is_brief else ())

    def show_all(self) -> None:
        """Have all fields drawn from here on: those that were left out with what they hold."""
        if self.is_brief and self.case:
            self.fill = {name: getattr(self.case, name) for name in self.left_out} | self.fill
        self.is_brief = False

    def hold(self, filled: dict[str, Any], seen: Draft | None = None) -> None:
        """Have these changes of the case kept, as what the clinician decided to have in the form."""
        if self.drafted and self.case:
            self.drafted.decide(self.case, filled, seen)


@dataclass
class Panel:
    """The open case, and what came of the last save, which may be of the case that was open before.

    `fragments` are the parts of the page; `asked` are those that are to be drawn again, and have not been yet. `undone`
    are the versions of saves that were taken back; `saves` is where a triage run on this page notes what it saves.
    """

    opened: OpenCase | None = None
    result: Result | None = None
    fragments: tuple[str, ...] = (PANEL,)
    asked: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    saves: list[Saved] | None = None

    @property
    def has_worklist(self) -> bool:
        """Tell whether the open case is beside the worklist, and not on a page of its own."""
        return self.fragments != (PANEL,)

    def open(self, case_id: int, result: Result | None = None) -> OpenCase:
        """Make this case the open one, to be read when the panel is drawn next.

        What came of a save of the case that was open until now stays in sight.
        """
        last = self.result.case.case_id if self.result else None
        is_brief = bool(self.opened and self.opened.case_id == case_id and self.opened.is_brief)
        if self.opened is None or self.opened.case_id not in (last, case_id):
            self.result = None
        self.result = result or self.result
        self.opened = OpenCase(case_id, is_brief=is_brief)
        return self.opened

    def close(self) -> None:
        """Let go of the open case."""
        self.opened = None

    def note_saved(self) -> None:
        """Note what came of the last save for the triage run, where this page shows one."""
        if self.saves is not None and self.result and self.result.saved:
            self.saves.append(self.result.saved)

    def find_opened(self, case: Case) -> OpenCase | None:
        """Return the open case where it is this one."""
        return self.opened if self.opened and self.opened.case_id == case.case_id else None


def find_panel() -> Panel:
    """Return what the panel remembers."""
    found: Panel = st.session_state.setdefault(_KEY, Panel())
    return found


def follow_url(*fragments: str, saves: list[Saved] | None = None) -> None:
    """Open the case that the address names, or none; one whose form is still on the page stays as it is.

    `fragments` are the parts of this page that show any of it, `saves` is where what is saved on it is noted.
    """
    panel, asked = find_panel(), case_in_url()
    panel.fragments, panel.asked, panel.saves = fragments, set(fragments), saves
    if asked is None:
        panel.opened = panel.result = None
    elif not panel.opened or panel.opened.case_id != asked or not _is_on_page(panel.opened):
        panel.open(asked)


def _is_on_page(opened: OpenCase) -> bool:
    """Tell whether the form was drawn in the run before, or is filled in this one, or asked for."""
    is_asked_for = opened.case is None and opened.asked is not None
    is_drawn = any(field_key(opened.case_id, name) in st.session_state for name in CaseChanges.model_fields)
    return is_asked_for or bool(opened.fill) or is_drawn


def redraw(panel: Panel, *fragments: str) -> NoReturn:
    """End a callback with drawing these parts of the page again, or all of them.

    What an earlier callback has asked for is drawn, too: Streamlit forgets it when the next callback asks for less, and
    a run of the whole page where one was due.
    """
    panel.asked |= set(fragments or panel.fragments)
    context = get_script_run_ctx()
    is_whole_page_due = context is not None and not context.fragment_ids_this_run
    st.rerun("app" if is_whole_page_due else [name for name in panel.fragments if name in panel.asked])


def case_in_url() -> int | None:
    """Return the case number that the address names (`?case_id=13`), if it names one."""
    asked = st.query_params.get(_IN_URL, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 20 and int(asked) else None


def put_case_in_url(case_id: int | None) -> None:
    """Put a case's number into the address, or take it out."""
    if case_id is None:
        st.query_params.pop(_IN_URL, None)
    elif st.query_params.get_all(_IN_URL) != [str(case_id)]:
        st.query_params[_IN_URL] = str(case_id)


def field_key(case_id: int, name: str) -> str:
    """Return the key of a field of a case's form: the same for all its versions."""
    return f"{name}-of-case-{case_id}"


def fill_fields(opened: OpenCase, *, hidden: Collection[str] = ()) -> None:
    """Write into the fields what they are to hold, before they are drawn; into none of those that are hidden.

    Not in a callback: what a callback writes does not reach the browser where it also names the fragments to draw.
    `fill` is to be emptied when the whole form is drawn: a click that interrupts it brings what the fields held before.
    """
    for name, value in opened.fill.items():
        if name not in hidden:
            st.session_state[field_key(opened.case_id, name)] = CaseStatus(value) if name == "status" else value
