"""The guard without a network: who comes from elsewhere, who finds no room, and what is too large."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack, closing
from typing import Any
from uuid import UUID

import pytest
from starlette.types import Message, Receive, Scope, Send

from lib.accounts.browser_sessions import SessionStore
from lib.accounts.sign_in import Session
from lib.server.frames import TEMPO, limit_frames
from lib.server.guard import Guard
from lib.server.room import KEPT_FOR_REQUESTS, KEPT_FOR_WORK, MOST_TABS, MOST_TABS_OF_ONE, Room
from lib.ui.scripts import LARGEST_MESSAGE
from tests.clock import Clock

ADA = Session(UUID(int=1), "ada@clinic.example", "access", "refresh", 10**10)
LIMIT = 1024


THEIRS = [
    (b"Access-Control-Allow-Origin", b"*"),
    (b"access-control-allow-credentials", b"true"),
    (b"Link", b"<https://elsewhere.example>; rel=preconnect"),
    (b"Cache-Control", b"public, immutable, max-age=31536000"),
    (b"content-security-policy", b"default-src *"),
    (b"Strict-Transport-Security", b"max-age=0"),
    (b"X-Theirs", b"stays"),
]


class Descriptors:
    """How many are open, as a test has it."""

    open = 0

    def __call__(self) -> int:
        return self.open


@pytest.fixture
def store() -> Iterator[SessionStore]:
    with closing(SessionStore(":memory:", b"secret")) as opened:
        yield opened


@pytest.fixture
def descriptors() -> Descriptors:
    return Descriptors()


@pytest.fixture
def room(descriptors: Descriptors, clock: Clock) -> Room:
    return Room(LIMIT, descriptors, clock)


@pytest.fixture
def guard(store: SessionStore, room: Room) -> Guard:
    return Guard(answer_ok, "default-src 'none'", lambda: store, room, LARGEST_MESSAGE)


async def answer_ok(scope: Scope, receive: Receive, send: Send) -> None:
    """Stand for the dashboard behind the guard: it greets, and reads a websocket until its end."""
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": list(THEIRS)})
        await send({"type": "http.response.body", "body": b"ok"})
        return
    await send({"type": "websocket.accept"})
    while (await receive())["type"] != "websocket.disconnect":
        pass


def ask(guard: Guard, path: str = "/", *frames: bytes | str, kind: str = "http", **headers: str) -> list[Message]:
    """Send a request, or open a websocket that sends these frames, and return all that comes back."""
    given = {"host": "desk.example.org", **{name.replace("_", "-"): value for name, value in headers.items()}}
    scheme = given.pop("scheme", "http")
    scope: dict[str, Any] = {
        "type": kind,
        "method": "GET",
        "scheme": scheme if kind == "http" else scheme.replace("http", "ws"),
        "path": path,
        "client": ("192.0.2.1", 1),
        "headers": [(name.encode(), value.encode()) for name, value in given.items() if value],
    }
    sent: list[Message] = []
    kinds = {bytes: "bytes", str: "text"}
    incoming = iter([{"type": "websocket.receive", kinds[type(frame)]: frame} for frame in frames])

    async def receive() -> Message:
        return next(incoming, {"type": "websocket.disconnect", "code": 1000})

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(guard(scope, receive, send))
    return sent


def status_of(sent: list[Message]) -> int:
    return int(sent[0].get("status", 101))


@pytest.mark.parametrize(
    ("path", "scheme", "caching", "secure"),
    [
        ("/", "http", "no-store", []),
        ("/static/js/app.js", "https", "public, immutable, max-age=31536000", ["max-age=31536000"]),
    ],
)
def test_our_headers_come_once_in_place_of_theirs(
    guard: Guard, path: str, scheme: str, caching: str, secure: list[str]
) -> None:
    headers: dict[str, list[str]] = {}
    for name, value in ask(guard, path, scheme=scheme)[0]["headers"]:
        headers.setdefault(name.decode(), []).append(value.decode())
    assert headers["content-security-policy"] == ["default-src 'none'"]
    assert headers["cache-control"] == [caching]
    assert headers.get("strict-transport-security", []) == secure
    assert headers["x-theirs"] == ["stays"]
    assert not headers.keys() & {"access-control-allow-origin", "access-control-allow-credentials", "link"}


OWN = [
    {"origin": "http://desk.example.org"},
    {"origin": "http://DESK.example.org:80"},
    {"origin": "http://desk.example.org", "host": "desk.example.org:80"},
    {"origin": "https://desk.example.org", "scheme": "https"},
    {"origin": "https://desk.example.org:443", "scheme": "https"},
    {"origin": "http://[::1]:8501", "host": "[::1]:8501"},
    {"origin": "https://desk.example.org", "x_forwarded_proto": "https"},
]
FOREIGN = [
    {"origin": "https://desk.example.org"},
    {"origin": "http://desk.example.org", "scheme": "https"},
    {"origin": "ftp://desk.example.org"},
    {"origin": "ws://desk.example.org"},
    {"origin": "//desk.example.org"},
    {"origin": "desk.example.org"},
    {"origin": "http://desk.example.org:8080"},
    {"origin": "http://desk.example.org", "host": "desk.example.org:8080"},
    {"origin": "http://desk.example.org.evil.example"},
    {"origin": "http://desk.example.org@evil.example"},
    {"origin": "http://evil.example@desk.example.org"},
    {"origin": "http://desk.example.org/"},
    {"origin": "http://desk.example.org?a"},
    {"origin": "http://desk.\texample.org"},
    {"origin": "http://desk.example.org\x00"},
    {"origin": "http://["},
    {"origin": "http://[::1"},
    {"origin": "http://desk.example.org:99999999"},
    {"origin": "http://desk.example.org:port"},
    {"origin": "http://"},
    {"origin": "null"},
    {"origin": "http://desk.example.org", "host": ""},
    {"origin": "http://[", "host": "["},
    {"origin": "http://", "host": ""},
]


@pytest.mark.parametrize(("kind", "status"), [("http", 200), ("websocket", 101)])
@pytest.mark.parametrize("headers", OWN, ids=str)
def test_a_page_of_the_same_scheme_host_and_port_is_let_in(
    kind: str, status: int, headers: dict[str, str], guard: Guard
) -> None:
    assert status_of(ask(guard, kind=kind, **headers)) == status


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_any_other_page_is_refused_however_its_origin_is_written(
    kind: str, headers: dict[str, str], guard: Guard
) -> None:
    assert status_of(ask(guard, kind=kind, **headers)) == 403


def test_below_the_api_a_refusal_is_json(guard: Guard) -> None:
    start, body = ask(guard, "/cases/cases/1", origin="http://evil.example", accept="text/html")
    assert start["status"] == 403
    assert (b"content-type", b"application/json") in start["headers"]
    assert body["body"] == b'{"detail": "Forbidden: this request comes from another site."}'


def test_a_proxy_that_is_not_trusted_is_named_in_the_log_once(guard: Guard, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        ask(guard)
    assert caplog.messages == []
    for _ in range(3):
        ask(guard, x_forwarded_proto="https")
        ask(guard, scheme="https", x_forwarded_proto="https")
    [told] = caplog.messages
    assert "cookies leave without Secure" in told
    assert "FORWARDED_ALLOW_IPS" in told
    assert caplog.records[0].levelno == logging.ERROR


@pytest.mark.parametrize(("kind", "expected"), [("http", 503), ("websocket", 503)])
def test_near_the_last_descriptor_a_new_tab_is_asked_to_try_again(
    kind: str, expected: int, guard: Guard, descriptors: Descriptors
) -> None:
    descriptors.open = LIMIT - KEPT_FOR_WORK - KEPT_FOR_REQUESTS
    assert status_of(ask(guard, kind=kind, accept="text/html")) == expected
    assert status_of(ask(guard, "/cases/cases/1")) == 200


def test_even_nearer_every_request_is_but_the_way_out_and_the_health_stay_open(
    guard: Guard, descriptors: Descriptors
) -> None:
    descriptors.open = LIMIT - KEPT_FOR_WORK
    start, body = ask(guard, accept="text/html,*/*")
    assert start["status"] == 503
    assert (b"retry-after", b"5") in start["headers"]
    assert b"Case Desk is busy" in body["body"]
    start, body = ask(guard, "/cases/cases/1", accept="text/html")
    assert (start["status"], body["body"]) == (
        503,
        b'{"detail": "Too much is going on at the moment. Try again in 5 seconds."}',
    )
    assert status_of(ask(guard, "/static/a.js")) == 503
    assert status_of(ask(guard, "/_stcore/health")) == 200
    assert status_of(ask(guard, "/session", origin="http://desk.example.org")) == 200


def test_one_line_a_minute_says_that_too_much_is_going_on(
    guard: Guard, descriptors: Descriptors, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    descriptors.open = LIMIT
    for _ in range(61):
        ask(guard, kind="websocket")
        clock.pass_by(1)
    assert (
        caplog.messages
        == ["Too much is going on: 0 tabs, 1024 of 1024 descriptors. Who comes now is asked to try again."] * 2
    )


def test_one_address_that_is_not_signed_in_cannot_take_every_tab(guard: Guard, room: Room, store: SessionStore) -> None:
    with ExitStack() as tabs:
        for _ in range(MOST_TABS_OF_ONE[False]):
            tabs.enter_context(room.tab("192.0.2.1"))
        assert status_of(ask(guard, kind="websocket")) == 503
        assert status_of(ask(guard, kind="websocket", cookie=f"case_desk={store.start(ADA)}")) == 101
        assert room.has_room_for_tab("192.0.2.2", is_signed_in=False)


def test_all_together_are_not_more_than_the_server_can_carry(room: Room) -> None:
    with ExitStack() as tabs:
        for number in range(MOST_TABS):
            tabs.enter_context(room.tab(f"browser {number}"))
        assert not room.has_room_for_tab("another", is_signed_in=True)


def test_a_tab_that_is_closed_makes_room(room: Room) -> None:
    for _ in range(2 * MOST_TABS):
        with room.tab("browser"):
            pass
    assert room.has_room_for_tab("browser", is_signed_in=True)


def test_a_message_larger_than_any_form_closes_its_websocket(guard: Guard) -> None:
    sent = ask(guard, "/_stcore/stream", b"x" * LARGEST_MESSAGE, b"x" * (LARGEST_MESSAGE + 1), kind="websocket")
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[1]["code"] == 1009


def test_text_closes_its_websocket(guard: Guard) -> None:
    sent = ask(guard, "/_stcore/stream", "no page sends text", kind="websocket")
    assert [message["type"] for message in sent] == ["websocket.accept", "websocket.close"]
    assert sent[1]["code"] == 1003


@pytest.mark.parametrize(("is_signed_in", "at_once", "a_second"), [(True, 200, 20), (False, 50, 2)])
def test_a_tab_that_never_stops_sending_is_slowed_down(
    is_signed_in: bool, at_once: int, a_second: float, clock: Clock
) -> None:
    async def receive() -> Message:
        return {"type": "websocket.receive", "bytes": b"x"}

    async def sleep(seconds: float) -> None:
        clock.sleep(seconds)

    async def send(message: Message) -> None:
        raise AssertionError(f"Nothing is to be sent, least of all {message}.")

    limited = limit_frames(receive, send, LARGEST_MESSAGE, TEMPO[is_signed_in], clock=clock, sleep=sleep)

    async def flood(count: int) -> float:
        started = clock()
        for _ in range(count):
            await limited()
        return clock() - started

    assert asyncio.run(flood(at_once)) == 0
    assert asyncio.run(flood(100)) == pytest.approx(100 / a_second, rel=0.01)
    clock.pass_by(10 / a_second)
    assert asyncio.run(flood(10)) == pytest.approx(0, abs=0.01)


def test_tabs_of_one_subscriber_count_as_those_of_one_address(guard: Guard) -> None:
    names = {
        guard._name_tab({"scheme": "ws", "headers": [], "client": (f"2001:db8:1:2::{number}", 1)})
        for number in range(1, 9)
    }
    assert names == {"2001:db8:1:2::/64"}


def test_the_largest_form_fits_into_a_message() -> None:
    summaries = 4 * "\U0001f600" * 20_000
    assert len(summaries.encode()) + 50_000 < LARGEST_MESSAGE
