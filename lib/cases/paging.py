"""Pages by key: each starts behind the last row of the one before, and costs the same however far that is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from lib.backend.foreign_errors import own_errors
from lib.cases.models import iso_utc

Row = TypeVar("Row")


def read_page(
    request: Any,
    read: Callable[[Any], tuple[Row, ...]],
    *,
    key: tuple[str, str],
    descending: bool,
    after: tuple[datetime, int] | None,
    limit: int,
) -> tuple[tuple[Row, ...], bool]:
    """Return the rows behind `after`, ordered by `key` (a moment, then a number), and whether more follow.

    Raises:
        NotAuthenticated, BackendRefused, BackendUnavailable: as in `lib.errors`.
    """
    if after:
        request = _start_behind(request, key, "lt" if descending else "gt", *after)
    for column in key:
        request = request.order(column, desc=descending)
    with own_errors():
        found = read(request.limit(limit + 1).execute().data)
    return found[:limit], len(found) > limit


def _start_behind(request: Any, key: tuple[str, str], beyond: str, moment: datetime, number: int) -> Any:
    at, by = key
    then = iso_utc(moment)
    # The first filter alone would repeat rows, the second alone would read the index from its start.
    return request.filter(at, f"{beyond}e", then).or_(
        f"{at}.{beyond}.{then},and({at}.eq.{then},{by}.{beyond}.{number})"
    )
