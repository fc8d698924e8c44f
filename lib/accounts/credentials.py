"""A clinician's account: create it, and set its password, by a code from a mail or by the current password.

No answer tells whether an address has an account: not in words, and not in the time it takes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from lib.accounts.sign_in import Session, session_of, sign_in, sign_out, wait_out
from lib.backend.client import auth_settings, client
from lib.backend.foreign_errors import own_errors
from lib.errors import BackendRefused, NotAuthenticated, PasswordRefused, SignInRefused

SHORTEST_PASSWORD = 12
PASSWORD_RULE = f"At least {SHORTEST_PASSWORD} characters. A few words that do not belong together make a good one."


def allows_sign_up() -> bool:
    """Tell whether the project lets people create accounts themselves.

    Raises:
        BackendUnavailable: Supabase does not answer.
    """
    return not auth_settings().get("disable_signup", True)


def sign_up(email: str, password: str) -> None:
    """Create an account, unless the address has one already; which of the two happened is not told.

    Raises:
        PasswordRefused: the password is too weak.
        BackendUnavailable: Supabase does not answer.
    """
    _check(password)
    with _telling_nothing():
        client().auth.sign_up({"email": email.strip(), "password": password})


def send_code(email: str) -> None:
    """Mail a six-digit code for a new password, if the address has an account; whether it has is not told.

    Raises:
        BackendUnavailable: Supabase does not answer.
    """
    with _telling_nothing():
        client().auth.reset_password_for_email(email.strip())


def set_password_by_code(email: str, code: str, password: str) -> Session:
    """Set a new password with the code from the mail, and return a session of this clinician.

    Raises:
        PasswordRefused: the password is too weak.
        SignInRefused: the code is wrong, used or too old.
        BackendUnavailable: Supabase does not answer.
    """
    _check(password)
    started = time.monotonic()
    supabase = client()
    try:
        with own_errors():
            answer = supabase.auth.verify_otp({"email": email.strip(), "token": code.strip(), "type": "recovery"})
            session = session_of(answer)
    except (BackendRefused, NotAuthenticated) as error:
        wait_out(started)
        raise SignInRefused("code") from error
    with own_errors():
        supabase.auth.update_user({"password": password})
    return session


def change_password(session: Session, current: str, password: str) -> None:
    """Set a new password for a signed-in clinician who knows the current one.

    Raises:
        PasswordRefused: the new password is too weak.
        SignInRefused: the current password is wrong.
        BackendUnavailable: Supabase does not answer.
    """
    _check(password)
    proof = sign_in(session.email, current)
    try:
        with own_errors():
            supabase = client()
            supabase.auth.set_session(proof.access_token, proof.refresh_token)
            supabase.auth.update_user({"password": password})
    finally:
        sign_out(proof)


def _check(password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefused


@contextmanager
def _telling_nothing() -> Iterator[None]:
    started = time.monotonic()
    try:
        with own_errors():
            yield
    except (BackendRefused, NotAuthenticated):
        # Supabase refuses an address that has an account, or has none; a yes must look the same.
        pass
    finally:
        wait_out(started)
