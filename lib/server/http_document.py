"""The OpenAPI document: what the update contract says, in a form that programs read. FastAPI writes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer
from pydantic import BaseModel

from lib.cases.models import FIELDS, READ_ONLY_FIELDS, Case, CaseChanges, CaseStatus

_CASE_EXAMPLE = Case(
    case_id=12345,
    user_id=UUID("b8acad4b-4944-4d66-b405-de70886e7248"),
    patient_name="John Doe",
    patient_age=45,
    patient_gender="male",
    case_summary="Improving after initial treatment. Follow-up recommended.",
    status=CaseStatus.COMPLETED,
    created_at=datetime(2026, 3, 4, 10, 30, tzinfo=UTC),
    updated_at=datetime(2026, 3, 4, 15, 20, tzinfo=UTC),
)
_CHANGES_EXAMPLE = _CASE_EXAMPLE.model_dump(mode="json", include={"case_summary", "status"})


class UpdatedCase(BaseModel):
    """The case after an update."""

    message: Literal["Case updated successfully"]
    case: Case


class FoundCase(BaseModel):
    """The case as it stands."""

    case: Case


class Problem(BaseModel):
    """Why there is no answer."""

    detail: str


def _header(description: str, example: str) -> dict[str, Any]:
    return {"description": description, "required": True, "schema": {"type": "string"}, "example": example}


def _problem(description: str, *details: str, **headers: Any) -> dict[str, Any]:
    examples = {f"example {number}": {"value": {"detail": detail}} for number, detail in enumerate(details, 1)}
    content = {"application/json": {"examples": examples}}
    return {"model": Problem, "description": description, "content": content, "headers": headers}


def _case(description: str, **more: str) -> dict[str, Any]:
    example = {**more, "case": _CASE_EXAMPLE.model_dump(mode="json")}
    return {"description": description, "content": {"application/json": {"example": example}}, "headers": _VERSION}


def _changes() -> dict[str, Any]:
    schema = CaseChanges.model_json_schema(ref_template="#/components/schemas/{model}")
    updatable = list(schema["properties"])
    del schema["$defs"]
    schema["properties"] |= {name: {"description": "Ignored."} for name in sorted(READ_ONLY_FIELDS)}
    one_that_is_not_null = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in updatable]
    return schema | {"additionalProperties": False, "anyOf": one_that_is_not_null}


_VERSION = {"ETag": _header("The version of the case, for If-Match.", _CASE_EXAMPLE.etag)}
_CASE_ID = {
    "name": "case_id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "format": "int64", "minimum": 1},
    "example": _CASE_EXAMPLE.case_id,
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "Update only this version of the case: the ETag that came with it.",
    "schema": {"type": "string"},
}

READ: dict[str, Any] = {"parameters": [_CASE_ID]}
UPDATE: dict[str, Any] = {
    "parameters": [_CASE_ID, _IF_MATCH],
    "requestBody": {
        "required": True,
        "description": "At most 64 KiB. Absent and null fields stay as they are.",
        "content": {"application/json": {"schema": _changes(), "example": _CHANGES_EXAMPLE}},
    },
}

READ_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: _case("The case."),
    400: _problem("The request is wrong.", "case_id: must be a positive integer"),
    401: _problem(
        "There is no valid bearer token.", "Not authenticated", **{"WWW-Authenticate": _header("The scheme.", "Bearer")}
    ),
    403: _problem("A page of another site asks.", "Forbidden: this request comes from another site."),
    404: _problem("There is no such case among the clinician's own.", "Case not found"),
    500: _problem(
        "Supabase or the server failed; the log tells more under the reference.",
        "Internal server error: Supabase does not answer (reference 5f0c7a91d3e2)",
    ),
    503: _problem(
        "Supabase takes no more requests for a while, or this server has no room for one.",
        "Too much is going on at the moment. Try again in 5 seconds.",
        **{"Retry-After": _header("Seconds until the next try is welcome.", "5")},
    ),
}
UPDATE_RESPONSES: dict[int | str, dict[str, Any]] = READ_RESPONSES | {
    200: _case("The case was updated.", message="Case updated successfully"),
    400: _problem(
        "The request is wrong, or Supabase refuses it.",
        "No data provided for update",
        f"patient_age: is too large; allowed is {FIELDS['patient_age'].description}",
    ),
    412: _problem("If-Match names an older version.", "Case was changed since it was read", **_VERSION),
    413: _problem("The body is over 64 KiB.", "Request body too large"),
}


def describe(path: str, *, get: Callable[..., Any], put: Callable[..., Any]) -> dict[str, Any]:
    """Return the document of an API that has these endpoints at `path`."""
    bearer = HTTPBearer(bearerFormat="JWT", scheme_name="bearer")
    app = FastAPI(title="Case Desk", version="1", servers=[{"url": "/cases"}], dependencies=[Depends(bearer)])
    app.put(path, response_model=UpdatedCase, responses=UPDATE_RESPONSES, openapi_extra=UPDATE)(put)
    app.get(path, response_model=FoundCase, responses=READ_RESPONSES, openapi_extra=READ)(get)
    return app.openapi()
