"""Clinicians at work: a tab on the page, programs with tokens of their own, and a sign-in now and then."""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
from websockets.exceptions import WebSocketException

from bench.soak.ledger import Ledger
from bench.soak.weather import Weather
from lib import get_case
from tests.clinicians import Clinician
from tests.protocol.client import COOKIE, StreamlitClient, ask, open_tab, redeem

MARK = re.compile(rb"soak\d+x[0-9a-f]{8}")
"""What stands in the names and notes of one clinician alone."""

LOCKED_OUT = ("Too many attempts", "is not right")
FAILURES = (AssertionError, OSError, TimeoutError, WebSocketException, httpx.HTTPError)
SIGN_IN_EVERY = 8
"""Turns between two sign-ins of a clinician in another browser."""


class Worker:
    """A clinician with three cases: one is saved on the page, one by a program, and one has drafts alone."""

    def __init__(self, number: int, url: str, clinician: Clinician, weather: Weather) -> None:
        self.clinician = clinician
        self.mark = f"soak{number}x{secrets.token_hex(4)}"
        self.on_page, self.by_program, self.in_draft = (Ledger(clinician, self.mark) for _ in range(3))
        self.tally: Counter[str] = Counter()
        self.failures: list[str] = []
        self.cookie = ""
        self.form = f"form-of-{self.mark}"
        self._url = url
        self._weather = weather
        # Eight colleagues share an address.
        self._address = f"10.1.{number // 8}.1"
        self._base = get_case(clinician, self.in_draft.case_id).etag
        self._turn = number
        self._open = ExitStack()
        self._tab: StreamlitClient | None = None
        self._unanswered: tuple[str, str] | None = None
        token = f"Bearer {clinician.access_token}"
        self._program = httpx.Client(base_url=url, headers={"Authorization": token}, timeout=30, verify=False)

    @property
    def ledgers(self) -> tuple[Ledger, ...]:
        """Return what was promised to this clinician."""
        return self.on_page, self.by_program, self.in_draft

    def work(self, over: threading.Event, pause: float) -> None:
        """Sign in once, then do one thing after the other until it is over."""
        with self._program, self._open:
            while not self.cookie and not over.is_set():
                self._try("sign-ins", self._sign_in_for_good)
            while not over.wait(pause):
                self._turn += 1
                self._try("saves on the page", self._save_on_page)
                self._try("updates by a program", self._save_by_program)
                self._try("drafts", self._keep_draft)
                if self._turn % SIGN_IN_EVERY == 0:
                    self._try("sign-ins", self.sign_in)

    def sign_in(self) -> str:
        """Sign in, in a browser of its own, with the right password, and return the cookie; "" where that failed."""
        with open_tab(self._url, headers={"X-Forwarded-For": self._address}) as tab, self._listening(tab):
            try:
                ticket = tab.sign_in(self.clinician.email)
            except AssertionError:
                self.tally["locked out"] += any(tab.shows(words) for words in LOCKED_OUT)
                return ""
        return str(redeem(self._url, ticket, X_Forwarded_For=self._address).cookies[COOKIE])

    def _try(self, what: str, act: Callable[[], object]) -> None:
        """Do something, and count it; it may fail while Supabase does, and at no other time."""
        started, reason = time.monotonic(), "was refused"
        self.tally[what] += 1
        try:
            if act():
                return
        except FAILURES as error:
            reason = f"{type(error).__name__}: {error}"
        # Somebody whose page failed loads it again.
        self._close_tab()
        if self._weather.was_bad_since(started):
            self.tally["not answered"] += 1
        else:
            self.failures.append(f"{what}: {reason}")

    def _sign_in_for_good(self) -> bool:
        self.cookie = self.sign_in()
        return bool(self.cookie)

    def _save_on_page(self) -> bool:
        tab, word = self._find_tab(), self._word()
        with self._listening(tab):
            tab.visit("case", f"case_id={self.on_page.case_id}")
            self.tally["signed out"] += not tab.is_signed_in()
            before = _last_save(tab)
            tab.fill("Case summary", word)
            self.on_page.saves[word] = False
            tab.click("Save changes")
            self.on_page.saves[word] = tab.shows("Saved: Case summary.") and _last_save(tab) != before
        return self.on_page.saves[word]

    def _save_by_program(self) -> bool:
        word = self._word()
        self.by_program.saves[word] = False
        answer = self._program.put(f"/cases/cases/{self.by_program.case_id}", json={"case_summary": word})
        self._listen(answer.content)
        self.by_program.saves[word] = answer.status_code == 200
        return self.by_program.saves[word]

    def _keep_draft(self) -> bool:
        """Keep what is typed as the page's script does: what was not answered is sent again, as it was."""
        word, body = self._unanswered or self._write_draft()
        self._unanswered = word, body
        self.in_draft.drafts.setdefault(word, False)
        answer = ask(self._url, "POST", "/session/draft", cookie=self.cookie, body=body)
        self._listen(answer.content)
        if answer.status_code == 200:
            self.in_draft.drafts[word], self._unanswered = True, None
        return answer.status_code == 200

    def _write_draft(self) -> tuple[str, str]:
        word = self._word()
        note = {"form": self.form, "turn": self._turn, "case_id": self.in_draft.case_id, "base": self._base}
        return word, json.dumps(note | {"changes": {"case_summary": word}, "seen": None})

    def _find_tab(self) -> StreamlitClient:
        if self._tab is None:
            self._tab = self._open.enter_context(open_tab(self._url, self.cookie))
        return self._tab

    def _close_tab(self) -> None:
        self._tab = None
        with suppress(*FAILURES):
            self._open.close()

    def _word(self) -> str:
        return f"{self.mark} note {secrets.token_hex(6)}"

    @contextmanager
    def _listening(self, tab: StreamlitClient) -> Iterator[None]:
        """Look through all that a tab received, whatever came of it."""
        try:
            yield
        finally:
            self._listen(*tab.received)
            tab.received.clear()

    def _listen(self, *received: bytes) -> None:
        for each in received:
            self.tally["strangers' words"] += len(set(MARK.findall(each)) - {self.mark.encode()})


def _last_save(tab: StreamlitClient) -> str:
    """Return what names the save that the page speaks of: what was said of one stays in sight until the next."""
    return tab.find("Undo", "button").id if "Undo" in tab.labels() else ""
