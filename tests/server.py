"""The real server, `streamlit run app.py`, as a child process that tests start, kill and start again."""

from __future__ import annotations

import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from lib.backend.settings import ROOT, Supabase

COOKIE_SECRET = "a secret of thirty-two characters or more"
START_SECONDS = 60
STOP_SECONDS = 20
LOG_SECONDS = 10
DEFAULTS = {"EMBEDDED_SUPABASE_DIR": "memory://", "EMBEDDED_SUPABASE_PORT": "0"}


class Server:
    """One server on one port; `output` is all that it has printed."""

    def __init__(
        self,
        port: int,
        environment: dict[str, str],
        script: Path = ROOT / "app.py",
        *,
        descriptors: int | None = None,
    ) -> None:
        self.url = f"http://localhost:{port}"
        self.output = ""
        self._port = port
        self._script = script
        self._descriptors = descriptors
        self._environment = {**os.environ, **DEFAULTS, **environment}

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def supabase_url(self) -> str:
        """The Supabase that it talks to, as it was told or as it printed at this start."""
        return self._environment.get("SUPABASE_URL") or self._printed("Supabase URL")

    @property
    def publishable_key(self) -> str:
        return self._environment.get("SUPABASE_KEY") or self._printed("Publishable key")

    def start(self) -> None:
        """Start it on its port, for the first time or again, and wait until it serves the dashboard."""
        self._started_at = len(self.output)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", self._script.name, "--server.port", str(self._port)],
            cwd=self._script.parent,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=self._limit_descriptors if self._descriptors else None,
        )
        self._reader = threading.Thread(target=self._read_output)
        self._reader.start()
        until = time.monotonic() + START_SECONDS
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > until:
                self.kill()
                raise AssertionError(f"The server did not start. It printed:\n{self.output}")
            time.sleep(0.05)

    def logged(self, text: str) -> list[str]:
        """Return the printed lines that hold this text, once there is one; a request is logged after its answer."""
        until = time.monotonic() + LOG_SECONDS
        while not (lines := [line for line in self.output.splitlines() if text in line]):
            assert time.monotonic() < until, f"Nothing was logged with {text!r}."
            time.sleep(0.01)
        return lines

    def stop(self) -> None:
        """End it as a service manager does."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        finally:
            self.kill()

    def kill(self) -> None:
        """End it as a crash does."""
        self._process.kill()
        self._process.wait()
        self._reader.join()

    def _limit_descriptors(self) -> None:
        """Let it open half as many as it may allow itself."""
        assert self._descriptors
        resource.setrlimit(resource.RLIMIT_NOFILE, (self._descriptors // 2, self._descriptors))

    def _is_ready(self) -> bool:
        try:
            answered = httpx.get(self.url).is_success
        except httpx.TransportError:
            return False
        return answered and bool(self.publishable_key)

    def _read_output(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as output:
            for line in output:
                self.output += line

    def _printed(self, name: str) -> str:
        printed = re.search(rf"^{name}: (\S+)$", self.output[self._started_at :], re.MULTILINE)
        return printed[1] if printed else ""


@contextmanager
def running_server(
    supabase: Supabase | None = None,
    *,
    script: Path = ROOT / "app.py",
    descriptors: int | None = None,
    **environment: str,
) -> Iterator[Server]:
    """Run the server on a free port, on this Supabase or on a throwaway one of its own."""
    with TemporaryDirectory() as directory:
        if supabase:
            own = {"SUPABASE_URL": supabase.url, "SUPABASE_KEY": supabase.key}
            environment = own | {"CASE_DESK_SESSION_FILE": f"{directory}/sessions.db"} | environment
        server = Server(free_port(), environment, script, descriptors=descriptors)
        server.start()
        try:
            yield server
        finally:
            server.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port
