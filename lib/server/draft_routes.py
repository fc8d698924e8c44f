"""Where a page sends what is typed and not saved, while it is typed: a draft of the clinician whose cookie it has."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, NamedTuple
from uuid import UUID

import anyio
import anyio.to_thread
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from lib.accounts.browser_sessions import SessionStore
from lib.accounts.sign_in import Session
from lib.cases.drafts import discard_draft, keep_beside, keep_draft
from lib.cases.models import DraftChanges, read_etag, write_etag
from lib.errors import CaseDeskError, DraftConflict, InvalidChanges, NoChanges
from lib.logs import name_error
from lib.server.http_errors import answer_error
from lib.server.session_routes import read_cookie
from lib.server.strict_json import StrictJSONResponse, read_object_within

log = logging.getLogger("case_desk")

BODY_LIMIT = 160 * 1024
"""The longest summary with every character escaped in JSON, and room for the rest."""

CALLS_AT_A_TIME = 20
OPEN_FORMS = 4096


class _Note(BaseModel):
    """What a form holds: its opening, a number that grows with each of its requests, all that differs from the case.

    `is_leaving`: its page is left, so that nobody is there any more to be told of a newer draft.
    """

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    form: str = Field(max_length=64)
    turn: int
    case_id: int
    base: str
    changes: dict[str, Any]
    seen: str | None
    is_leaving: bool = False


class _Kept(NamedTuple):
    """What is stored now: its version, if there is any, and the fields that cannot be."""

    version: str | None
    unkept: tuple[str, ...] = ()


class DraftKeeper:
    """Keeps drafts, each form's in the order in which they were typed.

    A request that is sent while its page is left can overtake the one before it, which was not answered yet. So what
    each form stored last is remembered here: the later of its requests stays, and no form conflicts with itself.
    """

    def __init__(self) -> None:
        self._forms: OrderedDict[tuple[UUID, str], tuple[int, _Kept]] = OrderedDict()
        self._lock = threading.Lock()
        self._one_at_a_time = [threading.Lock() for _ in range(64)]

    def keep(self, session: Session, note: _Note) -> _Kept:
        """Store what a form holds, or let go of it where the form holds no change.

        Raises:
            InvalidChanges, CaseNotFound, DraftConflict: as in `lib.cases.drafts`.
            NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
        """
        form = (session.user_id, note.form)
        with self._one_at_a_time[hash(form) % len(self._one_at_a_time)]:
            turn, last = self._forms.get(form, (note.turn, _Kept(None)))
            if note.turn < turn:
                return last
            kept = _store(session, note, _newest(last.version, note.seen))
            self._remember(form, note.turn, kept)
            return kept

    def _remember(self, form: tuple[UUID, str], turn: int, kept: _Kept) -> None:
        with self._lock:
            self._forms[form] = turn, kept
            self._forms.move_to_end(form)
            while len(self._forms) > OPEN_FORMS:
                self._forms.popitem(last=False)


def _store(session: Session, note: _Note, seen: str | None) -> _Kept:
    """Store every field that may be stored: one that is half typed does not keep the others from it."""
    changes = dict(note.changes)
    unkept: list[str] = []
    while changes:
        try:
            draft = keep_draft(session, note.case_id, note.base, changes, if_match=seen)
            return _Kept(draft.etag, tuple(unkept))
        except DraftConflict as conflict:
            if not note.is_leaving:
                raise
            _store_beside(session, note, changes, conflict)
            # A page that comes back has not seen what is stored now.
            return _Kept(seen, tuple(unkept))
        except InvalidChanges as error:
            if error.field not in changes:
                raise
            del changes[error.field]
            unkept.append(error.field)
        except NoChanges:
            # Saved meanwhile: the case holds it all.
            return _Kept(None, tuple(unkept))
    if seen and not unkept:
        # A newer draft stays, and is in nobody's way: this form holds nothing that could differ from it.
        with suppress(DraftConflict):
            discard_draft(session, note.case_id, if_match=seen)
        seen = None
    return _Kept(seen, tuple(unkept))


def _store_beside(session: Session, note: _Note, changes: dict[str, Any], conflict: DraftConflict) -> None:
    """Store what was typed last beside a newer draft; the newer one stays where there is no room for both."""
    try:
        keep_beside(session, note.case_id, note.base, changes, conflict.stored)
    except InvalidChanges:
        raise conflict from None


def _newest(*versions: str | None) -> str | None:
    known = [moment for version in versions if version and (moment := read_etag(version))]
    return write_etag(max(known)) if known else None


def draft_routes(find_sessions: Callable[[], SessionStore]) -> list[Route]:
    """Return the route by which a page keeps what is typed; as below all of `/session`, the guard checks its origin."""
    keeper, calls = DraftKeeper(), anyio.CapacityLimiter(CALLS_AT_A_TIME)

    async def call(function: Callable[..., Any], *arguments: Any) -> Any:
        return await anyio.to_thread.run_sync(partial(function, *arguments), limiter=calls)

    async def keep(request: Request) -> Response:
        request.state.reference = secrets.token_hex(6)
        try:
            session = await call(find_sessions().read, read_cookie(request.scope))
            note = _parse(await read_object_within(BODY_LIMIT, request))
            kept = await call(keeper.keep, session, note)
            return StrictJSONResponse(kept._asdict())
        except CaseDeskError as error:
            log.info("%s keep-draft outcome=%s", request.state.reference, name_error(error))
            return await answer_error(request, error)

    return [Route("/session/draft", keep, methods=["POST"])]


def _parse(given: dict[str, Any]) -> _Note:
    try:
        note = _Note.model_validate(given)
    except ValidationError:
        raise InvalidChanges("body", "is not what a form sends") from None
    if not note.changes.keys() <= DraftChanges.model_fields.keys():
        raise InvalidChanges("body", "is not what a form sends")
    return note
