"""What the server sends where a part of the page is drawn again: what has changed, and not the rest."""

from __future__ import annotations

from tests.clinicians import Clinician
from tests.protocol.client import open_tab, sign_in

READ_AGAIN = "press-l-load"
SEARCH = "Search all cases"


def test_the_line_above_the_list_is_drawn_again_only_where_it_has_changed(url: str, newcomer: Clinician) -> None:
    newcomer.create_case()
    with open_tab(url, sign_in(url, newcomer.email)) as tab:
        tab.visit()
        assert SEARCH in tab.labels()
        tab.press(READ_AGAIN)
        assert SEARCH not in tab.labels()
        newcomer.create_case()
        tab.press(READ_AGAIN)
        assert tab.shows("Pending 2")
        assert SEARCH in tab.labels()
