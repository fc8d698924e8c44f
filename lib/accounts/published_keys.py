"""The keys that a Supabase project signs its tokens with, as it publishes them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress

import jwt

from lib.backend.client import current, fetch_published_keys

KEPT_SECONDS = 300
UNKNOWN_SECONDS = 30
"""How old the keys must be to be fetched again because one is unknown, so that forged tokens cause few requests."""

Keys = dict[str, jwt.PyJWK]


class PublishedKeys:
    """Keys by their name, fetched by one thread for all that wait, so that no queue forms at a slow endpoint."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._latest: dict[str, tuple[float, Future[Keys]]] = {}

    def find(self, name: str) -> jwt.PyJWK | None:
        """Return the key of this name, or None where none is published.

        Raises:
            BackendUnavailable: the keys cannot be fetched.
        """
        return self._read(KEPT_SECONDS).get(name) or self._read(UNKNOWN_SECONDS).get(name)

    def _read(self, oldest: float) -> Keys:
        with self._lock:
            project = current().url
            fetched_at, answer = self._latest.get(project, (0.0, None))
            is_mine = answer is None or self._is_over(fetched_at, answer, oldest)
            if answer is None or is_mine:
                answer = Future()
                self._latest[project] = self._clock(), answer
        if is_mine:
            try:
                answer.set_result(_by_name(fetch_published_keys()))
            except BaseException as error:
                # Those who wait share the failure; who comes after them tries again.
                answer.set_exception(error)
        return answer.result()

    def _is_over(self, fetched_at: float, answer: Future[Keys], oldest: float) -> bool:
        return answer.done() and (answer.exception() is not None or self._clock() - fetched_at > oldest)


def _by_name(published: list[object]) -> Keys:
    keys = {}
    for each in published:
        # A key of a kind that this version does not know keeps no other from being used.
        with suppress(jwt.PyJWTError, AttributeError, TypeError, ValueError):
            key = jwt.PyJWK.from_dict(each)  # type: ignore[arg-type]
            if key.key_id and key.public_key_use in ("sig", None):
                keys[key.key_id] = key
    return keys
