"""The soak itself: everybody begins, everybody stops, and what was promised is held against what is there."""

from __future__ import annotations

import statistics
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.frame import CannotRun
from bench.soak.attackers import Attackers
from bench.soak.clinicians import Worker
from bench.soak.weather import Weather
from lib.backend.settings import Supabase
from tests.clinicians import new_clinician
from tests.proxy import FaultProxy
from tests.server import Server, running_server

CLINICIANS_PAUSE = 8.0
"""Seconds from what a clinician did to what comes next; each then saves on the page, by a program, and types."""
ATTACKERS_PAUSE = 0.2
PERIOD = 180.0
"""Seconds, of which Supabase fails in the last third."""
MEMORY_EVERY = 1.0
GROWTH = 0.10
SIGN_INS_AT_A_TIME = 4


@dataclass(frozen=True)
class Line:
    """One line of what came of it; without a goal, it is there to be read."""

    name: str
    figure: str
    goal: str = ""
    is_met: bool = True

    @property
    def verdict(self) -> str:
        """Tell whether the goal is met."""
        return ("met" if self.is_met else "missed") if self.goal else ""


@dataclass(frozen=True)
class Outcome:
    """All that came of it."""

    rows: Sequence[Line]
    failures: Sequence[str]
    """What failed though Supabase was well, and why."""

    @property
    def holds(self) -> bool:
        """Tell whether every goal is met."""
        return all(row.is_met for row in self.rows)


def soak(
    supabase: Supabase,
    *,
    seconds: float,
    clinicians: int,
    pause: float = CLINICIANS_PAUSE,
    growth: float = GROWTH,
) -> Outcome:
    """Have so many clinicians work for so long while everything goes wrong; `lib` is connected to this Supabase.

    `growth` is how much larger the server may be in the end than it was after a third of the time.
    """
    with ExitStack() as stack:
        proxy = stack.enter_context(FaultProxy(supabase.url))
        server = stack.enter_context(running_server(Supabase(proxy.url, supabase.key)))
        weather = Weather(proxy, min(PERIOD, seconds * 0.3))
        people = [stack.enter_context(new_clinician()) for _ in range(clinicians + 1)]
        workers = [Worker(number, server.url, person, weather) for number, person in enumerate(people[1:])]
        attackers = Attackers(server.url, people[0], workers)
        memory = _have_everybody_begin(server, workers, attackers, weather, seconds, pause)
        with ThreadPoolExecutor(SIGN_INS_AT_A_TIME) as doors:
            signed_in = sum(map(bool, doors.map(Worker.sign_in, workers)))
        rows = [*_tell(workers, attackers, signed_in, seconds), tell_memory(memory, growth)]
        return Outcome(rows, [failure for worker in workers for failure in worker.failures])


def _have_everybody_begin(
    server: Server, workers: Sequence[Worker], attackers: Attackers, weather: Weather, seconds: float, pause: float
) -> list[float]:
    """Return the megabytes that the server had meanwhile, in order."""
    over, memory = threading.Event(), []
    threads = [threading.Thread(target=worker.work, args=(over, pause)) for worker in workers]
    threads += [
        threading.Thread(target=attackers.attack, args=(door, over, ATTACKERS_PAUSE)) for door in attackers.doors
    ]
    weather.start()
    for thread in threads:
        thread.start()
        # Not all of them do the same thing at the same time.
        over.wait(min(pause, seconds / 10) / len(threads))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        memory.append(_megabytes(server))
        over.wait(MEMORY_EVERY)
    over.set()
    weather.stop()
    for thread in threads:
        thread.join()
    return memory


def _tell(workers: Sequence[Worker], attackers: Attackers, signed_in: int, seconds: float) -> Iterator[Line]:
    did: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for worker in workers:
        did += worker.tally
        for ledger in worker.ledgers:
            found += ledger.audit()
    actions = ("saves on the page", "updates by a program", "drafts", "sign-ins")
    yield Line("clinicians, for so long", f"{len(workers)}, {seconds:.0f} s")
    yield Line("what they did", ", ".join(f"{did[action]:,} {action}" for action in actions))
    yield Line("of it not answered while Supabase failed", f"{did['not answered']:,}")
    yield _none("of it failed while Supabase was well", sum(len(worker.failures) for worker in workers))
    yield Line("changes that were acknowledged", f"{found['acknowledged']:,}", "some", found["acknowledged"] > 0)
    yield _none("of them lost", found["lost"])
    yield _none("changes that are there twice", found["repeated"])
    yield _none(
        "changes that nobody made, or that history tells otherwise", found["foreign"] + found["not as its history says"]
    )
    yield Line("drafts that were promised", f"{found['kept']:,}", "some", found["kept"] > 0)
    yield _none("clinicians whose last draft is lost", found["drafts lost"])
    yield _none("right passwords refused, sessions ended", did["locked out"] + did["signed out"])
    yield Line("who can sign in at the end", f"{signed_in}", "all", signed_in == len(workers))
    for door in attackers.doors:
        yield Line(f"attacks: {door}", f"{attackers.tally[door]:,}", "some", attackers.tally[door] > 0)
    yield _none("attacks that got in", attackers.tally["let in"])
    yield _none("strangers' words received", did["strangers' words"] + attackers.tally["strangers' words"])


def _none(name: str, figure: int) -> Line:
    return Line(name, f"{figure:,}", "none", figure == 0)


def tell_memory(memory: Sequence[float], growth: float) -> Line:
    """Compare the last sixth with the one after a third, when everything has happened once."""
    sixth = max(1, len(memory) // 6)
    before, after = statistics.median(memory[2 * sixth : 3 * sixth]), statistics.median(memory[-sixth:])
    figure = f"{before:.0f} → {after:.0f} MiB ({after / before - 1:+.0%})"
    return Line(
        "memory of the server after a third, and at the end", figure, f"≤ +{growth:.0%}", after <= before * (1 + growth)
    )


def _megabytes(server: Server) -> float:
    """Return the memory that the server has in use.

    Raises:
        CannotRun: only Linux tells.
    """
    try:
        pages = int(Path(f"/proc/{server.pid}/statm").read_text().split()[1])
    except FileNotFoundError:
        raise CannotRun("only Linux tells the memory of another process") from None
    return pages * 4096 / 2**20
