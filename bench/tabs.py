"""Many browser tabs at once, without browsers: each draws the page again and waits until it is drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

from tests.protocol.client import COOKIE

LONGEST_END = 400
"""Bytes: a message that ends a run is shorter, so that longer ones need not be read."""


@dataclass
class Drawn:
    """How long each run took, in milliseconds, and how many failed."""

    milliseconds: list[float] = field(default_factory=list)
    failed: int = 0


@dataclass(frozen=True)
class Crowd:
    """So many tabs of these browsers, each of which draws the page every so many seconds, for a while.

    `seconds` of 0 is without a pause; otherwise the tabs are evenly spread. A browser is its cookie.
    """

    url: str
    cookies: Sequence[str]
    tabs: int
    seconds: float
    duration: float


def draw_in(crowd: Crowd, *, look: Callable[[], None] = lambda: None) -> Drawn:
    """Have the tabs draw the page, and `look` once at the end, while all of them are still open."""
    return asyncio.run(_draw_in(crowd, look))


async def _draw_in(crowd: Crowd, look: Callable[[], None]) -> Drawn:
    drawn, opened = Drawn(), asyncio.Semaphore(8)
    everybody = asyncio.Barrier(crowd.tabs)

    async def live(number: int) -> None:
        async with opened:
            socket = await _open(crowd.url, crowd.cookies[number % len(crowd.cookies)])
            await _draw(socket)
        await everybody.wait()
        await asyncio.sleep(crowd.seconds * number / crowd.tabs)
        await _repeat(lambda: _time(socket, drawn), crowd.seconds, crowd.duration)
        if await everybody.wait() == 0:
            look()
        await everybody.wait()
        await socket.close()

    await asyncio.gather(*(live(number) for number in range(crowd.tabs)))
    return drawn


async def _repeat(action: Callable[[], Awaitable[None]], seconds: float, duration: float) -> None:
    """Do something every so many seconds: later ones do not wait for an earlier one to be in time."""
    started = time.monotonic()
    turn = 0
    while time.monotonic() - started < duration:
        await action()
        turn += 1
        await asyncio.sleep(started + turn * seconds - time.monotonic() if seconds else 0)


async def _time(socket: ClientConnection, drawn: Drawn) -> None:
    started = time.perf_counter()
    try:
        await asyncio.wait_for(_draw(socket), 60)
    except Exception:
        drawn.failed += 1
    else:
        drawn.milliseconds.append((time.perf_counter() - started) * 1000)


async def _open(url: str, cookie: str) -> ClientConnection:
    headers = {"Cookie": f"{COOKIE}={cookie}"} if cookie else {}
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    return await connect(address, subprotocols=["streamlit", "unused"], additional_headers=headers, max_size=None)  # type: ignore[list-item]


async def _draw(socket: ClientConnection) -> None:
    message = BackMsg()
    message.rerun_script.page_name = ""
    await socket.send(message.SerializeToString())
    while not _ends_run(await socket.recv(decode=False)):
        pass


def _ends_run(frame: bytes) -> bool:
    if len(frame) > LONGEST_END:
        return False
    message = ForwardMsg.FromString(frame)
    early = ForwardMsg.FINISHED_EARLY_FOR_RERUN
    return bool(message.WhichOneof("type") == "script_finished" and message.script_finished != early)
