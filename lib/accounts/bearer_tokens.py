"""Bearer tokens: who sent one, if Supabase Auth stands by it."""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Literal
from uuid import UUID

import jwt
from pydantic import BaseModel, StrictInt, ValidationError

from lib.accounts.published_keys import PublishedKeys
from lib.accounts.sign_in import Session
from lib.backend.client import ANSWER_SECONDS, auth, current
from lib.backend.deadlines import answered_within
from lib.backend.foreign_errors import own_errors
from lib.errors import NotAuthenticated

REMEMBERED_SECONDS = 30
REFUSED_SECONDS = 10
"""How long a refusal counts: short, for a token may come before the key that it is signed with."""
REMEMBERED_TOKENS = 1024
"""Good ones; apart from them, as many refused ones, so that no flood of forged ones makes the good ones forgotten."""
ASYMMETRIC = ("ES256", "RS256", "EdDSA")
"""What a project's published keys sign with; with HS256 only Supabase Auth can check."""

_published = PublishedKeys()
_COMPACT = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+){2}")


class _Header(BaseModel):
    alg: Literal["HS256", "ES256", "RS256", "EdDSA"]


class _Claims(BaseModel):
    aud: Literal["authenticated"]
    role: Literal["authenticated"]
    sub: UUID
    exp: StrictInt


class TokenVerifier:
    """Turns access tokens into sessions; an answer about one is remembered, by its hash, for a short while."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[bytes, tuple[float, Future[Session]]] = {}
        self._refused: dict[bytes, float] = {}

    def verify(self, access_token: str) -> Session:
        """Return the session of an access token; it has no refresh token.

        Raises:
            NotAuthenticated: the token is forged, expired, of another audience or project, or was signed out.
            BackendRefused, BackendUnavailable: as in `lib.errors`.
        """
        if known := self.recall(access_token):
            return known
        alg, expires_at = _read(access_token)
        now = self._clock()
        digest = _digest(access_token)
        if expires_at <= now or self._refused.get(digest, 0.0) > now:
            raise NotAuthenticated
        answer, is_mine = self._answer(digest, now)
        if is_mine:
            self._ask(answer, digest, alg, access_token, expires_at)
        return answer.result()

    def recall(self, access_token: str) -> Session | None:
        """Return the session of a token that is remembered, or None; nobody is asked, and nothing waits."""
        now = self._clock()
        until, answer = self._known.get(_digest(access_token), (now, None))
        if until <= now or answer is None or not answer.done() or answer.exception():
            return None
        session = answer.result()
        return None if session.expires_within(0, now) else session

    def _answer(self, digest: bytes, now: float) -> tuple[Future[Session], bool]:
        """Return the answer about a token, and whether it is the caller who has to ask for it."""
        with self._lock:
            until, answer = self._known.pop(digest, (now, Future()))
            is_mine = until <= now
            if is_mine:
                until, answer = now + REMEMBERED_SECONDS, Future()
            self._known[digest] = until, answer
            _forget_oldest(self._known)
            return answer, is_mine

    def _ask(self, answer: Future[Session], digest: bytes, alg: str, access_token: str, expires_at: int) -> None:
        try:
            with answered_within(ANSWER_SECONDS):
                if alg in ASYMMETRIC:
                    _check_signature(access_token)
                session = _ask_auth(access_token, expires_at)
            answer.set_result(session)
        except BaseException as error:
            # Those who wait for this answer share the failure.
            with self._lock:
                self._known.pop(digest, None)
                if isinstance(error, NotAuthenticated):
                    self._refused[digest] = self._clock() + REFUSED_SECONDS
                    _forget_oldest(self._refused)
            answer.set_exception(error)


def _digest(access_token: str) -> bytes:
    return hashlib.sha256(f"{current().url} {access_token}".encode(errors="replace")).digest()


def _forget_oldest(remembered: dict[bytes, Any]) -> None:
    while len(remembered) > REMEMBERED_TOKENS:
        del remembered[next(iter(remembered))]


def _read(access_token: str) -> tuple[str, int]:
    """Return how a token claims to be signed and when it ends; nothing is verified yet, and no request is made."""
    if not _COMPACT.fullmatch(access_token):
        raise NotAuthenticated
    try:
        token = jwt.decode_complete(access_token, options={"verify_signature": False})
        return _Header.model_validate(token["header"]).alg, _Claims.model_validate(token["payload"]).exp
    except (jwt.PyJWTError, ValidationError):
        raise NotAuthenticated from None


def _check_signature(access_token: str) -> None:
    try:
        name = str(jwt.get_unverified_header(access_token).get("kid"))
        key = _published.find(name)
        if key is None:
            raise NotAuthenticated
        jwt.PyJWS().decode(access_token, key=key, algorithms=ASYMMETRIC)
    except jwt.PyJWTError:
        raise NotAuthenticated from None


def _ask_auth(access_token: str, expires_at: int) -> Session:
    """Ask Supabase Auth, for it alone knows whether the session was signed out."""
    with own_errors():
        answer = auth().get_user(access_token)
    if answer is None:
        raise NotAuthenticated
    return Session(UUID(answer.user.id), answer.user.email or "", access_token, "", expires_at)
