"""Carrying out what a clinician has asked for, although the page was clicked on since."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from streamlit.runtime.scriptrunner import RerunData, RerunException, get_script_run_ctx

T = TypeVar("T")


def uninterrupted(step: Callable[[], T]) -> T:
    """Carry out a step that may be begun again, and hand a newer interaction, which would have stopped it, on.

    Streamlit raises a newer interaction at every access to the session state, within a callback, too. It is caught
    here, and put back into the queue, to be served after the callback.
    """
    newer: list[RerunData] = []
    try:
        while True:
            try:
                return step()
            except RerunException as interruption:
                newer.append(interruption.rerun_data)
    finally:
        context = get_script_run_ctx()
        for interaction in newer:
            assert context
            assert context.script_requests
            context.script_requests.request_rerun(interaction)
