"""A server that is sent too much at once: it says so in time, and keeps its memory and its descriptors."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from lib.backend.settings import Supabase
from lib.server.room import KEPT_FOR_WORK
from lib.ui.scripts import LARGEST_MESSAGE
from tests.protocol.client import COOKIE, ask, open_tab
from tests.server import Server, running_server

DESCRIPTORS = 1024
FLOODS = 14
IDLE = 150
TWENTY_MEGABYTES = b"\x5a" + b"a" * 20_000_000

pytestmark = [
    pytest.mark.timeout(180),
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory and limits are read from /proc"),
]


@pytest.fixture(scope="module")
def small_server(supabase_project: Supabase) -> Iterator[Server]:
    """A server that may open few descriptors."""
    with running_server(supabase_project, descriptors=DESCRIPTORS) as running:
        yield running


def peak_megabytes(server: Server) -> float:
    """Return the most memory that the server has ever had in use."""
    found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{server.pid}/status").read_text())
    assert found
    return int(found[1]) / 1024


def count_descriptors(server: Server) -> int:
    return len(list(Path(f"/proc/{server.pid}/fd").iterdir()))


def open_page(server: Server) -> httpx.Response:
    return httpx.get(server.url, headers={"Accept": "text/html"}, verify=False, timeout=20)


def open_tabs_without_end(tabs: ExitStack, server: Server) -> None:
    while True:
        tabs.enter_context(open_tab(server.url))


def test_messages_of_20_megabytes_are_refused_before_they_cost_memory(small_server: Server) -> None:
    before = peak_megabytes(small_server)
    for _ in range(FLOODS):
        with suppress(ConnectionClosed), connect(f"ws{small_server.url[4:]}/_stcore/stream", max_size=None) as tab:
            tab.send(TWENTY_MEGABYTES)
            tab.recv(20)
    assert peak_megabytes(small_server) - before < 100
    assert open_page(small_server).status_code == 200


def test_addresses_as_long_as_a_message_may_be_are_refused_and_cost_no_memory(small_server: Server) -> None:
    before = peak_megabytes(small_server)
    for _ in range(FLOODS):
        with open_tab(small_server.url) as tab:
            tab.visit()
            tab.fill("Email", "a" * (LARGEST_MESSAGE - 10_000))
            tab.fill("Password", "ä" * 37)
            tab.click("Sign in")
            assert tab.shows("This is not an email address: those have 254 characters at most.")
    assert peak_megabytes(small_server) - before < 100


@pytest.mark.parametrize(
    "jar",
    [f"{COOKIE}={'x' * 14_000}", ";".join(f"a{number}=" for number in range(2_000)), f"{COOKIE}=x;" * 1_100],
    ids=["one of 14 kB", "2,000", "1,100 of ours"],
)
def test_cookies_of_any_size_and_number_that_a_head_holds_are_nobodys_and_cost_no_memory(
    jar: str, small_server: Server
) -> None:
    before = peak_megabytes(small_server)
    for _ in range(FLOODS):
        assert ask(small_server.url, "POST", "/session/left", Cookie=jar).json() == {"seconds": 0}
    assert peak_megabytes(small_server) - before < 20


def test_heads_that_are_never_finished_keep_nobody_out_and_their_descriptors_come_back(small_server: Server) -> None:
    opened, place = count_descriptors(small_server), urlsplit(small_server.url)
    with ExitStack() as half:
        for _ in range(IDLE):
            connection = half.enter_context(socket.create_connection((place.hostname, place.port)))
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        assert open_page(small_server).status_code == 200
        assert count_descriptors(small_server) > IDLE
    until = time.monotonic() + 20
    while count_descriptors(small_server) > opened + 5:
        assert time.monotonic() < until, "Closed connections keep their descriptors."


def test_before_the_last_descriptor_new_tabs_are_asked_to_try_again_and_open_ones_go_on(small_server: Server) -> None:
    limits = Path(f"/proc/{small_server.pid}/limits").read_text()
    assert re.search(rf"Max open files\s+{DESCRIPTORS}\s+{DESCRIPTORS}", limits), "The limit was not raised."
    with ExitStack() as tabs:
        first = tabs.enter_context(open_tab(small_server.url))
        with pytest.raises(InvalidStatus) as refusal:
            open_tabs_without_end(tabs, small_server)
        assert refusal.value.response.status_code == 503
        assert count_descriptors(small_server) < DESCRIPTORS - KEPT_FOR_WORK
        busy = open_page(small_server)
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
        assert "Case Desk is busy" in busy.text
        first.visit()
        assert "Sign in" in first.labels()
    assert len(small_server.logged("Too much is going on")) == 1
    assert "Too many open files" not in small_server.output
    until = time.monotonic() + 20
    while open_page(small_server).status_code != 200:
        assert time.monotonic() < until, "Closed tabs make no room."
