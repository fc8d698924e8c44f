"""How many clinicians two cores carry: open worklists that are drawn every five seconds, and as often as can be.

Each reads and draws its list as a clinician has it done, by the button that says as of when it is.
"""

from __future__ import annotations

from pathlib import Path

from bench.baseline import running_tutorial
from bench.frame import CannotRun, Goal, Row, Rows, each, known
from bench.places import embedded_supabase
from bench.tabs import LOAD, Crowd, draw_in
from lib.backend.settings import Supabase
from tests.protocol.client import sign_in
from tests.server import Server, running_server

PAUSE = 5.0
GOALS = {100: 40, 200: 150, 300: 300}
TABS_OF_ONE = 50
"""Of one browser; the server takes 100."""
SATURATION = "worklist runs a second at saturation, beside a tutorial's page"
CLINICIAN = "ada@demo.example"
MEGABYTE = 1024 * 1024


def rows(*, quick: bool) -> Rows:
    """Measure growing numbers of tabs of one clinician, on the embedded Supabase."""
    with embedded_supabase() as supabase:
        numbers = list(GOALS)[:1] if quick else list(GOALS)
        yield from each(
            {name_sessions(tabs): _sessions(supabase, tabs, duration=6 if quick else 20) for tabs in numbers}
            | {SATURATION: _saturation(supabase, duration=3 if quick else 10)}
        )


def name_sessions(tabs: int) -> str:
    """Name the row of so many sessions."""
    return f"{tabs} sessions, each drawing the worklist every {PAUSE:g} s"


def _sessions(supabase: Supabase, tabs: int, duration: float) -> Rows:
    with running_server(supabase) as server:
        cookies = [sign_in(server.url, CLINICIAN) for _ in range(0, tabs, TABS_OF_ONE)]
        before, after = _resident(server), []
        crowd = Crowd(server.url, cookies, tabs, PAUSE, duration, LOAD)
        drawn = draw_in(crowd, look=lambda: after.append(_resident(server)))
        name = name_sessions(tabs)
        yield Row(name, known(*drawn.milliseconds), goal=Goal("p95", GOALS[tabs]))
        yield Row(f"{name}: failed", known(drawn.failed), goal=Goal("median", 0), unit="runs")
        memory = known((after[0] - before) / tabs / MEGABYTE)
        yield Row(f"{name}: memory of one", memory, goal=Goal("median", 1), unit="MiB")


def _saturation(supabase: Supabase, duration: float) -> Rows:
    with running_server(supabase) as ours, running_tutorial(supabase) as theirs:
        subject = draw_in(Crowd(ours.url, [sign_in(ours.url, CLINICIAN)], 8, 0, duration, LOAD))
        baseline = draw_in(Crowd(theirs.url, [""], 8, 0, duration))
        yield Row(
            SATURATION,
            known(len(subject.milliseconds) / duration),
            known(len(baseline.milliseconds) / duration),
            Goal("median", 75, at_least=True),
            unit="runs/s",
        )


def _resident(server: Server) -> int:
    """Return the memory of the server's own process, in bytes.

    Raises:
        CannotRun: only Linux tells.
    """
    try:
        status = Path(f"/proc/{server.pid}/status").read_text()
    except FileNotFoundError:
        raise CannotRun("only Linux tells the memory of another process") from None
    kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(kilobytes) * 1024
