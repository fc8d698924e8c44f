"""A deadline for a whole answer: one that comes byte by byte would otherwise never be late."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from ssl import SSLContext
from typing import Any

import httpcore
import httpx

_together = ContextVar("together", default=float("inf"))


@contextmanager
def answered_within(seconds: float, *, since: float | None = None) -> Iterator[None]:
    """Have all requests of a block together take so many seconds at most, those of its threads included.

    `since` is the moment (`time.monotonic()`) from which they count, where that is not now.
    """
    token = _together.set(min(_together.get(), (time.monotonic() if since is None else since) + seconds))
    try:
        yield
    finally:
        _together.reset(token)


class DeadlineTransport(httpx.HTTPTransport):
    """A transport whose requests take so many seconds at most, from the first byte sent to the last one read."""

    def __init__(self, seconds: float, limits: httpx.Limits) -> None:
        super().__init__(limits=limits)
        self._seconds = seconds
        self._clock = _Deadline()
        # The public way to name a network backend leaves out what httpx sets up around it.
        self._pool._network_backend = _Backend(self._clock)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; its answer is read by the same thread, under the same deadline."""
        self._clock.at = min(_together.get(), time.monotonic() + self._seconds)
        return super().handle_request(request)


class _Deadline(threading.local):
    """When the request of a thread must be over."""

    at = float("inf")

    def left(self, timeout: float | None) -> float | None:
        """Return how long the next step may take.

        Raises:
            httpcore.ReadTimeout: no time is left.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return min(left, timeout if timeout is not None else left)


class _Backend(httpcore.SyncBackend):
    def __init__(self, deadline: _Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _Stream(super().connect_tcp(host, port, left, local_address, socket_options), self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        left = self._deadline.left(timeout)
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
