"""What the panel remembers: the open case, and what came of the last save."""

from __future__ import annotations

from lib.ui.open_case import OpenCase, Panel, Result
from tests.unit.test_changes import LOADED


def test_what_came_of_a_save_stays_in_sight_for_the_case_that_is_opened_next_and_no_longer() -> None:
    result = Result(LOADED, "success", "Saved: Status.")
    panel = Panel(OpenCase(LOADED.case_id), result)
    panel.open(LOADED.case_id + 1)
    assert panel.result is result
    panel.open(LOADED.case_id + 2)
    assert panel.result is None
