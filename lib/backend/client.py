"""The way to Supabase: one shared HTTP pool, and a client for each token."""

from __future__ import annotations

import threading
from typing import Any

import httpx
from postgrest import SyncPostgrestClient
from pydantic import TypeAdapter
from supabase import Client, ClientOptions

from lib.backend.deadlines import DeadlineTransport
from lib.backend.foreign_errors import own_errors, refuse_failed_answers
from lib.backend.settings import Supabase
from lib.errors import BackendUnavailable, NotAuthenticated, NotStarted

ANSWER_SECONDS = 8.0
DEADLINES = httpx.Timeout(ANSWER_SECONDS, connect=3.0)
"""Seconds: 3 to connect, 8 for a whole answer."""

_lock = threading.Lock()
_supabase: Supabase | None = None
_pool: httpx.Client | None = None


def connect(supabase: Supabase) -> None:
    """Talk to this Supabase project from now on."""
    global _supabase, _pool
    disconnect()
    with _lock:
        _supabase = supabase
        _pool = httpx.Client(
            timeout=DEADLINES,
            transport=DeadlineTransport(
                DEADLINES.read or ANSWER_SECONDS, httpx.Limits(max_connections=100, max_keepalive_connections=20)
            ),
            event_hooks={"response": [refuse_failed_answers]},
        )


def disconnect() -> None:
    """Close the pool."""
    global _supabase, _pool
    with _lock:
        if _pool is not None:
            _pool.close()
        _supabase = _pool = None


def current() -> Supabase:
    """Return the project that is talked to.

    Raises:
        NotStarted: none is connected.
    """
    if _supabase is None:
        raise NotStarted
    return _supabase


def client() -> Client:
    """Make a client that speaks for nobody, to sign in with; it costs no request and shares the pool."""
    supabase = current()
    options = ClientOptions(auto_refresh_token=False, persist_session=False)
    options.flow_type = "implicit"
    options.httpx_client = _pool
    # Named even where there is no session, or the library would ask its own storage for one.
    options.headers["Authorization"] = f"Bearer {supabase.key}"
    return Client.create(supabase.url, supabase.key, options)


def rest(access_token: str) -> Any:
    """Make a client of the project's tables and functions that speaks for one session; it, too, shares the pool.

    It is supabase-py's own (`Client.postgrest`), without the others that come with it. Not typed as such: that says of
    the arguments of a function that all are text.
    """
    supabase = current()
    headers = {"apikey": supabase.key, "Authorization": f"Bearer {access_token}"}
    return SyncPostgrestClient(f"{supabase.url}/rest/v1", headers=headers, http_client=_pool, retry_enabled=False)


def auth_settings() -> dict[str, Any]:
    """Return what the project's Auth says of itself, such as `disable_signup`.

    Raises:
        BackendRefused, BackendUnavailable: as in `own_errors`.
    """
    return _ask_auth("settings")


def fetch_published_keys() -> list[object]:
    """Return the keys (JWK) that the project's Auth signs with, as it publishes them.

    Raises:
        BackendUnavailable: they cannot be fetched.
    """
    try:
        keys = _ask_auth(".well-known/jwks.json").get("keys")
    except NotAuthenticated as error:
        raise BackendUnavailable from error
    return keys if isinstance(keys, list) else []


def _ask_auth(what: str) -> dict[str, Any]:
    supabase = current()
    assert _pool is not None
    with own_errors():
        answer = _pool.get(f"{supabase.url}/auth/v1/{what}", headers={"apikey": supabase.key})
        told: dict[str, Any] = TypeAdapter(dict[str, Any]).validate_json(answer.content)
    return told
