"""A real HTTP proxy in front of Supabase that fails on demand and remembers what was asked."""

from __future__ import annotations

import http.client
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, NamedTuple, Self
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


class Asked(NamedTuple):
    """One request that reached the proxy; `path` holds the query, too."""

    method: str
    path: str


class FaultProxy:
    """Forward every request to `upstream`, until told otherwise; a fault can be limited to paths that hold a text.

    Use it as a context manager. The latest matching fault counts; `forward()` ends them all.
    """

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream).netloc
        self.asked: list[Asked] = []
        self._faults: list[tuple[str, Callable[[_Handler], None]]] = []
        self._news = threading.Condition()
        self._released = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._server: _Server | None = None
        self._port = 0

    def __enter__(self) -> Self:
        self._open()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._released.set()
        self._close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def forward(self) -> None:
        """End every fault, and what is stalled, too."""
        self._faults.clear()
        self._released.set()
        self._open()

    def refuse(self) -> None:
        """Refuse connections, and close those that are open."""
        self._close()

    def reset(self, path: str = "") -> None:
        """Reset the connection in place of an answer."""
        self._add_fault(path, _Handler.reset)

    def lose_answer(self, path: str = "") -> None:
        """Forward the request, and reset the connection in place of passing the answer on."""
        self._add_fault(path, _Handler.forward_and_reset)

    def stall(self, path: str = "") -> None:
        """Take the request and give no answer, until `forward()`."""
        self._released.clear()
        self._add_fault(path, lambda handler: handler.stall(self._released))

    def delay(self, seconds: float, path: str = "", *, body: str = "") -> None:
        """Forward so much later, where the body holds this text."""
        self._add_fault(path, lambda handler: handler.forward_late(seconds if body.encode() in handler.body else 0))

    def queue(self, seconds: float, path: str = "", *, body: str = "") -> None:
        """Forward one request after the other, each so much later, where the body holds this text."""
        turn = threading.Lock()
        self._add_fault(
            path, lambda handler: handler.forward_in_turn(seconds if body.encode() in handler.body else 0, turn)
        )

    def trickle(self, text: bytes, path: str = "", *, seconds: float = 0.1) -> None:
        """Answer with these raw bytes, one at a time."""
        self._add_fault(path, lambda handler: handler.trickle(text, seconds))

    def answer(
        self,
        status: int,
        body: str | bytes = b"",
        content_type: str = "application/json",
        *,
        path: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Give this answer in place of Supabase's own."""
        content = body.encode() if isinstance(body, str) else body
        lines = [("Content-Type", content_type), *(headers or {}).items()]
        self._add_fault(path, lambda handler: handler.send(status, lines, content))

    def requests(self, path: str = "") -> list[Asked]:
        """Return what was asked for so far, of paths that hold this text."""
        with self._news:
            return [asked for asked in self.asked if path in asked.path]

    def wait_for(self, path: str = "", count: int = 1, seconds: float = 10) -> None:
        """Wait until so many requests for paths that hold this text have arrived."""
        with self._news:
            arrived = self._news.wait_for(lambda: sum(path in asked.path for asked in self.asked) >= count, seconds)
        assert arrived, f"Within {seconds} s there were fewer than {count} requests for {path!r}."

    def forget(self) -> None:
        """Start a new count of requests."""
        with self._news:
            self.asked.clear()

    def note(self, asked: Asked) -> None:
        with self._news:
            self.asked.append(asked)
            self._news.notify_all()

    def behaviour(self, path: str) -> Callable[[_Handler], None]:
        return next((fault for part, fault in reversed(self._faults) if part in path), _Handler.forward)

    def _add_fault(self, path: str, fault: Callable[[_Handler], None]) -> None:
        self._faults.append((path, fault))

    def _open(self) -> None:
        if self._server is None:
            self._server = _Server(("127.0.0.1", self._port), self, self._sockets)
            self._port = self._server.server_port
            threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _close(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
        for open_socket in list(self._sockets):
            with suppress(OSError):
                open_socket.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], proxy: FaultProxy, sockets: set[socket.socket]) -> None:
        self.proxy = proxy
        self.sockets = sockets
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay silent: a client that hangs up is part of many a test."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.server.sockets.add(self.connection)

    def finish(self) -> None:
        self.server.sockets.discard(self.connection)
        super().finish()

    def handle_any(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.proxy.note(Asked(self.command, self.path))
        self.server.proxy.behaviour(self.path)(self)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815

    def forward(self) -> None:
        self.send(*self.ask())

    def forward_and_reset(self) -> None:
        self.ask()
        self.reset()

    def ask(self) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return what Supabase answers."""
        upstream = http.client.HTTPConnection(self.server.proxy.upstream, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, self.body, headers)
            answer = upstream.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            upstream.close()

    def forward_late(self, seconds: float) -> None:
        threading.Event().wait(seconds)
        self.forward()

    def forward_in_turn(self, seconds: float, turn: threading.Lock) -> None:
        with turn if seconds else nullcontext():
            self.forward_late(seconds)

    def send(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP | {"content-length"}:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(b"" if self.command == "HEAD" else body)

    def reset(self) -> None:
        # To linger for no time at all makes close() send a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def trickle(self, text: bytes, seconds: float) -> None:
        self.close_connection = True
        with suppress(OSError):
            for byte in text:
                self.wfile.write(bytes([byte]))
                threading.Event().wait(seconds)

    def stall(self, released: threading.Event) -> None:
        released.wait()
        self.close_connection = True

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""
