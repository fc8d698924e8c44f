"""What the kernel knows of a connection that the running server has accepted."""

from __future__ import annotations

import ctypes
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.server import Server

PIDFD_GETFD = 438


def share_connections(pid: int) -> Iterator[socket.socket]:
    """Share each connection that a process of ours holds, by Linux's pidfd_getfd(2)."""
    process, libc = os.pidfd_open(pid), ctypes.CDLL(None, use_errno=True)
    for file in Path(f"/proc/{pid}/fd").iterdir():
        if not file.is_socket():
            continue
        shared = libc.syscall(PIDFD_GETFD, process, int(file.name), 0)
        if shared < 0:
            pytest.skip(f"Linux shares no socket here: {os.strerror(ctypes.get_errno())}.")
        with suppress(OSError), socket.socket(fileno=shared) as connection:
            # The one that listens has no peer.
            connection.getpeername()
            yield connection
    os.close(process)


@pytest.mark.skipif(sys.platform != "linux", reason="Only Linux shares the sockets of another process.")
def test_the_server_sends_an_answer_at_once_and_does_not_wait_for_more(server: Server) -> None:
    """Without TCP_NODELAY, the body of every answer waits 40 ms for the acknowledgement of its headers."""
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as ours:
        ours.sendall(b"GET /_stcore/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert ours.recv(8)
        accepted = [
            connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            for connection in share_connections(server.pid)
            if connection.getpeername() == ours.getsockname()
        ]
    assert accepted == [1]
