"""The line between a page and the server, which a test can hold or cut."""

from __future__ import annotations

from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

WAIT_SECONDS = 10


class Line:
    """What goes to and fro over the websocket of a page that is not open yet."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._held: list[str | bytes] = []
        self._holds = self._is_cut = False
        page.route_web_socket("**/_stcore/stream", self._connect)

    def hold(self) -> None:
        """Keep back what the server says."""
        self._holds = True

    def cut(self) -> None:
        """Lose what the page says."""
        self._is_cut = True

    def release_until(self, text: str) -> None:
        """Let through what was held, up to the first that holds this text."""
        last = next(place for place, message in enumerate(self._held) if text in str(message))
        for _ in range(last + 1):
            self._socket.send(self._held.pop(0))

    def release(self) -> None:
        """Let everything through again, what was held first."""
        self._holds = self._is_cut = False
        for message in self._held:
            self._socket.send(message)
        self._held.clear()

    def wait_until_drawn(self) -> None:
        """Wait until the server has drawn something, of which the page knows nothing yet."""
        for _ in range(WAIT_SECONDS * 50):
            kinds = [_kind(message) for message in self._held]
            if "delta" in kinds and "script_finished" in kinds[kinds.index("delta") :]:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError(f"The server has drawn nothing within {WAIT_SECONDS} s.")

    def wait_until_told(self) -> None:
        """Wait until the server has heard of what was done since it has drawn something."""
        drawn = len(self._held)
        for _ in range(WAIT_SECONDS * 50):
            if len(self._held) > drawn:
                return
            self._page.wait_for_timeout(20)
        raise AssertionError(f"The server was told nothing within {WAIT_SECONDS} s.")

    def _connect(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._socket = socket
        socket.on_message(lambda message: None if self._is_cut else server.send(message))
        server.on_message(self._pass_on)

    def _pass_on(self, message: str | bytes) -> None:
        if self._holds:
            self._held.append(message)
        else:
            self._socket.send(message)


def _kind(message: str | bytes) -> str | None:
    return ForwardMsg.FromString(message).WhichOneof("type") if isinstance(message, bytes) else None
