"""The next case of a triage run: read while the one before it is shown, and once more when it is shown itself."""

from __future__ import annotations

from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from lib.accounts.sign_in import Session
from lib.cases.opening import Opening
from lib.cases.update import get_case
from lib.errors import CaseDeskError, NotAuthenticated
from lib.ui.browser import read_session
from lib.ui.drafting import ask_for_case
from lib.ui.open_case import OpenCase
from lib.ui.side_by_side import ask_ahead

GOOD_SECONDS = 60.0
"""How old what was read ahead may be when it is shown."""

_LOOK_SECONDS = 2.0
"""How long a decision waits for the second reading; after that, a save that names its version finds out itself."""


@dataclass(frozen=True)
class Ahead:
    """What was asked for of a case that is not shown yet, for which clinician, and when, on a clock of seconds."""

    owner: UUID
    case_id: int
    asked: Future[Opening]
    asked_at: float

    def is_good(self, session: Session, case_id: int, now: float) -> bool:
        """Tell whether this is that case, asked for by the same clinician, lately, and not in vain."""
        has_failed = self.asked.done() and self.asked.exception() is not None
        is_it = (self.owner, self.case_id) == (session.user_id, case_id)
        return is_it and now - self.asked_at <= GOOD_SECONDS and not has_failed


def ask_next(ahead: Ahead | None, case_id: int, now: float) -> Ahead | None:
    """Ask for the case that will probably be shown next, unless that was asked for already."""
    try:
        session = read_session()
        if ahead and ahead.is_good(session, case_id, now):
            return ahead
        return Ahead(session.user_id, case_id, ask_for_case(session, case_id), now)
    except NotAuthenticated:
        return None


def ask_now(opened: OpenCase, ahead: Ahead | None, now: float) -> None:
    """Take what was asked for ahead where it is of the case that is opened, and read that once more; else ask now.

    Raises:
        NotAuthenticated: nobody is signed in, or the session has ended.
    """
    session = read_session()
    if ahead and ahead.is_good(session, opened.case_id, now):
        opened.asked, opened.again = ahead.asked, ask_ahead(lambda: get_case(session, opened.case_id))
    else:
        opened.asked = ask_for_case(session, opened.case_id)


def has_moved_on(opened: OpenCase) -> bool:
    """Tell whether a case that was read ahead was changed before it was shown; waits for the answer for a moment."""
    if opened.again is None or opened.case is None:
        return False
    with suppress(CaseDeskError, TimeoutError):
        return opened.again.result(timeout=_LOOK_SECONDS).updated_at > opened.case.updated_at
    return False
