"""What a tab may send over its websocket: binary messages, no larger than any form, no faster than any hand."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

import anyio
from starlette.types import Message, Receive, Send

AT_ONCE = 200
A_SECOND = 20.0
"""Messages; each one costs the whole server a moment, so that one tab could keep it busy with nothing else."""

TOO_LARGE = (1009, "This message is larger than any form.")
NOT_BINARY = (1003, "Messages are binary.")


def limit_frames(
    receive: Receive,
    send: Send,
    largest: int,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep,
) -> Receive:
    """Hand messages on as fast as a tab may send them, and close on what no page of ours sends."""
    due = clock() - AT_ONCE / A_SECOND

    async def receive_limited() -> Message:
        nonlocal due
        message = await receive()
        if message["type"] != "websocket.receive":
            return message
        if refused := _find_fault(message, largest):
            code, reason = refused
            await send({"type": "websocket.close", "code": code, "reason": reason})
            return {"type": "websocket.disconnect", "code": code}
        due = max(due, clock() - AT_ONCE / A_SECOND) + 1 / A_SECOND
        if (early := due - clock()) > 0:
            await sleep(early)
        return message

    return receive_limited


def _find_fault(message: Message, largest: int) -> tuple[int, str] | None:
    frame = message.get("bytes")
    if frame is None:
        return NOT_BINARY
    return TOO_LARGE if len(frame) > largest else None
