"""Room for tabs: counted between two looks at the descriptors, too."""

from __future__ import annotations

from contextlib import ExitStack

from lib.server.room import DESCRIPTORS_OF_A_TAB, KEPT_FOR_REQUESTS, KEPT_FOR_WORK, Room

LEFT = 3


def test_tabs_that_open_between_two_counts_are_counted() -> None:
    limit = KEPT_FOR_WORK + KEPT_FOR_REQUESTS + LEFT * DESCRIPTORS_OF_A_TAB
    room = Room(limit, count=lambda: 0, clock=lambda: 1.0)
    with ExitStack() as tabs:
        for _ in range(LEFT):
            assert room.has_room_for_tab("somebody", is_signed_in=False)
            tabs.enter_context(room.tab("somebody"))
        assert not room.has_room_for_tab("somebody", is_signed_in=False)
