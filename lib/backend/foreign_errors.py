"""What supabase-py, postgrest and httpx raise, told as our own errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from postgrest import APIError
from pydantic import ValidationError
from supabase_auth.errors import (
    AuthApiError,
    AuthError,
    AuthInvalidCredentialsError,
    AuthRetryableError,
    AuthUnknownError,
    AuthWeakPasswordError,
)

from lib.errors import (
    BackendBusy,
    BackendRefused,
    BackendUnavailable,
    CaseDeskError,
    KeyRefused,
    NotAuthenticated,
    PasswordRefused,
)

FOREIGN_ERRORS = (
    APIError,
    AuthError,
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    UnicodeDecodeError,
    ValidationError,
)
"""Everything that supabase-py, postgrest and httpx raise for a request; a test holds this complete."""

DEFAULT_WAIT, LONGEST_WAIT = 5.0, 300.0
"""Seconds to wait where Supabase takes no more requests: if it names no time, and at most."""


@contextmanager
def own_errors() -> Iterator[None]:
    """Raise our own errors in place of those of the libraries.

    Raises:
        NotAuthenticated, PasswordRefused: Supabase Auth says so.
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
        case AuthWeakPasswordError():
            return PasswordRefused()
        case AuthApiError() if error.code == "same_password":
            return PasswordRefused("This is the password you have. Choose another one.")
        case AuthInvalidCredentialsError():
            return BackendRefused("An email address and a password are needed.")
        case AuthApiError():
            # The text of an Auth error can hold tokens; its code cannot.
            return BackendRefused(f"Supabase Auth refused the request ({error.code or error.status}).")
        case AuthError():
            return NotAuthenticated()
        case _:
            return BackendUnavailable()


def refuse_failed_answers(response: httpx.Response) -> None:
    """Raise for an answer that no library has to read: a 401, a 429 or a 5xx; a hook of the pool.

    Raises:
        KeyRefused: Supabase's gateway does not know the key.
        BackendBusy: Supabase takes no more requests for a while.
        NotAuthenticated, BackendUnavailable: as in `own_errors`.
    """
    if response.status_code == httpx.codes.UNAUTHORIZED:
        raise KeyRefused if _is_about_the_key(response) else NotAuthenticated
    if response.status_code == httpx.codes.TOO_MANY_REQUESTS:
        raise BackendBusy(_read_wait(response.headers.get("Retry-After", "")))
    if response.is_server_error:
        raise BackendUnavailable


def _is_about_the_key(response: httpx.Response) -> bool:
    """Tell whether the gateway refused the key itself; it says so: `Invalid API key`, `Unregistered API key`."""
    try:
        return "API key" in response.read().decode(errors="replace")
    except httpx.HTTPError:
        return False


def _read_wait(retry_after: str) -> float:
    """Return the seconds that Supabase asks to wait, within reason; it may name a date, or nothing."""
    return min(float(retry_after), LONGEST_WAIT) if retry_after.isdecimal() else DEFAULT_WAIT
