"""The way to Supabase: one shared HTTP pool, a client for each token, and foreign errors told as ours."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from postgrest import APIError
from pydantic import TypeAdapter, ValidationError
from supabase import Client, ClientOptions
from supabase_auth.errors import (
    AuthApiError,
    AuthError,
    AuthInvalidCredentialsError,
    AuthRetryableError,
    AuthUnknownError,
    AuthWeakPasswordError,
)

from lib.errors import (
    BackendRefused,
    BackendUnavailable,
    CaseDeskError,
    ConfigurationError,
    NotAuthenticated,
    PasswordRefused,
    TooManyAttempts,
)
from lib.settings import Supabase, find_supabase

DEADLINES = httpx.Timeout(8.0, connect=3.0)
"""Seconds: 3 to connect, 8 for an answer."""

FOREIGN_ERRORS = (APIError, AuthError, httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValidationError)
"""Everything that supabase-py, postgrest and httpx raise for a request; a test holds this complete."""

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
            limits=httpx.Limits(max_connections=100, max_keepalive_connections=20),
            event_hooks={"response": [_refuse_failed_answers]},
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
        ConfigurationError: none is connected and none is configured.
    """
    if _supabase is None:
        found = find_supabase()
        if found is None:
            raise ConfigurationError(
                "No Supabase is connected. Set SUPABASE_URL and SUPABASE_KEY, or start the app, which runs its own."
            )
        connect(found)
    assert _supabase is not None
    return _supabase


def client(access_token: str | None = None) -> Client:
    """Make a client that speaks for one session, or for nobody; it costs no request and shares the pool."""
    supabase = current()
    options = ClientOptions(auto_refresh_token=False, persist_session=False, postgrest_client_retry=False)
    options.flow_type = "implicit"
    options.httpx_client = _pool
    # Named even where there is no session, or the library would ask its own storage for one.
    options.headers["Authorization"] = f"Bearer {access_token or supabase.key}"
    return Client.create(supabase.url, supabase.key, options)


def auth_settings() -> dict[str, Any]:
    """Return what the project's Auth says of itself, such as `disable_signup`.

    Raises:
        BackendRefused, BackendUnavailable: as in `own_errors`.
    """
    supabase = current()
    assert _pool is not None
    with own_errors():
        answer = _pool.get(f"{supabase.url}/auth/v1/settings", headers={"apikey": supabase.key})
        settings: dict[str, Any] = TypeAdapter(dict[str, Any]).validate_json(answer.content)
    return settings


@contextmanager
def own_errors() -> Iterator[None]:
    """Raise our own errors in place of those of the libraries.

    Raises:
        NotAuthenticated, TooManyAttempts, PasswordRefused: Supabase Auth says so.
        BackendRefused: Supabase answered with another 4xx.
        BackendUnavailable: there was no answer, a late one, a 5xx, or one that cannot be read.
    """
    try:
        yield
    except FOREIGN_ERRORS as error:
        raise _translate(error) from error


def _translate(error: Exception) -> CaseDeskError:
    match error:
        case APIError() if not (error.code or "").startswith(("2", "3")) or len(error.code or "") != 3:
            return BackendRefused(error.message or "The request was refused.")
        case AuthRetryableError() | AuthUnknownError():
            return BackendUnavailable()
        case AuthApiError() if error.status in (401, 403):
            return NotAuthenticated()
        case AuthApiError() if error.status == httpx.codes.TOO_MANY_REQUESTS:
            return TooManyAttempts(minutes=1)
        case AuthWeakPasswordError():
            return PasswordRefused()
        case AuthInvalidCredentialsError():
            return BackendRefused("An email address and a password are needed.")
        case AuthApiError():
            # The text of an Auth error can hold tokens; its code cannot.
            return BackendRefused(f"Supabase Auth refused the request ({error.code or error.status}).")
        case AuthError():
            return NotAuthenticated()
        case _:
            return BackendUnavailable()


def _refuse_failed_answers(response: httpx.Response) -> None:
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise NotAuthenticated
    if response.is_server_error:
        raise BackendUnavailable
