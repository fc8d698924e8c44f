"""JSON as the API takes and gives it: strict, small, in UTF-8."""

from __future__ import annotations

import json
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse

from lib.errors import InvalidChanges

BODY_LIMIT = 64 * 1024


async def read_object(request: Request) -> dict[str, Any]:
    """Return the JSON object in a body of at most 64 KiB; raises what `read_object_within` raises."""
    return await read_object_within(BODY_LIMIT, request)


async def read_object_within(limit: int, request: Request) -> dict[str, Any]:
    """Return the JSON object in a body of at most so many bytes.

    Raises:
        InvalidChanges: the body is incomplete, or anything else.
        HTTPException: 413, the body is longer.
    """
    try:
        return decode_object(await _read_body(limit, request))
    except ClientDisconnect as error:
        raise InvalidChanges("body", "is not complete") from error


def decode_object(body: bytes) -> dict[str, Any]:
    """Decode a JSON object strictly: UTF-8, no name twice, no NaN or Infinity.

    Raises:
        InvalidChanges: it is anything else.
    """
    try:
        given = json.loads(body.decode(), object_pairs_hook=_unique_names, parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise InvalidChanges("body", "is not valid JSON; allowed is one object in UTF-8, each name once") from None
    if not isinstance(given, dict):
        raise InvalidChanges("body", "is not an object; allowed is one JSON object")
    return given


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) < len(pairs):
        raise ValueError
    return given


def _refuse_constant(_: str) -> None:
    raise ValueError


class StrictJSONResponse(JSONResponse):
    """An answer in UTF-8, whatever text is in it."""

    def render(self, content: Any) -> bytes:
        """Write the content as JSON."""
        # Half a surrogate pair, which JSON can name, has no UTF-8.
        return json.dumps(content, ensure_ascii=False).encode(errors="replace")


async def _read_body(limit: int, request: Request) -> bytes:
    body = bytearray()
    _refuse_long_body(limit, int(request.headers.get("Content-Length", "0")))
    async for chunk in request.stream():
        body += chunk
        _refuse_long_body(limit, len(body))
    return bytes(body)


def _refuse_long_body(limit: int, length: int) -> None:
    if length > limit:
        raise HTTPException(413, "Request body too large")
