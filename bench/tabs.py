"""Many browser tabs at once, without browsers: each draws the worklist again and waits until it is drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.protocol.client import COOKIE

LOAD = "press-l-load"
"""The key of the button that reads the worklist again."""
LONGEST_END = 400
"""Bytes: a message that ends a run is shorter, so that longer ones need not be read."""
SMALLEST_TABLE = 5_000
"""Bytes: a run that brings nothing as large has not drawn the table."""


class Button(NamedTuple):
    """A button by its number, and the fragment it stands in."""

    id: str
    fragment_id: str


@dataclass
class Drawn:
    """How long each run took, in milliseconds, and how many failed."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass(frozen=True)
class Crowd:
    """So many tabs of these browsers, each of which draws the worklist every so many seconds, for a while.

    `button` is the key of the one that does so; without it, the whole page is drawn. `seconds` of 0 is without a pause;
    otherwise the tabs are evenly spread. A browser is its cookie.
    """

    url: str
    cookies: Sequence[str]
    tabs: int
    seconds: float
    duration: float
    button: str = ""


def draw_in(crowd: Crowd, *, look: Callable[[], None] = lambda: None) -> Drawn:
    """Have the tabs draw the page, and `look` once at the end, while all of them are still open."""
    return asyncio.run(_draw_in(crowd, look))


async def _draw_in(crowd: Crowd, look: Callable[[], None]) -> Drawn:
    drawn, opened = Drawn(), asyncio.Semaphore(8)
    everybody = asyncio.Barrier(crowd.tabs)

    async def live(number: int) -> None:
        async with opened:
            socket = await _open(crowd.url, crowd.cookies[number % len(crowd.cookies)])
            button = find_button(await _draw(socket, press(None)), crowd.button) if crowd.button else None
        await everybody.wait()
        await asyncio.sleep(crowd.seconds * number / crowd.tabs)
        await _repeat(lambda: _time(socket, press(button), drawn), crowd.seconds, crowd.duration)
        if await everybody.wait() == 0:
            look()
        await everybody.wait()
        await socket.close()

    await asyncio.gather(*(live(number) for number in range(crowd.tabs)))
    return drawn


def find_button(frames: Iterable[bytes], key: str) -> Button:
    """Find the button with this key in what came."""
    for frame in frames:
        delta = ForwardMsg.FromString(frame).delta
        if delta.new_element.button.id.endswith(key):
            return Button(delta.new_element.button.id, delta.fragment_id)
    raise LookupError(f"There is no button {key}.")


def press(button: Button | None) -> BackMsg:
    """Return what a browser sends where this button is pressed, or the page asked for again."""
    message = BackMsg()
    message.rerun_script.page_name = ""
    if button:
        message.rerun_script.fragment_id = button.fragment_id
        message.rerun_script.widget_states.widgets.append(WidgetState(id=button.id, trigger_value=True))
    return message


async def _repeat(action: Callable[[], Awaitable[None]], seconds: float, duration: float) -> None:
    """Do something every so many seconds: later ones do not wait for an earlier one to be in time."""
    started = time.monotonic()
    turn = 0
    while time.monotonic() - started < duration:
        await action()
        turn += 1
        await asyncio.sleep(started + turn * seconds - time.monotonic() if seconds else 0)


async def _time(socket: ClientConnection, request: BackMsg, drawn: Drawn) -> None:
    started = time.perf_counter()
    try:
        frames = await asyncio.wait_for(_draw(socket, request), 60)
    except Exception:
        drawn.failed += 1
    else:
        drawn.failed += max(map(len, frames)) < SMALLEST_TABLE
        drawn.milliseconds.append((time.perf_counter() - started) * 1000)


async def _open(url: str, cookie: str) -> ClientConnection:
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    protocols = [Subprotocol("streamlit"), Subprotocol("unused")]
    return await connect(address, subprotocols=protocols, additional_headers=headers, max_size=None)


async def _draw(socket: ClientConnection, request: BackMsg) -> list[bytes]:
    """Ask for a run and return what came until its end."""
    await socket.send(request.SerializeToString())
    frames: list[bytes] = []
    while not frames or not _ends_run(frames[-1]):
        frames.append(await socket.recv(decode=False))
    return frames


def _ends_run(frame: bytes) -> bool:
    if len(frame) > LONGEST_END:
        return False
    message = ForwardMsg.FromString(frame)
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return bool(message.WhichOneof("type") == "script_finished" and message.script_finished != early)
