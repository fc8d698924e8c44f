"""What docs/contract.md says in its tables, for the tests to hold the running server to."""

from __future__ import annotations

import json
import re
from typing import NamedTuple

import httpx

from lib.backend.settings import ROOT

TEXT = (ROOT / "docs" / "contract.md").read_text(encoding="utf-8")


class Field(NamedTuple):
    """A row of the table of fields."""

    name: str
    type: str
    rule: str
    is_updatable: bool


class Row(NamedTuple):
    """A row of the table of answers; `<…>` in its body stands for what depends on the request."""

    situation: str
    status: int
    headers: list[str]
    body: str


def read_table(heading: str) -> list[list[str]]:
    """Return the cells of the table under a heading, without those of its own head."""
    section = TEXT.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")]
    return rows[2:]


def code_in(cell: str) -> list[str]:
    return re.findall(r"`(.+?)`", cell)


FIELDS = [
    Field(name.strip("`"), type_, rule, updatable == "yes") for name, type_, rule, updatable in read_table("A case")
]
ROWS = [
    Row(situation, int(status[:3]), code_in(status), code_in(body)[0])
    for situation, status, body in read_table("`PUT /cases/cases/{case_id}`")
]


def expect_row(answer: httpx.Response, situation: str) -> None:
    """Hold an answer to the one row in whose situation these words stand."""
    [row] = [row for row in ROWS if situation in row.situation]
    body = ".+".join(re.escape(part) for part in re.split("<.*?>", row.body))
    assert answer.status_code == row.status, answer.text
    assert answer.headers["Content-Type"] == "application/json"
    assert re.fullmatch(body, json.dumps(answer.json(), ensure_ascii=False), re.DOTALL), answer.text
    for name, _, value in (header.partition(": ") for header in row.headers):
        assert name in answer.headers
        assert value in ("", answer.headers[name])
