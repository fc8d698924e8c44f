"""A browser tab without the browser: the page as Streamlit's websocket protocol draws it, and its widgets."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import connect
from websockets.sync.connection import Connection
from websockets.typing import Subprotocol

from tests.clinicians import PASSWORD

ANSWER_SECONDS = 20
COOKIE = "case_desk"
SECURE_COOKIE = "__Host-case_desk"


class Drawn(NamedTuple):
    """An element of the page: its kind in Streamlit's words, and its content."""

    kind: str
    content: Any


class StreamlitClient:
    """One tab on one websocket. `page` is what is drawn now, `received` every byte that ever came."""

    def __init__(self, socket: Connection) -> None:
        self._socket = socket
        self._page: dict[tuple[int, ...], Drawn] = {}
        self._states: dict[str, WidgetState] = {}
        self._fragments: dict[str, str] = {}
        self._address = ("", "")
        self.received: list[bytes] = []
        self.session_id = ""
        self.fragment_ids: set[str] = set()

    @property
    def page(self) -> list[Drawn]:
        return [self._page[path] for path in sorted(self._page)]

    def run(self, triggers: Mapping[str, WidgetState] | None = None) -> None:
        """Have the page drawn again, with what was typed so far, and wait until it is."""
        self.request(triggers=triggers)
        self._read_until_drawn()

    def request(self, *, fragment_id: str = "", triggers: Mapping[str, WidgetState] | None = None) -> None:
        """Ask for the page or a fragment of it and do not wait: a fragment that is not there gets no answer."""
        message = BackMsg()
        state = message.rerun_script
        state.page_name, state.query_string = self._address
        state.fragment_id = fragment_id
        state.widget_states.widgets.extend({**self._states, **(triggers or {})}.values())
        self._socket.send(message.SerializeToString())

    def visit(self, page: str = "", query: str = "") -> None:
        """Open a page by its address."""
        self._address = (page, query)
        self.run()

    def fill(self, label: str, value: str) -> None:
        """Type into a field of a form, or one that waits for the next run."""
        widget = self.find(label)
        self._states[widget.id] = WidgetState(id=widget.id, string_value=value)

    def choose(self, label: str, *values: str) -> None:
        """Choose among the options of a control, and have the page drawn again."""
        widget = self.find(label)
        self._states[widget.id] = WidgetState(id=widget.id)
        self._states[widget.id].string_array_value.data.extend(values)
        self.run()

    def click(self, label: str) -> None:
        """Click a button, which submits its form, and have the page drawn again."""
        self.click_id(self.find(label, "button").id)

    def click_id(self, widget_id: str) -> None:
        """Claim a click on a widget, whether or not it is on the page."""
        self.run({widget_id: WidgetState(id=widget_id, trigger_value=True)})

    def press(self, key: str) -> None:
        """Press the button with this key and have drawn what it asks for; `page` is just that then."""
        [button] = [each.content.id for each in self.page if each.kind == "button" and each.content.id.endswith(key)]
        trigger = WidgetState(id=button, trigger_value=True)
        self.request(fragment_id=self._fragments[button], triggers={button: trigger})
        self._read_until_drawn()

    def find(self, label: str, kind: str = "") -> Any:
        """Return the widget with this label."""
        for element in self.page:
            if kind in ("", element.kind) and getattr(element.content, "label", None) == label:
                return element.content
        raise AssertionError(f"No {kind or 'widget'} is labelled {label!r}. The page shows: {self.labels()}.")

    def labels(self) -> list[str]:
        return [label for element in self.page if (label := getattr(element.content, "label", ""))]

    def shows(self, text: str) -> bool:
        """Tell whether the page that is drawn now holds this text."""
        return any(text.encode() in element.content.SerializeToString() for element in self.page)

    def has_received(self, text: str) -> bool:
        """Tell whether this text ever came, in whatever message."""
        return any(text.encode() in frame for frame in self.received)

    def is_signed_in(self) -> bool:
        return "Sign out" in self.labels()

    def sign_in(self, email: str, password: str = PASSWORD) -> str:
        """Sign in on the sign-in page and return the ticket that the page brings."""
        self.visit()
        self.fill("Email", email)
        self.fill("Password", password)
        self.click("Sign in")
        return self.ticket()

    def ticket(self) -> str:
        """Return the ticket that the page carries; it brings it once."""
        for element in self.page:
            if element.kind == "html" and (found := re.search(r'data-session="([^"]+)"', element.content.body)):
                return found[1]
        raise AssertionError(f"The page holds no ticket. It shows: {self.labels()}.")

    def _read_until_drawn(self) -> None:
        while True:
            message = ForwardMsg()
            self.received.append(_as_bytes(self._socket.recv(ANSWER_SECONDS)))
            message.ParseFromString(self.received[-1])
            self._take(message)
            if message.WhichOneof("type") == "script_finished" and (
                message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                self._forget_undrawn()
                return

    def _take(self, message: ForwardMsg) -> None:
        if message.HasField("new_session"):
            self.session_id = message.new_session.initialize.session_id
            self._page = {}
        elif message.HasField("delta"):
            self.fragment_ids |= {message.delta.fragment_id} - {""}
            self._fragments[message.delta.new_element.button.id] = message.delta.fragment_id
            self._draw(tuple(message.metadata.delta_path), message.delta.new_element)

    def _draw(self, path: tuple[int, ...], element: Element) -> None:
        if kind := element.WhichOneof("type"):
            self._page[path] = Drawn(kind, getattr(element, kind))

    def _forget_undrawn(self) -> None:
        drawn = {getattr(element.content, "id", None) for element in self.page}
        self._states = {key: state for key, state in self._states.items() if key in drawn}


@contextmanager
def open_tab(
    url: str, cookie: str = "", *, resume: str = "", headers: Mapping[str, str] | None = None
) -> Iterator[StreamlitClient]:
    """Open a websocket as a tab does, with the browser's cookie; `resume` names the Streamlit session to go on with."""
    sent = {**({"Cookie": f"{COOKIE}={cookie}"} if cookie else {}), **(headers or {})}
    with connect(
        f"{url.replace('http', 'ws', 1)}/_stcore/stream",
        subprotocols=[Subprotocol(name) for name in ("streamlit", "unused", resume) if name],
        additional_headers=sent,
        max_size=None,
        close_timeout=1,
    ) as socket:
        yield StreamlitClient(socket)


def sign_in(url: str, email: str) -> str:
    """Sign in as a browser does and return the cookie."""
    with open_tab(url) as tab:
        return redeem(url, tab.sign_in(email)).cookies[COOKIE]


def redeem(url: str, ticket: str, *, cookie: str = "", **headers: str) -> httpx.Response:
    """Exchange a ticket as the page's script does; `headers` are added, with `_` for `-`."""
    return ask(url, "POST", "/session", cookie=cookie, X_Ticket=ticket, **headers)


def ask(
    url: str, method: str, path: str, *, cookie: str = "", body: str | bytes = b"", **headers: str
) -> httpx.Response:
    """Send a request from the server's own pages; a header of no value is left out."""
    origin = f"{headers.get('X_Forwarded_Proto', 'http')}://{urlsplit(url).netloc}"
    sent = {"Origin": origin, "Cookie": f"{COOKIE}={cookie}" if cookie else ""}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    # Certificates, of which plain HTTP needs none, take longer to load than an answer takes to come.
    return httpx.request(method, url + path, content=body, headers={k: v for k, v in sent.items() if v}, verify=False)


def foreign_origins(url: str) -> list[str]:
    """Return origins that a page of somebody else's may have, some of them much like the server's own."""
    host = urlsplit(url).netloc
    alike = ["http://localhost", "http://localhost:1", f"{url}.evil.example", f"http://{host}@evil.example"]
    return ["http://evil.example", "null", "file://", f"http://a.{host}", *alike]


def _as_bytes(frame: str | bytes) -> bytes:
    return frame.encode() if isinstance(frame, str) else frame
