"""What the OpenAPI document says about the update contract that cannot be read from the endpoints' code."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from lib.cases.models import READ_ONLY_FIELDS, Case, CaseChanges

CHANGES_EXAMPLE = {
    "case_summary": "Improving after initial treatment. Follow-up recommended.",
    "status": "completed",
}
CASE_EXAMPLE = {
    "case_id": 12345,
    "user_id": "b8acad4b-4944-4d66-b405-de70886e7248",
    "patient_name": "John Doe",
    "patient_age": 45,
    "patient_gender": "male",
    "case_summary": "Improving after initial treatment. Follow-up recommended.",
    "status": "completed",
    "created_at": "2026-03-04T10:30:00Z",
    "updated_at": "2026-03-04T15:20:00Z",
}
ETAG_EXAMPLE = '"2026-03-04T15:20:00Z"'
_CONTROLS = r"\u0000-\u001f\u007f-\u009f\u2028\u2029"
PATTERNS = {
    "patient_name": rf"^[^{_CONTROLS}]*[^{_CONTROLS}\s][^{_CONTROLS}]*$",
    "case_summary": r"^[^\u0000]*$",
}
"""What `lib.cases.models` checks in code, for programs that read the document: one line, not blank; no U+0000."""


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


def _case(description: str, example: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"example": example}}, "headers": _VERSION}


def _changes() -> dict[str, Any]:
    schema = CaseChanges.model_json_schema(ref_template="#/components/schemas/{model}")
    updatable = list(schema["properties"])
    del schema["$defs"]
    for name, pattern in PATTERNS.items():
        schema["properties"][name]["pattern"] = pattern
    schema["properties"] |= {name: {"description": "Ignored."} for name in sorted(READ_ONLY_FIELDS)}
    one_that_is_not_null = [{"required": [name], "properties": {name: {"not": {"type": "null"}}}} for name in updatable]
    return schema | {"additionalProperties": False, "anyOf": one_that_is_not_null}


_VERSION = {"ETag": _header("The version of the case, for If-Match.", ETAG_EXAMPLE)}
_CASE_ID = {
    "name": "case_id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "format": "int64", "minimum": 1},
    "example": 12345,
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
        "content": {"application/json": {"schema": _changes(), "example": CHANGES_EXAMPLE}},
    },
}

READ_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: _case("The case.", {"case": CASE_EXAMPLE}),
    400: _problem("The request is wrong.", "case_id: must be a positive integer"),
    401: _problem(
        "There is no valid bearer token.", "Not authenticated", **{"WWW-Authenticate": _header("The scheme.", "Bearer")}
    ),
    404: _problem("There is no such case among the clinician's own.", "Case not found"),
    500: _problem(
        "Supabase or the server failed; the log tells more under the reference.",
        "Internal server error: Supabase does not answer (reference 5f0c7a91d3e2)",
    ),
}
UPDATE_RESPONSES: dict[int | str, dict[str, Any]] = READ_RESPONSES | {
    200: _case("The case was updated.", {"message": "Case updated successfully", "case": CASE_EXAMPLE}),
    400: _problem(
        "The request is wrong, or Supabase refuses it.",
        "No data provided for update",
        "patient_age: is too large; allowed is whole years from 0 to 150, as a number without a fraction",
    ),
    412: _problem("If-Match names an older version.", "Case was changed since it was read", **_VERSION),
    413: _problem("The body is over 64 KiB.", "Request body too large"),
}
