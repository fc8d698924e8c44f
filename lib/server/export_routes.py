"""Where a browser fetches an export: by a link that is good once, for the session that asked for it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from lib.accounts.browser_sessions import SessionStore
from lib.accounts.sign_in import Session
from lib.accounts.tickets import Tickets
from lib.cases.export import Export
from lib.errors import CaseDeskError, NotAuthenticated
from lib.logs import Action, logged_action
from lib.server.session_routes import read_cookie


def export_routes(
    find_sessions: Callable[[], SessionStore], find_exports: Callable[[], Tickets[Export]]
) -> list[Route]:
    """Return the route that answers with the file that a link stands for."""

    def send_export(request: Request) -> Response:
        cookie = read_cookie(request.scope)
        try:
            export = find_exports().redeem(request.path_params["ticket"])
            session = find_sessions().read(cookie)
            if not secrets.compare_digest(cookie, export.browser):
                raise NotAuthenticated
            pieces = _logged(export, session)
            # The first page is read before anything is sent, so that an error can still be told.
            begun = [next(pieces), next(pieces)]
        except NotAuthenticated:
            return Response("This link is used up, too old, or another session's. Export once more.", 403)
        except CaseDeskError:
            return Response("The connection to the server failed. Export once more in a minute.", 503)
        name = f"cases-{datetime.now(UTC):%Y-%m-%d}.csv"
        return StreamingResponse(
            _chain(begun, pieces),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"},
        )

    # Not below /session: a browser names no origin where a link is followed, and the ticket is as good.
    return [Route("/export/{ticket}", send_export, methods=["GET"])]


def _logged(export: Export, session: Session) -> Iterator[bytes]:
    """Write an export, and leave one line about it, however it ends."""
    with logged_action(Action("export", session.user_id)) as action:
        try:
            yield from export.write(session)
        finally:
            action.name = f"export-of-{export.done}-cases"


def _chain(begun: list[bytes], pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield from begun
    yield from pieces
