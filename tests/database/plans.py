"""How PostgreSQL carries a query out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.postgres import Connection


@dataclass(frozen=True)
class Plan:
    """The kinds of its nodes, the indexes it uses, and how many rows its scans read, those thrown away included."""

    nodes: frozenset[str]
    indexes: frozenset[str]
    rows_read: int


def explain(connection: Connection, query: str) -> Plan:
    """Run a query and return how it was carried out."""
    [row] = connection.execute(f"explain (analyze, format json) {query}".encode()).fetchall()
    nodes = list(_walk(row["QUERY PLAN"][0]["Plan"]))
    scans = [node for node in nodes if "Scan" in node["Node Type"]]
    return Plan(
        frozenset(node["Node Type"] for node in nodes),
        frozenset(node["Index Name"] for node in scans if "Index Name" in node),
        sum((node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"] for node in scans),
    )


def _walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", []):
        yield from _walk(child)
