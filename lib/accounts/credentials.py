"""A clinician's account: create it, and set its password, by a code from a mail or by the current password.

No answer tells whether an address has an account: not in words, and not in the time it takes.
"""

from __future__ import annotations

from contextlib import suppress
from functools import partial

from lib.accounts.fixed_moments import do_behind, fixed_moment
from lib.accounts.sign_in import Session, refuse_oversized, session_of, sign_in, sign_out
from lib.backend.client import auth, auth_settings
from lib.backend.foreign_errors import own_errors
from lib.errors import BackendError, BackendRefused, CaseDeskError, NotAuthenticated, PasswordRefused, SignInRefused

SHORTEST_PASSWORD = 12
PASSWORD_RULE = f"At least {SHORTEST_PASSWORD} characters. A few words that do not belong together make a good one."


def allows_sign_up() -> bool:
    """Tell whether the project lets people create accounts themselves.

    Raises:
        BackendUnavailable: Supabase does not answer.
    """
    return not auth_settings().get("disable_signup", True)


def check_new(email: str, password: str) -> None:
    """Check an address and a new password for all that can be told without asking Supabase.

    Raises:
        AddressRefused: the address is longer than any.
        PasswordRefused: the password is too short or too long.
    """
    refuse_oversized(email, password)
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordRefused


def sign_up(email: str, password: str) -> None:
    """Create an account, unless the address has one already; which of the two happened is not told.

    Raises:
        AddressRefused, PasswordRefused: as in `check_new`, or Supabase finds the password too weak.
        BackendUnavailable: Supabase does not answer anybody.
    """
    check_new(email, password)
    do_behind(partial(_sign_up, email, password), after=auth_settings)


def send_code(email: str) -> None:
    """Mail a code for a new password, if the address has an account; whether it has is not told.

    Raises:
        AddressRefused: the address is longer than any.
        BackendUnavailable: Supabase does not answer anybody.
    """
    refuse_oversized(email)
    do_behind(partial(_send_code, email), after=auth_settings)


def prove_by_code(email: str, code: str) -> Session:
    """Exchange the code from the mail for a session of this clinician; the code is used up.

    Raises:
        AddressRefused: the address is longer than any.
        SignInRefused: the code is wrong, used or too old.
        BackendUnavailable: Supabase does not answer.
    """
    refuse_oversized(email, code)
    with fixed_moment() as moment:
        try:
            with own_errors():
                answer = auth().verify_otp({"email": email.strip(), "token": code.strip(), "type": "recovery"})
                return session_of(answer)
        except (BackendRefused, NotAuthenticated) as error:
            moment.wait_out()
            raise SignInRefused("code") from error


def set_password(proof: Session, password: str) -> None:
    """Set a new password with a session that has just been proved.

    Raises:
        PasswordRefused: the password is too short, too long, too weak for Supabase, or the old one.
        BackendUnavailable: Supabase does not answer.
    """
    check_new(proof.email, password)
    with own_errors():
        supabase = auth()
        supabase.set_session(proof.access_token, proof.refresh_token)
        supabase.update_user({"password": password})


def change_password(session: Session, current: str, password: str) -> Session:
    """Set a new password for a signed-in clinician who knows the current one; all other sessions end.

    Returns the session that remains, the one that proved the current password: Supabase Auth ends all others itself.

    Raises:
        PasswordRefused: as in `set_password`; the current password was not looked at where that can be told first.
        SignInRefused: the current password is wrong.
        BackendUnavailable: Supabase does not answer.
    """
    check_new(session.email, password)
    proof = sign_in(session.email, current)
    try:
        set_password(proof, password)
    except CaseDeskError:
        with suppress(BackendError):
            sign_out(proof)
        raise
    with suppress(BackendError):
        sign_out(proof, which="others")
    return proof


def _sign_up(email: str, password: str) -> None:
    # Supabase may refuse an address that has an account; a yes must look the same.
    with suppress(BackendRefused, NotAuthenticated), own_errors():
        auth().sign_up({"email": email.strip(), "password": password})


def _send_code(email: str) -> None:
    with suppress(BackendRefused, NotAuthenticated), own_errors():
        auth().reset_password_for_email(email.strip())
