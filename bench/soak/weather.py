"""The way to Supabase, which is well for two thirds of the time and then fails, each time in another way."""

from __future__ import annotations

import threading
import time
from itertools import cycle

from tests.proxy import FaultProxy

AFTERMATH = 12.0
"""Seconds after a failure in which an answer may still be missing: its own deadline, and a pause after it."""


class Weather:
    """What the server's way to Supabase is like, one period after the other."""

    def __init__(self, proxy: FaultProxy, period: float) -> None:
        self._proxy = proxy
        self._period = period
        self._bad_from = float("inf")
        self._good_from = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._change, name="weather")

    def start(self) -> None:
        """Begin with a good time."""
        self._thread.start()

    def stop(self) -> None:
        """Let it be well for good."""
        self._over.set()
        self._thread.join()
        self._clear_up()

    def was_bad_since(self, started: float) -> bool:
        """Tell whether Supabase failed at some time since this moment, or shortly before it."""
        return self._bad_from <= time.monotonic() or self._good_from + AFTERMATH > started

    def _change(self) -> None:
        for fail in cycle((self._proxy.refuse, self._proxy.stall, self._trickle)):
            if self._over.wait(self._period * 2 / 3):
                return
            self._bad_from = time.monotonic()
            fail()
            if self._over.wait(self._period / 3):
                return
            self._clear_up()

    def _trickle(self) -> None:
        self._proxy.trickle(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" + b" " * 1000, seconds=0.2)

    def _clear_up(self) -> None:
        self._proxy.forward()
        self._proxy.forget()
        self._bad_from, self._good_from = float("inf"), time.monotonic()
