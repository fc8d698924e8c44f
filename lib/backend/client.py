"""The way to Supabase: one shared HTTP pool, a client of Auth, and one of PostgREST for each token."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, cast

import httpx
from postgrest import SyncPostgrestClient
from pydantic import TypeAdapter
from supabase import Client, ClientOptions, SupabaseAuthClient

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


def auth() -> SupabaseAuthClient:
    """Make a client of Supabase Auth that knows of no session; it costs no request and shares the pool."""
    supabase = current()
    options = ClientOptions(auto_refresh_token=False, persist_session=False)
    options.flow_type = "implicit"
    options.httpx_client = _pool
    # Named, or the library would ask its own storage for a session.
    options.headers["Authorization"] = f"Bearer {supabase.key}"
    return Client.create(supabase.url, supabase.key, options).auth


def rest(access_token: str) -> SyncPostgrestClient:
    """Make a client of the project's tables that speaks for one session; it, too, shares the pool.

    It is supabase-py's own (`Client.postgrest`), without the others that come with it.
    """
    supabase = current()
    headers = {"apikey": supabase.key, "Authorization": f"Bearer {access_token}"}
    return SyncPostgrestClient(f"{supabase.url}/rest/v1", headers=headers, http_client=_pool, retry_enabled=False)


def call(access_token: str, function: str, given: Mapping[str, object], *, get: bool = False) -> Any:
    """Make a request that calls a function of the database; `get` is for one that changes nothing."""
    # The library says that all arguments are text, and sends what JSON can hold.
    return rest(access_token).rpc(function, cast("dict[str, str]", given), get=get)


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
