"""How often a password or a code may be tried: who guesses is slowed down, and nobody pays for another's failures.

Failures are counted for an account and an address together. A few cost nothing, the next ones a growing delay, more a
short refusal. An address alone has a far higher limit, which those who signed in from it are spared. An account alone
is never refused: where many addresses try it, each unknown one waits a few seconds.
"""

from __future__ import annotations

import hashlib
import ipaddress
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from lib.errors import CaseDeskError, SignInRefused, TooManyAttempts

WAITS = (0, 0, 0, 1, 2, 4, 8, 30, 60, 120, 240, 480, 960, 1200)
"""Seconds from one try to the next, after so many failures for one account from one address."""
HELD_SECONDS = 8
"""A wait up to this is waited out with the page; a longer one is refused and says how long it is."""
ADDRESS_LIMIT = 300
"""Failures from one address, whatever the account, before it is refused."""
ACCOUNT_LIMIT = 20
"""Failures for one account, whatever the address, before a try from an unknown one is held."""
LONGEST_HOLD = 4.0
HOLD_STEP = 0.1
FORGOTTEN_PER_HOUR = {"pair": 1, "account": 60, "address": 120}
KNOWN_SECONDS = 30 * 24 * 3600
"""How long an account and an address that have succeeded together count as known."""
REMEMBERED = 30_000
"""Counts of a kind, about 10 MB; beyond, the one that was used longest ago is forgotten."""


@dataclass(slots=True)
class _Count:
    """Recent failures, the moment for which they are worked out, and when the next try is due."""

    failures: float = 0.0
    at: float = 0.0
    next_at: float = 0.0
    known_until: float = 0.0


class _Counts:
    """Counts by a hash of what they count; they fade with time."""

    def __init__(self, forgotten_per_hour: float) -> None:
        self._per_second = forgotten_per_hour / 3600
        self._kept: OrderedDict[bytes, _Count] = OrderedDict()

    def find(self, key: bytes, now: float) -> _Count:
        """Return a count as it stands now, without keeping it."""
        count = self._kept.get(key) or _Count(at=now)
        count.failures = max(0.0, count.failures - (now - count.at) * self._per_second)
        count.at = now
        return count

    def keep(self, key: bytes, count: _Count) -> None:
        """Keep a count, and forget the one that was used longest ago where there are too many."""
        self._kept[key] = count
        self._kept.move_to_end(key)
        if len(self._kept) > REMEMBERED:
            self._kept.popitem(last=False)

    def seconds_until(self, count: _Count, limit: float) -> float:
        """Return how long it takes until one more failure is within a limit."""
        return max(0.0, (count.failures + 1 - limit) / self._per_second)


class _Keys(NamedTuple):
    pair: bytes
    account: bytes
    address: bytes


class Attempts:
    """Counts tries before they are made; a session that exists already is never touched by them."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, sleep: Callable[[float], object] = time.sleep
    ) -> None:
        self._clock = clock
        self._sleep = sleep
        self._secret = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._pairs = _Counts(FORGOTTEN_PER_HOUR["pair"])
        self._accounts = _Counts(FORGOTTEN_PER_HOUR["account"])
        self._addresses = _Counts(FORGOTTEN_PER_HOUR["address"])

    @contextmanager
    def count_failures(self, account: str, address: str, *, of: str = "password") -> Iterator[None]:
        """Try something for an account from an address, after a delay where one is due.

        `SignInRefused` inside is a failure. A success clears what was counted for the two together, and nothing
        else; where Supabase failed, nothing was learned and nothing is counted. Kinds of tries do not mix.

        Raises:
            TooManyAttempts: too many tries failed; nothing was tried.
        """
        keys = self._hash(of, account, address)
        self._take_turn(keys)
        try:
            yield
        except SignInRefused:
            raise
        except CaseDeskError:
            self._take_back(keys)
            raise
        self._forgive(keys)

    def count_request(self, account: str, address: str, *, of: str) -> None:
        """Count a try whose outcome is not told, such as a request for a code; it is held as a failure is.

        Raises:
            TooManyAttempts: there were too many.
        """
        self._take_turn(self._hash(of, account, address))

    def _take_turn(self, keys: _Keys) -> None:
        with self._lock:
            wait = self._reserve(keys, self._clock())
        if wait > 0:
            self._sleep(wait)

    def _reserve(self, keys: _Keys, now: float) -> float:
        """Count a try that starts after the returned seconds, so that tries at the same moment queue up."""
        pair, account, address = self._find(keys, now)
        wait = max(0.0, pair.next_at - now)
        if pair.known_until <= now:
            held = min(LONGEST_HOLD, HOLD_STEP * max(0.0, account.failures - ACCOUNT_LIMIT))
            wait = max(wait, held, self._addresses.seconds_until(address, ADDRESS_LIMIT))
        if wait > HELD_SECONDS:
            raise TooManyAttempts(wait)
        for count in (pair, account, address):
            count.failures += 1
        pair.next_at = now + wait + WAITS[min(round(pair.failures), len(WAITS) - 1)]
        self._keep(keys, pair, account, address)
        return wait

    def _take_back(self, keys: _Keys) -> None:
        with self._lock:
            now = self._clock()
            counts = self._find(keys, now)
            for count in counts:
                count.failures = max(0.0, count.failures - 1)
            counts[0].next_at = min(counts[0].next_at, now)
            self._keep(keys, *counts)

    def _forgive(self, keys: _Keys) -> None:
        self._take_back(keys)
        with self._lock:
            now = self._clock()
            self._pairs.keep(keys.pair, _Count(at=now, known_until=now + KNOWN_SECONDS))

    def _find(self, keys: _Keys, now: float) -> tuple[_Count, _Count, _Count]:
        return (
            self._pairs.find(keys.pair, now),
            self._accounts.find(keys.account, now),
            self._addresses.find(keys.address, now),
        )

    def _keep(self, keys: _Keys, pair: _Count, account: _Count, address: _Count) -> None:
        self._pairs.keep(keys.pair, pair)
        self._accounts.keep(keys.account, account)
        self._addresses.keep(keys.address, address)

    def _hash(self, of: str, account: str, address: str) -> _Keys:
        account, network = account.strip().casefold(), network_of(address)
        return _Keys(*(self._digest(of, *names) for names in ((account, network), (account, ""), ("", network))))

    def _digest(self, *names: str) -> bytes:
        text = "\0".join(names).encode(errors="surrogatepass")
        return hashlib.blake2b(text, key=self._secret, digest_size=16).digest()


def network_of(address: str) -> str:
    """Return the address, or of IPv6 the network of it: one subscriber has 2^64 addresses there."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(ip, ipaddress.IPv4Address):
        return address
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip, 64), strict=False))
