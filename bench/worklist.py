"""Drawing the worklist again beside the page a tutorial writes, over the same cases.

A clinician has it read and drawn again by a button, by turning a page or by a filter: the list, and the line above it
where that has changed, while the rest of the page stays. A tutorial's page knows only the whole of itself; ours is
measured beside it, too.
"""

from __future__ import annotations

from contextlib import ExitStack

from bench.baseline import raw, running_tutorial
from bench.frame import Goal, Row, Rows, timed
from bench.places import embedded_supabase
from bench.tabs import LOAD
from lib import sign_in
from tests.protocol import client as browser
from tests.server import running_server

MORE = 1000


def rows(*, quick: bool) -> Rows:
    """Measure over the 120 cases of the demo, then over 1,120."""
    turns = 20 if quick else 100
    with ExitStack() as stack:
        supabase = stack.enter_context(embedded_supabase())
        ours = stack.enter_context(running_server(supabase))
        theirs = stack.enter_context(running_tutorial(supabase))
        tab = stack.enter_context(browser.open_tab(ours.url, browser.sign_in(ours.url, "ada@demo.example")))
        other = stack.enter_context(browser.open_tab(theirs.url))
        rest = stack.enter_context(raw.open_rest(supabase, sign_in("ada@demo.example", "casedesk-demo")))
        for number, goal in ((120, 0.3), (1120, 0.15)):
            if number > 120:
                raw.create_cases(rest, MORE)
            tab.visit()
            other.visit()
            name = f"{number:,} cases, beside a tutorial's page"
            yield Row(f"worklist, whole page, {name}", timed(tab.run), timed(other.run), turns=turns)
            yield Row(f"worklist, {name}", timed(lambda: tab.press(LOAD)), timed(other.run), Goal("ratio", goal), turns)
