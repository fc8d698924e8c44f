"""How many clinicians two cores carry: open worklists that are drawn every five seconds, and as often as can be."""

from __future__ import annotations

from pathlib import Path

from bench.baseline import running_tutorial
from bench.frame import CannotRun, Goal, Row, Rows, known
from bench.places import embedded_supabase
from bench.tabs import Drawn, draw_every
from tests.protocol.client import sign_in
from tests.server import Server, running_server

PAUSE = 5.0
GOALS = {100: 40, 200: 150, 300: 300}
MEGABYTE = 1024 * 1024


def rows(*, quick: bool) -> Rows:
    """Measure growing numbers of tabs of one clinician, on the embedded Supabase."""
    with embedded_supabase() as supabase:
        duration = 6 if quick else 12
        with running_server(supabase) as ours, running_tutorial(supabase) as theirs:
            cookie = sign_in(ours.url, "ada@demo.example")
            subject = draw_every(ours.url, cookie, tabs=8, seconds=0, duration=duration)
            baseline = draw_every(theirs.url, "", tabs=8, seconds=0, duration=duration)
            yield Row(
                "worklist runs a second at saturation, beside a tutorial's page",
                known(len(subject.milliseconds) / duration),
                known(len(baseline.milliseconds) / duration),
                Goal("median", 75, at_least=True),
                unit="runs/s",
            )
        for tabs, goal in GOALS.items():
            if quick and tabs > 100:
                raise CannotRun("more than 100 sessions take longer than a quick run")
            with running_server(supabase) as server:
                yield from _rows_of(server, tabs, goal, duration=10 if quick else 25)


def _rows_of(server: Server, tabs: int, goal: int, duration: float) -> Rows:
    cookie = sign_in(server.url, "ada@demo.example")
    before = _resident(server)
    drawn: Drawn = draw_every(server.url, cookie, tabs=tabs, seconds=PAUSE, duration=duration)
    name = f"{tabs} sessions, each drawing the worklist every {PAUSE:g} s"
    yield Row(name, known(*drawn.milliseconds), goal=Goal("p95", goal))
    yield Row(f"{name}: failed", known(drawn.failed), goal=Goal("median", 0), unit="runs")
    yield Row(
        f"{name}: memory of one",
        known((_resident(server) - before) / tabs / MEGABYTE),
        None,
        Goal("median", 1),
        unit="MiB",
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
