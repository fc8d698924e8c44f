"""A way to a server that takes its time: `python -m bench.wire UPSTREAM PORT SECONDS [STRIP]`.

Every piece of every connection arrives so many seconds later, in both directions; STRIP is taken off the front of the
path of every request.
"""

from __future__ import annotations

import asyncio
import sys
from urllib.parse import urlsplit


async def main(upstream: str, port: str, seconds: str, strip: str = "") -> None:
    """Serve until terminated."""
    address = urlsplit(upstream)

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(address.hostname, address.port)
        await asyncio.gather(
            carry(reader, back, float(seconds), strip.encode()),
            carry(there, writer, float(seconds)),
        )

    async with await asyncio.start_server(connect, "127.0.0.1", int(port)) as server:
        await server.serve_forever()


async def carry(source: asyncio.StreamReader, target: asyncio.StreamWriter, seconds: float, strip: bytes = b"") -> None:
    """Carry what comes from one side to the other, each piece as long after the one before as it came."""
    loop = asyncio.get_running_loop()
    while piece := await source.read(2**18):
        if strip:
            piece = piece.replace(b" " + strip, b" ", 1)
        loop.call_later(seconds, target.write, piece)
    loop.call_later(seconds, target.close)


if __name__ == "__main__":
    if sys.platform != "win32":
        import uvloop

        uvloop.run(main(*sys.argv[1:]))
    else:
        asyncio.run(main(*sys.argv[1:]))
