"""What a tab may send over its websocket: binary messages, no larger than any form, no faster than any hand."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import NamedTuple

import anyio
from starlette.types import Message, Receive, Send

TOO_LARGE = (1009, "This message is larger than any form.")
NOT_BINARY = (1003, "Messages are binary.")


class Tempo(NamedTuple):
    """How fast messages are taken: so many at once, then so many a second."""

    at_once: int
    a_second: float


TEMPO = {True: Tempo(200, 20), False: Tempo(50, 2)}
"""Of a tab of somebody who is signed in, and of any other, which has a sign-in page to draw and nothing else."""


def limit_frames(
    receive: Receive,
    send: Send,
    largest: int,
    tempo: Tempo,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> Receive:
    """Hand messages on in this tempo, and close on what no page of ours sends."""
    head_start = tempo.at_once / tempo.a_second
    due = clock() - head_start

    async def receive_limited() -> Message:
        nonlocal due
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if refused := _find_fault(message, largest):
            code, reason = refused
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return {"type": "websocket.disconnect", "code": code}
        due = max(due, clock() - head_start) + 1 / tempo.a_second
        if (early := due - clock()) > 0:
            # What comes meanwhile waits in the operating system, and then at its sender.
            await sleep(early)
        return message

    return receive_limited


def _find_fault(message: Message, largest: int) -> tuple[int, str] | None:
    frame = message.get("bytes")
    if frame is None:
        return NOT_BINARY
    return TOO_LARGE if len(frame) > largest else None
