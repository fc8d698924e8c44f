"""Many browser tabs at once, without browsers: each draws the page again and waits until it is drawn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
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


def draw_every(url: str, cookie: str, *, tabs: int, seconds: float, duration: float) -> Drawn:
    """Open tabs that draw the page every so many seconds, evenly spread, for a while; 0 is without a pause."""
    return asyncio.run(_draw_every(url, cookie, tabs, seconds, duration))


async def _draw_every(url: str, cookie: str, tabs: int, seconds: float, duration: float) -> Drawn:
    drawn, opened = Drawn(), asyncio.Semaphore(8)
    everybody = asyncio.Barrier(tabs)

    async def live(number: int) -> None:
        async with opened:
            socket = await _open(url, cookie)
            await _draw(socket)
        await everybody.wait()
        await asyncio.sleep(seconds * number / tabs)
        await _repeat(lambda: _time(socket, drawn), seconds, duration)
        await socket.close()

    await asyncio.gather(*(live(number) for number in range(tabs)))
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
