"""What a stranger may send: limits that keep the server's memory bounded."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest

TEN_MEGABYTES = b"x" * 10_000_000


@pytest.mark.parametrize("start", [b"GET /", b"GET / HTTP/1.1\r\nX-Endless: "], ids=["address", "header"])
def test_a_request_head_without_end_is_refused(url: str, start: bytes) -> None:
    address = urlsplit(url)
    with socket.create_connection((address.hostname, address.port), timeout=20) as connection:
        connection.sendall(start)
        with pytest.raises((ConnectionResetError, BrokenPipeError)):
            connection.sendall(TEN_MEGABYTES)
