"""The OpenAPI document tells the truth: schemathesis reads it, sends what it allows and forbids, and finds nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from lib import Case, Session
from lib.backend.settings import ROOT
from tests.contract.document import ROWS, TEXT
from tests.server import Server

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


def test_the_document_shows_the_paths_as_they_are_reached(api: httpx.Client) -> None:
    assert api.head("/cases/openapi.json").status_code == 200
    document = api.get("/cases/openapi.json").json()
    assert document["servers"] == [{"url": "/cases"}]
    assert {path: sorted(methods) for path, methods in document["paths"].items()} == {
        "/cases/{case_id}": ["get", "put"]
    }


def test_the_document_names_every_status_of_the_contract(api: httpx.Client) -> None:
    path = api.get("/cases/openapi.json").json()["paths"]["/cases/{case_id}"]
    assert path["put"]["responses"].keys() == {str(row.status) for row in ROWS}
    assert path["get"]["responses"].keys() == path["put"]["responses"].keys() - {"412", "413"}


def test_the_example_of_the_contract_is_that_of_the_document(api: httpx.Client) -> None:
    put = api.get("/cases/openapi.json").json()["paths"]["/cases/{case_id}"]["put"]
    assert example_in(put["responses"]["200"]) == find_example('{"message"')
    assert example_in(put["requestBody"]) == find_example('{"case_summary"')


def example_in(part: dict[str, Any]) -> Any:
    return part["content"]["application/json"]["example"]


def find_example(start: str) -> Any:
    """Return the JSON in the contract's example that starts so."""
    example = TEXT.split("\n## Example\n")[1]
    return json.JSONDecoder().raw_decode(example, example.index(start))[0]


@pytest.mark.timeout(180)
def test_schemathesis_finds_nothing_on_a_case_of_ones_own(
    server: Server, ada: Session, case: Case, tmp_path: Path
) -> None:
    run_schemathesis(server, ada, tmp_path, f'[parameters]\n"path.case_id" = {case.case_id}\n')


@pytest.mark.timeout(180)
def test_schemathesis_finds_nothing_on_any_case(server: Server, newcomer: Session, tmp_path: Path) -> None:
    # Somebody without cases, so that no other test finds its cases changed.
    run_schemathesis(server, newcomer, tmp_path)


def run_schemathesis(server: Server, session: Session, directory: Path, configuration: str = "") -> None:
    config_file = directory / "schemathesis.toml"
    config_file.write_text(CONFIGURATION.read_text() + configuration)
    command = [str(Path(sys.executable).with_name("st")), f"--config-file={config_file}", "run", "--checks=all"]
    run = subprocess.run(
        [*command, f"--header=Authorization: Bearer {session.access_token}", f"{server.url}/cases/openapi.json"],
        capture_output=True,
        text=True,
        cwd=directory,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert run.returncode == 0, run.stdout + run.stderr
