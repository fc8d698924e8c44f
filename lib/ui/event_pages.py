"""Pages of events, the latest first: which one is shown, and the buttons to those before and behind it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from lib.cases.history import EventCursor

_TRAIL = "trail-of-"


def event_trail(name: str, shown: str) -> list[EventCursor]:
    """Return the keys behind which the pages up to the present one start; where something else is shown, it is new."""
    kept: tuple[str, list[EventCursor]] | None = st.session_state.get(_TRAIL + name)
    if kept is None or kept[0] != shown:
        kept = st.session_state[_TRAIL + name] = (shown, [])
    return kept[1]


def draw_event_turner(
    name: str,
    trail: list[EventCursor],
    following: EventCursor | None,
    offer: Callable[..., bool] = st.button,
    turned: Callable[[], None] = lambda: None,
) -> None:
    """Draw the buttons to the later and the earlier page, if any; `offer` draws a button, `turned` ends a click."""
    with st.container(horizontal=True):
        if trail:
            offer(
                "Show later",
                icon=":material/expand_less:",
                key=f"later-{name}",
                on_click=_go,
                args=(trail, trail[:-1], turned),
            )
        if following:
            earlier = [*trail, following]
            offer(
                "Show earlier",
                icon=":material/expand_more:",
                key=f"earlier-{name}",
                on_click=_go,
                args=(trail, earlier, turned),
            )


def _go(trail: list[EventCursor], to: list[EventCursor], turned: Callable[[], None]) -> None:
    """Show another page; clicked twice, the same one."""
    trail[:] = to
    turned()
