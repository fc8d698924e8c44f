"""How much is going on at a time: load is shed politely before the operating system does it rudely."""

from __future__ import annotations

import logging
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.logs import Seldom

MOST_TABS = 2000
"""Open tabs, each of them a session of Streamlit's with some hundred kilobytes."""
MOST_TABS_OF_ONE = {True: 100, False: 500}
"""Of one browser that is signed in; of one address that is not, behind which there may be a hospital."""
KEPT_FOR_WORK = 128
"""Descriptors that no request may take: those of the way to Supabase and of files."""
KEPT_FOR_REQUESTS = 128
"""Descriptors beyond, that no new tab may take."""
DESCRIPTORS_OF_A_TAB = 4
"""Its socket, and the event loop that Streamlit makes for each of its sessions."""
COUNTED_SECONDS = 0.2

log = logging.getLogger("case_desk")


def raise_descriptor_limit() -> int:
    """Raise the number of descriptors that this process may open as far as it is allowed to, and return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65536 if hard == resource.RLIM_INFINITY else hard
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (ValueError, OSError):
        # macOS allows less than it says.
        return soft
    return wanted


def count_descriptors() -> int:
    """Return how many descriptors this process has open."""
    return sum(1 for _ in Path("/dev/fd").iterdir())


class Room:
    """The tabs that are open and the descriptors that are left; for the event loop alone."""

    def __init__(
        self,
        limit: int,
        count: Callable[[], int] = count_descriptors,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._count = count
        self._clock = clock
        self._tabs: Counter[str] = Counter()
        self._counted = (0.0, 0)
        self._complaint = Seldom(clock=clock)

    def has_room(self) -> bool:
        """Tell whether there is room for a request."""
        return self._has_left(KEPT_FOR_WORK)

    def has_room_for_tab(self, who: str, *, is_signed_in: bool) -> bool:
        """Tell whether there is room for one more tab of a browser or of an address."""
        if self._tabs.total() < MOST_TABS and self._tabs[who] < MOST_TABS_OF_ONE[is_signed_in]:
            return self._has_left(KEPT_FOR_WORK + KEPT_FOR_REQUESTS)
        return self._complain()

    @contextmanager
    def tab(self, who: str) -> Iterator[None]:
        """Count a tab while it is open."""
        self._tabs[who] += 1
        # Until descriptors are counted again: many tabs open within that time.
        counted_at, number = self._counted
        self._counted = counted_at, number + DESCRIPTORS_OF_A_TAB
        try:
            yield
        finally:
            self._tabs[who] -= 1
            if not self._tabs[who]:
                del self._tabs[who]

    def _has_left(self, kept: int) -> bool:
        now, (counted_at, number) = self._clock(), self._counted
        if now - counted_at > COUNTED_SECONDS:
            number = self._count()
            self._counted = (now, number)
        return number < self._limit - kept or self._complain()

    def _complain(self) -> bool:
        if self._complaint.is_due():
            log.warning(
                "Too much is going on: %d tabs, %d of %d descriptors. Who comes now is asked to try again.",
                self._tabs.total(),
                self._count(),
                self._limit,
            )
        return False
