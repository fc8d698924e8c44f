"""Who is signed in: sign in, refresh and sign out with Supabase Auth.

No answer tells whether an address has an account: not in words, and not in the time it takes.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from supabase_auth.types import AuthResponse

from lib.accounts.fixed_moments import fixed_moment
from lib.backend.client import auth
from lib.backend.foreign_errors import own_errors
from lib.errors import AddressRefused, BackendRefused, KeyRefused, NotAuthenticated, PasswordRefused, SignInRefused

LONGEST_ADDRESS = 254
"""Characters (RFC 5321, 4.5.3.1.3)."""
LONGEST_PASSWORD = 72
"""Bytes of UTF-8: bcrypt reads no more, so Supabase Auth takes no more."""


@dataclass(frozen=True)
class Session:
    """A signed-in clinician and the tokens that speak for them; `expires_at` is in seconds since 1970."""

    user_id: UUID
    email: str
    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_at: int

    def expires_within(self, seconds: float, now: float | None = None) -> bool:
        """Tell whether the access token ends within so many seconds."""
        return self.expires_at - (time.time() if now is None else now) <= seconds


def refuse_oversized(email: str, *passwords: str) -> None:
    """Refuse an address or a password that is longer than any, before anything is done with it.

    Raises:
        AddressRefused, PasswordRefused: one of them is too long.
    """
    if len(email) > LONGEST_ADDRESS:
        raise AddressRefused
    if any(len(password.encode(errors="surrogatepass")) > LONGEST_PASSWORD for password in passwords):
        raise PasswordRefused(
            f"This password is too long: {LONGEST_PASSWORD} characters at most, where letters such as ä count as two."
        )


def sign_in(email: str, password: str) -> Session:
    """Sign a clinician in with their e-mail address and password.

    Raises:
        AddressRefused, PasswordRefused: one of the two is longer than any; nothing was asked.
        SignInRefused: the address is unknown or the password is wrong; which of the two is not told.
        KeyRefused: Supabase does not accept the configured key.
        BackendUnavailable: Supabase does not answer.
    """
    refuse_oversized(email, password)
    with fixed_moment() as moment:
        try:
            with own_errors():
                answer = auth().sign_in_with_password({"email": email.strip(), "password": password})
                return session_of(answer)
        except BackendRefused as error:
            moment.wait_out()
            raise SignInRefused from error
        except NotAuthenticated as error:
            # Nobody is signed in yet: only the key can be meant.
            raise KeyRefused from error


def refresh(session: Session) -> Session:
    """Exchange the refresh token for a new session; the old refresh token is used up.

    Raises:
        NotAuthenticated: the session was ended, or its refresh token was used before.
        BackendUnavailable: Supabase does not answer.
    """
    try:
        with own_errors():
            return session_of(auth().refresh_session(session.refresh_token))
    except BackendRefused as error:
        raise NotAuthenticated from error


def sign_out(session: Session, *, which: Literal["local", "others", "global"] = "local") -> None:
    """End this session at Supabase, all others of its clinician, or all; one that has ended counts as ended.

    Raises:
        BackendUnavailable: Supabase does not answer.
    """
    try:
        with own_errors():
            auth().admin.sign_out(session.access_token, which)
    except (NotAuthenticated, BackendRefused):
        return


def session_of(answer: AuthResponse) -> Session:
    """Return our session of an answer of Supabase Auth.

    Raises:
        NotAuthenticated: the answer has none.
    """
    if answer.session is None or answer.user is None:
        raise NotAuthenticated
    return Session(
        user_id=UUID(answer.user.id),
        email=answer.user.email or "",
        access_token=answer.session.access_token,
        refresh_token=answer.session.refresh_token,
        expires_at=answer.session.expires_at or 0,
    )
