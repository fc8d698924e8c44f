"""What can go wrong, told apart by type.

CaseDeskError
├── NotAuthenticated          Nobody is signed in, or the session has ended.
├── SignInRefused             The e-mail address and the password, or the code, do not fit together.
├── TooManyAttempts           Too many tries failed; says when the next one is allowed.
├── AddressRefused            What was typed is no e-mail address.
├── PasswordRefused           The password is too weak, or too long.
├── CaseNotFound              There is no such case among the clinician's own.
├── CaseConflict              The case was changed since it was read; carries the current case.
│   └── EditConflict          Somebody changed what I changed, too, or archived the case; carries both.
├── DraftConflict             A newer draft of the case is stored; carries it.
├── InvalidChanges            A value is not allowed; names the field.
├── NoChanges                 Nothing was given that an update could set.
├── BackendError
│   ├── BackendRefused        Supabase understood the request and refused it; carries its message.
│   └── BackendUnavailable    Supabase did not answer, answered too late, or failed itself.
│       ├── BackendBusy       Too much is going on, there or here; says when to try again.
│       ├── NotSaved          No answer came to an update, and nothing was changed.
│       └── OutcomeUnknown    No answer came to an update, and it is not known yet whether it was carried out.
└── ConfigurationError        A setting is missing or dangerous; says what to set.
    ├── KeyRefused            Supabase does not accept the key that is configured.
    ├── NotStarted            Nothing was started in this process; says how.
    └── EmbeddedUnavailable   The embedded Supabase cannot start; says what to do.

No message holds what a person typed about a patient.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lib.cases.changes import Merge
    from lib.cases.drafts import Draft
    from lib.cases.models import Case


class CaseDeskError(Exception):
    """The base of every error that Case Desk raises itself."""


class NotAuthenticated(CaseDeskError):
    """Nobody is signed in, or the session has ended."""

    def __init__(self) -> None:
        super().__init__("Please sign in: there is no session, or it has ended.")


class SignInRefused(CaseDeskError):
    """The e-mail address and the password, or the code, do not fit together."""

    def __init__(self, what: str = "password") -> None:
        super().__init__(f"Email or {what} is not right. Check both and try again.")


class TooManyAttempts(CaseDeskError):
    """Too many tries failed; the next one is allowed in `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many attempts. Try again in {_in_words(seconds)}.")
        self.seconds = seconds


class AddressRefused(CaseDeskError):
    """What was typed is no e-mail address."""

    def __init__(self) -> None:
        super().__init__("This is not an email address: those have 254 characters at most.")


class PasswordRefused(CaseDeskError):
    """The password is too weak, or too long."""

    def __init__(
        self, problem: str = "This password is too weak. Choose a longer one, with letters, digits and symbols."
    ) -> None:
        super().__init__(problem)


class CaseNotFound(CaseDeskError):
    """There is no such case among the clinician's own."""

    def __init__(self) -> None:
        super().__init__("Case not found")


class CaseConflict(CaseDeskError):
    """The case was changed since it was read; `current` is how it stands now."""

    def __init__(self, current: Case) -> None:
        super().__init__("Case was changed since it was read")
        self.current = current


class EditConflict(CaseConflict):
    """Somebody changed a field that I changed on the `loaded` case, or archived it; `merge` says what can be saved."""

    def __init__(self, loaded: Case, current: Case, merge: Merge) -> None:
        super().__init__(current)
        self.loaded = loaded
        self.merge = merge


class DraftConflict(CaseDeskError):
    """A newer draft of the case is stored, by another device or tab; `stored` is that draft."""

    def __init__(self, stored: Draft) -> None:
        super().__init__("Another draft of this case has been kept since")
        self.stored = stored


class InvalidChanges(CaseDeskError):
    """A value is not allowed; `field` names it, `problem` says what is wrong and what is allowed."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class NoChanges(CaseDeskError):
    """Nothing was given that an update could set."""

    def __init__(self) -> None:
        super().__init__("No data provided for update")


class BackendError(CaseDeskError):
    """Supabase did not do what was asked."""


class BackendRefused(BackendError):
    """Supabase understood the request and refused it; `message` is its own sentence."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class BackendUnavailable(BackendError):
    """Supabase did not answer, answered too late, or failed itself."""

    def __init__(self, reason: str = "Supabase cannot be reached at the moment. Try again in a minute.") -> None:
        super().__init__(reason)


class BackendBusy(BackendUnavailable):
    """Too much is going on, at Supabase or here; the next try is welcome in `seconds`."""

    def __init__(self, seconds: float = 5) -> None:
        super().__init__(f"Too much is going on at the moment. Try again in {_in_words(seconds)}.")
        self.seconds = seconds


class NotSaved(BackendUnavailable):
    """No answer came to an update; the case was read again, and it is as it was."""

    def __init__(self) -> None:
        super().__init__("The update was not carried out: the connection failed.")


class OutcomeUnknown(BackendUnavailable):
    """No answer came to an update, and the case cannot be read; to send the same again, with its version, is safe."""

    def __init__(self) -> None:
        super().__init__("It is not known whether the update was carried out: the connection failed.")


class ConfigurationError(CaseDeskError):
    """A setting is missing or dangerous; the message says what to set."""


class KeyRefused(ConfigurationError):
    """Supabase does not accept the key that is configured."""

    def __init__(self) -> None:
        super().__init__(
            "Supabase does not accept SUPABASE_KEY. Set it to the publishable key of the project at SUPABASE_URL."
        )


class NotStarted(ConfigurationError):
    """Nothing was started in this process."""

    def __init__(self) -> None:
        super().__init__("Case Desk is not started. Run `streamlit run app.py`, or call `lib.bootstrap.start` first.")


class EmbeddedUnavailable(ConfigurationError):
    """The embedded Supabase cannot start; the message says what to do."""


def _in_words(seconds: float) -> str:
    number, unit = (math.ceil(seconds), "second") if seconds <= 90 else (math.ceil(seconds / 60), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
