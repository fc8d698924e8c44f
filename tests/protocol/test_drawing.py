"""What the server sends where a part of the page is drawn again: what has changed, and not the rest."""

from __future__ import annotations

from tests.clinicians import Clinician
from tests.protocol.client import open_tab, sign_in
from tests.proxy import FaultProxy

READ_AGAIN = "press-l-load"
FORM = "Case summary"
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


def test_a_case_that_could_not_be_read_is_read_with_the_list(url: str, newcomer: Clinician, proxy: FaultProxy) -> None:
    case_id = newcomer.create_case()
    with open_tab(url, sign_in(url, newcomer.email)) as tab:
        proxy.reset("/open_case")
        tab.visit(query=f"case_id={case_id}")
        assert tab.shows(f"Case {case_id} could not be opened.")
        proxy.forward()
        tab.press(READ_AGAIN)
        assert FORM in tab.labels()
        tab.press(READ_AGAIN)
        assert FORM not in tab.labels()
