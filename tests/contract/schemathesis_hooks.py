"""Where JSON Schema and the contract differ."""

from __future__ import annotations

from typing import Any

import schemathesis


@schemathesis.hook
def filter_body(context: schemathesis.HookContext, body: Any) -> bool:
    """Leave out ages such as 98.0: an integer to JSON Schema, but not "a JSON integer" to the contract."""
    return not (isinstance(body, dict) and isinstance(body.get("patient_age"), float))
