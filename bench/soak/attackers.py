"""An attacker at each door, who never stops; each try says whether it was let in."""

from __future__ import annotations

import json
import random
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from urllib.parse import urlsplit

import jwt
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bench.soak.clinicians import FAILURES, MARK, Worker
from tests.clinicians import Clinician
from tests.protocol.client import COOKIE, ask, foreign_origins, open_tab, redeem

MEGABYTES = b"x" * 2_000_000
IDLE_CONNECTIONS = 40
IDLE_SECONDS = 5.0
EVIL = "Written by somebody else."


class Attackers:
    """Those who want in, and what they have: an account of their own, and names and numbers of everybody else."""

    def __init__(self, url: str, mallory: Clinician, victims: Sequence[Worker]) -> None:
        self.tally: Counter[str] = Counter()
        self._url = url
        self._mallory = mallory
        self._victims = victims
        self._cookie = ""

    @property
    def doors(self) -> dict[str, Callable[[], bool]]:
        """Return what is tried, by the door."""
        return {
            "passwords, from one address": lambda: self._guess(self._victims[0], "203.0.113.7"),
            "passwords, from many addresses": lambda: self._guess(self._victims[-1], _any_address()),
            "forged cookies, tickets and tokens": self._forge,
            "foreign pages": self._come_from_elsewhere,
            "bodies that are too large": self._send_large_bodies,
            "messages that are too large": self._send_large_messages,
            "connections that ask for nothing": self._stay_idle,
            "strangers' cases": self._ask_for_strangers,
        }

    def attack(self, door: str, over: threading.Event, pause: float) -> None:
        """Try one door again and again until it is over."""
        act = self.doors[door]
        while not over.wait(pause):
            self.tally[door] += 1
            with suppress(*FAILURES):
                self.tally["let in"] += act()

    def _guess(self, victim: Worker, address: str) -> bool:
        with open_tab(self._url, headers={"X-Forwarded-For": address}) as tab:
            try:
                tab.sign_in(victim.clinician.email, f"a guess {secrets.token_hex(4)}")
            except AssertionError:
                return self._overheard(*tab.received)
        return True

    def _forge(self) -> bool:
        victim, forged = self._any_victim(), secrets.token_urlsafe(32)
        claims = jwt.decode(victim.clinician.access_token, options={"verify_signature": False})
        token = jwt.encode(claims | {"jti": forged}, "another secret of thirty-two bytes or more")
        put = ask(self._url, "PUT", _address_of(victim), body=_CHANGE, Authorization=f"Bearer {token}")
        with open_tab(self._url, forged) as tab:
            tab.visit("case", f"case_id={victim.on_page.case_id}")
            is_in = tab.is_signed_in() or self._overheard(put.content, *tab.received)
        return is_in or put.is_success or redeem(self._url, forged).is_success

    def _come_from_elsewhere(self) -> bool:
        """Ride on the cookie of somebody who opened a page of ours."""
        victim, origin = self._any_victim(), random.choice(foreign_origins(self._url))
        asked = [
            ask(self._url, method, path, cookie=victim.cookie, Origin=origin, body=_CHANGE)
            for method, path in (("DELETE", "/session"), ("POST", "/session/draft"), ("GET", "/"))
        ]
        try:
            with open_tab(self._url, victim.cookie, headers={"Origin": origin}):
                return True
        except InvalidStatus as refused:
            answers = {answer.status_code for answer in asked} | {refused.response.status_code}
            return answers != {403} or self._overheard(*(answer.content for answer in asked))

    def _send_large_bodies(self) -> bool:
        token = f"Bearer {self._mallory.access_token}"
        answers = [
            ask(self._url, "PUT", "/cases/cases/1", body=MEGABYTES, Authorization=token),
            ask(self._url, "POST", "/session/draft", body=MEGABYTES, cookie=self._find_cookie()),
        ]
        return any(answer.is_success for answer in answers)

    def _send_large_messages(self) -> bool:
        with connect(f"ws{self._url[4:]}/_stcore/stream", max_size=None, close_timeout=1) as socket_:
            socket_.send(b"\x5a" + MEGABYTES)
            socket_.recv(10)
        return True

    def _stay_idle(self) -> bool:
        place = urlsplit(self._url)
        with ExitStack() as idle:
            for number in range(IDLE_CONNECTIONS):
                connection = socket.create_connection((place.hostname, place.port), timeout=5)
                idle.enter_context(closing(connection))
                connection.sendall((b"", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ")[number % 2])
            time.sleep(IDLE_SECONDS)
        return False

    def _ask_for_strangers(self) -> bool:
        """Ask with a good token and a good cookie for what is somebody else's."""
        victim, token = self._any_victim(), f"Bearer {self._mallory.access_token}"
        note = {
            "form": victim.form,
            "turn": 10**9,
            "case_id": victim.in_draft.case_id,
            "base": '"2026-01-01T00:00:00Z"',
        }
        note |= {"changes": {"case_summary": EVIL}, "seen": None}
        cookie = self._find_cookie()
        answers = [
            ask(self._url, "GET", _address_of(victim), Authorization=token),
            ask(self._url, "PUT", _address_of(victim), body=_CHANGE, Authorization=token),
            ask(self._url, "POST", "/session/draft", body=json.dumps(note), cookie=cookie),
        ]
        with open_tab(self._url, cookie) as tab:
            tab.visit("case", f"case_id={victim.on_page.case_id}")
            is_in = self._overheard(*tab.received)
        return is_in or any(self._overheard(answer.content) or answer.is_success for answer in answers)

    def _find_cookie(self) -> str:
        if not self._cookie:
            with open_tab(self._url) as tab:
                self._cookie = redeem(self._url, tab.sign_in(self._mallory.email)).cookies[COOKIE]
        return self._cookie

    def _any_victim(self) -> Worker:
        return random.choice(self._victims)

    def _overheard(self, *received: bytes) -> bool:
        found = any(MARK.search(each) for each in received)
        self.tally["strangers' words"] += found
        return found


_CHANGE = json.dumps({"case_summary": EVIL})


def _address_of(victim: Worker) -> str:
    return f"/cases/cases/{victim.by_program.case_id}"


def _any_address() -> str:
    return f"198.51.{random.randrange(256)}.{random.randrange(256)}"
