"""What has changed since the worklist was read, told by versions alone."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter

from lib.accounts.sign_in import Session
from lib.backend.client import rest
from lib.backend.foreign_errors import own_errors
from lib.cases.models import Timestamp, iso_utc

_MOST = 100


class _Version(BaseModel):
    model_config = ConfigDict(frozen=True)

    case_id: int
    updated_at: Timestamp


_VERSIONS = TypeAdapter(tuple[_Version, ...])


def list_versions_since(session: Session, moment: datetime) -> dict[int, datetime]:
    """Return the clinician's cases that were created or changed since a moment, and when; the latest 100, by an index.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    request = rest(session.access_token).table("cases").select("case_id, updated_at")
    request = request.gt("updated_at", iso_utc(moment)).order("updated_at", desc=True).limit(_MOST)
    with own_errors():
        rows = _VERSIONS.validate_python(request.execute().data)
    return {row.case_id: row.updated_at for row in rows}
