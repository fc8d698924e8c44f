"""Saved views: filters of the worklist under names that the clinician gave them, such as “My overdue”."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from lib.accounts.sign_in import Session
from lib.backend.client import call, rest
from lib.backend.foreign_errors import own_errors
from lib.cases.filters import Filters
from lib.cases.models import ONE_LINE
from lib.errors import InvalidChanges

NAME_LIMIT = 60
MOST_VIEWS = 20

ViewName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=NAME_LIMIT, pattern=ONE_LINE)
]


class SavedView(BaseModel):
    """A view of the worklist; `place` stands for it in addresses, where its name, being typed, may not be."""

    model_config = ConfigDict(frozen=True)

    place: int
    name: str = Field(repr=False)
    filters: Annotated[Filters, BeforeValidator(Filters.read)]


_NAME = TypeAdapter(ViewName)
_VIEWS = TypeAdapter(tuple[SavedView, ...])


def list_views(session: Session) -> tuple[SavedView, ...]:
    """Return the clinician's saved views, in the order of their places, in one request.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    with own_errors():
        return _VIEWS.validate_python(_table(session).select("*").order("place").execute().data)


def save_view(session: Session, name: str, filters: Filters) -> SavedView:
    """Save filters under a name, in place of what it stood for before, in one request.

    Raises:
        InvalidChanges: the name is empty or too long, or there are as many views as there may be.
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    try:
        named = _NAME.validate_python(name)
    except ValidationError:
        raise InvalidChanges(
            "The name of the view", f"must be text of 1 to {NAME_LIMIT} characters that can be seen"
        ) from None
    request = call(session.access_token, "save_view", {"view_name": named, "view_filters": filters.write()})
    with own_errors():
        saved = _VIEWS.validate_python(request.execute().data)
    if not saved:
        raise InvalidChanges("The view", f"is one too many: {MOST_VIEWS} views are saved. Remove one first")
    return saved[0]


def remove_view(session: Session, view: SavedView) -> None:
    """Remove a saved view, in one request; that there is none is as good, and another one in its place stays.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    # Not by a filter: the name, being typed, may not be in an address.
    request = call(session.access_token, "remove_view", {"view_place": view.place, "view_name": view.name})
    with own_errors():
        request.execute()


def _table(session: Session) -> Any:
    return rest(session.access_token).table("saved_views")
