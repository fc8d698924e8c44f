"""Questions to Supabase while something else is done, such as drawing a table."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

_MOST_AT_ONCE = 32

A = TypeVar("A")
_threads = ThreadPoolExecutor(_MOST_AT_ONCE, thread_name_prefix="side-by-side")


def ask_ahead(question: Callable[[], A]) -> Future[A]:
    """Ask now for an answer that is wanted later."""
    return _threads.submit(copy_context().run, question)
